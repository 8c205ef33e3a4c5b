"""The same crowd twice, with and without known answers and rules: who is stopped when, what comes out, what it costs.

python benchmarks/trial_quality.py [--items 400] [--workers 40] [--rate 12]

Starts a Quorate of its own with two projects of the same texts, four classes; in one of them thirty items are known and
the first two proposed rules are in force. Simulated people answer over HTTP until nothing is open.
"""

import argparse
import csv
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.running import Quorate, clean_environment, quorate  # noqa: E402 - the tree is not a package

MIX = "hammer=.5,sloppy=.2,spammer=.15,constant=.1,adversary=.05"
CLASSES = "abcd"
KNOWN, SEED = 30, 7
GOOD = "hammer"
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
    draw = random.Random(SEED)
    right = {f"item-{number:04}": draw.choice(CLASSES) for number in range(items)}
    with truth.open("w", newline="") as file:
        csv.writer(file).writerows([("file", "label"), *right.items()])
    question = {"prompt": "Which?", "classes": [{"key": key, "name": key.upper()} for key in CLASSES]}
    for name in (WITHOUT, WITH):
        project = projects.create_project(
            owner=owner, kind="text_classification", name=name, question=question, instructions="Look."
        )
        pool = current_pool(project)
        pricing.set_price(pool=pool, actor=owner, reward=10_000, overlap_min=3, overlap_max=7, confidence=0.95)
        rows = [{"text": f"Text {key}", "name": key} for key in list(right)[0 if name == WITH else KNOWN :]]
        bringing_items.bring_items(pool=current_pool(project), actor=owner, items=rows)
        if name == WITH:
            tasks = Task.objects.filter(pool=pool).order_by("pk")[:KNOWN]
            entries = [Known(task, [RightAnswer({"class": right[task.name]})]) for task in tasks]
            known_answers.make_known(pool=current_pool(project), actor=owner, entries=entries)
            for preset in presets(project)[:2]:
                ruling.add_rule(project=project, actor=owner, body=preset.body)
        publishing.launch(pool=current_pool(project), actor=owner)
        print(project.public_id)


def told(projects: Iterable[str]) -> None:
    """What became of each project's workers, as JSON: [[kind, answers, whether a rule applied]]."""
    import django

    django.setup()
    from django.db.models import Count

    from tasks_app.models import Answer, Firing

    for public_id in projects:
        given = Answer.objects.filter(project__public_id=public_id).values_list("worker_id", "worker__name")
        hit = set(Firing.objects.filter(project__public_id=public_id).values_list("worker_id", flat=True))
        rows = given.annotate(n=Count("pk")).order_by()
        print(json.dumps([[name.split()[1], number, worker in hit] for worker, name, number in rows]))


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


def row(name: str, said: str, people: list[list[Any]]) -> str:
    """A line of the table."""
    figures = [
        re.findall(pattern, said)[-1]
        for pattern in (r"(\d+) settled", r"answers +([\d,]+),", r"cost +([\d.]+) USD paid", r"right +([\d.]+)")
    ]
    bad = sorted(number for kind, number, _ in people if kind not in {GOOD, "sloppy"})
    stopped = sum(hit for kind, _, hit in people if kind not in {GOOD, "sloppy"})
    spared = [sum(hit for kind, _, hit in people if kind == wanted) for wanted in (GOOD, "sloppy")]
    return f"| {name} | {' | '.join(figures)} | {stopped} of {len(bad)}, {bad[0]} to {bad[-1]} answers each | {spared[0]} | {spared[1]} |"


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
        people = [json.loads(line) for line in inside(running, "--told", *ids) if line]
    print(f"{given.workers} simulated workers ({MIX}), {given.items - KNOWN} items, overlap 3 to 7, confidence .95.\n")
    print(
        "| | settled | answers to items | paid | right | guessing or adverse workers stopped | good ones stopped | sloppy ones stopped |"
    )
    print("|---|---:|---:|---:|---:|---|---:|---:|")
    for name, end, crowd in zip((WITHOUT, WITH), said, people, strict=True):
        print(row(name, end, crowd))


if __name__ == "__main__":
    main()
