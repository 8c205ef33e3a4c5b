"""The same crowd twice, with and without known answers and rules: who is stopped when, what comes out, what it costs.

python benchmarks/trial_quality.py [--items 400] [--workers 40] [--rate 12]

Starts a Quorate of its own with two projects of the same texts, four classes; in one of them thirty items are known and
the first three proposed rules are in force. Simulated people answer over HTTP until nothing is open.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import labelled_texts  # noqa: E402 - the tree is not a package
from tests.running import Quorate, clean_environment, quorate  # noqa: E402

MIX = "hammer=.4,sloppy=.1,spammer=.05,random=.05,constant=.05,fast=.05,adversary=.05,copying=.05,drifting=.1,linked=.1"
CLASSES = "abcd"
KNOWN, SEED = 30, 7
GOOD, BLIND = "hammer", ("spammer", "random", "constant", "fast", "adversary")
RULES = 3
WITHOUT, WITH = "Without", "With known answers and rules"


# --- Inside: beside the running Quorate, in its data folder -------------------------------------------------------------
def make(items: int, truth: Path) -> None:
    """Both projects, launched; the truth as a file; their ids on the output."""
    import django

    django.setup()
    from quorate.accounts.models import User
    from quorate.common.money import MICRO
    from quorate.ledger import book
    from tasks_app.domain import bringing_items, known_answers, pricing, projects, publishing, ruling
    from tasks_app.domain.known_answers import Known, RightAnswer
    from tasks_app.domain.rule_presets import presets
    from tasks_app.models import Task
    from tasks_app.queries.pools import current_pool

    owner = User.objects.get(email__startswith="requester@")
    book.deposit(requester=owner, amount=1000 * MICRO, actor=owner, ref="trial")
    right = labelled_texts.labelled(items, CLASSES, SEED, truth)
    question = labelled_texts.question(CLASSES)
    for name in (WITHOUT, WITH):
        project = projects.create_project(
            owner=owner, kind="text_classification", name=name, question=question, instructions="Look."
        )
        pool = current_pool(project)
        pricing.set_price(pool=pool, actor=owner, reward=10_000, overlap_min=3, overlap_max=7, confidence=0.95)
        rows = labelled_texts.rows(list(right)[0 if name == WITH else KNOWN :])
        bringing_items.bring_items(pool=current_pool(project), actor=owner, items=rows)
        if name == WITH:
            tasks = Task.objects.filter(pool=pool).order_by("pk")[:KNOWN]
            entries = [Known(task, [RightAnswer({"class": right[task.name]})]) for task in tasks]
            known_answers.make_known(pool=current_pool(project), actor=owner, entries=entries)
            for preset in presets(project)[:RULES]:
                ruling.add_rule(project=project, actor=owner, body=preset.body)
        publishing.launch(pool=current_pool(project), actor=owner)
        print(project.public_id)


def told(projects: Iterable[str]) -> None:
    """What became of each project's workers, as JSON: [[[kind, answers, whether a rule applied]], tasks that linked accounts share]."""
    import django

    django.setup()
    from collections import Counter

    from django.db.models import Count

    from quorate.accounts.models import User
    from tasks_app.models import Answer, Firing, Slot

    person = dict(User.objects.exclude(person=None).values_list("pk", "person"))
    for public_id in projects:
        given = Answer.objects.filter(project__public_id=public_id).values_list("worker_id", "worker__name")
        hit = set(Firing.objects.filter(project__public_id=public_id).values_list("worker_id", flat=True))
        rows = given.annotate(n=Count("pk")).order_by()
        slots = Slot.objects.filter(task__pool__project__public_id=public_id, worker__in=person)
        shared = Counter((task, person[worker]) for task, worker in slots.values_list("task", "worker"))
        crowd = [[name.split()[1], number, worker in hit] for worker, name, number in rows]
        print(json.dumps([crowd, sum(times > 1 for times in shared.values())]))


def inside(running: Quorate, *arguments: str) -> list[str]:
    """The lines that this script prints, run beside the Quorate."""
    environment = running.environment | {"DJANGO_SETTINGS_MODULE": "quorate.settings"}
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split("\n")


# --- Outside ----------------------------------------------------------------------------------------------------------
def answered(running: Quorate, project: str, truth: Path, workers: int, rate: float) -> str:
    """A crowd answers until nothing is open; what it says at the end."""
    options = ["--workers", str(workers), "--mix", MIX, "--truth", str(truth), "--rate", str(rate), "--until-done"]
    command = [sys.executable, "-m", "quorate", "crowd", "--project", project, "--url", running.url, *options]
    return subprocess.run(command, env=running.environment, check=True, capture_output=True, text=True).stdout


def row(name: str, said: str, crowd: list[list[Any]], shared: int) -> str:
    """A line of the first table."""
    figures = [
        re.findall(pattern, said)[-1]
        for pattern in (r"(\d+) settled", r"answers +([\d,]+),", r"cost +([\d.]+) USD paid", r"right +([\d.]+)")
    ]
    good = [hit for kind, _, hit in crowd if kind == GOOD]
    bad = [hit for kind, _, hit in crowd if kind in BLIND]
    return f"| {name} | {' | '.join(figures)} | {sum(bad)} of {len(bad)} | {sum(good)} of {len(good)} | {shared} |"


def rows_by_kind(crowds: list[list[list[Any]]]) -> Iterable[str]:
    """Lines of the second table: each kind's people, and how much they answered in either project."""
    for kind in dict.fromkeys(part.split("=")[0] for part in MIX.split(",")):
        parts = []
        for crowd in crowds:
            mine = sorted(number for one, number, _ in crowd if one == kind)
            parts.append(f"{mine[0]} to {mine[-1]}" if mine else "–")
        last = [hit for one, _, hit in crowds[-1] if one == kind]
        yield f"| {kind} | {len(last)} | {' | '.join(parts)} | {sum(last)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--workers", type=int, default=40)
    parser.add_argument("--rate", type=float, default=12)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    parser.add_argument("--told", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make(given.items, Path(given.make))
        return
    if given.told:
        told(given.told)
        return
    with tempfile.TemporaryDirectory() as place, quorate(clean_environment(Path(place)), "--demo") as running:
        truth = Path(place) / "truth.csv"
        ids = [line for line in inside(running, "--items", str(given.items), "--make", str(truth)) if line]
        said = [answered(running, project, truth, given.workers, given.rate) for project in ids]
        told_of = [json.loads(line) for line in inside(running, "--told", *ids) if line]
    print(f"{given.workers} simulated workers, {given.items - KNOWN} items, overlap 3 to 7, confidence .95.\n")
    print(
        "| | settled | answers to items | paid | right | blind or adverse workers stopped | good ones stopped | tasks shared by linked accounts |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, end, (crowd, shared) in zip((WITHOUT, WITH), said, told_of, strict=True):
        print(row(name, end, crowd, shared))
    print("\n| kind | people | answers each, without | answers each, with | stopped |\n|---|---:|---:|---:|---:|")
    print("\n".join(rows_by_kind([crowd for crowd, _ in told_of])))


if __name__ == "__main__":
    main()
