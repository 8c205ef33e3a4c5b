"""The same rule of overlap through the real HTTP interface and in replays: what it costs, and what comes out.

python benchmarks/trial_overlap.py [--items 150] [--rate 12] [--replays 20]

Starts a Quorate of its own with a project for each confidence asked; simulated people answer over HTTP until nothing is
open. Replays let crowds of the same kinds of people come in sessions, with the platform's own functions deciding.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregation.replay import ModelRule, Recorded, replay  # noqa: E402 - the tree is not a package
from aggregation.replay.model_rule import at_confidence  # noqa: E402
from aggregation.simulate import WorkerKind, class_world  # noqa: E402
from benchmarks import labelled_texts  # noqa: E402
from tests.running import Quorate, clean_environment, quorate  # noqa: E402

PEOPLE = {WorkerKind.HAMMER: 6, WorkerKind.SLOPPY: 4, WorkerKind.SPAMMER: 2}
CLASSES = "abc"
ASKED = (0.8, 0.95)
LEAST, MOST, PAGE = 2, 7, 10
SEED = 11
# Standard deviations of one replay within which one run is taken for the same.
NEAR = 2.0


# --- Inside: beside the running Quorate, in its data folder -------------------------------------------------------------
def make(items: int, truth: Path) -> None:
    """A launched project for each confidence; the truth as a file; their ids on the output."""
    import django

    django.setup()
    from quorate.accounts.models import User
    from quorate.common.money import MICRO
    from quorate.ledger import book
    from tasks_app.domain import bringing_items, pricing, projects, publishing
    from tasks_app.queries.pools import current_pool

    owner = User.objects.get(email__startswith="requester@")
    book.deposit(requester=owner, amount=1000 * MICRO, actor=owner, ref="trial")
    right = labelled_texts.labelled(items, CLASSES, SEED, truth)
    question = labelled_texts.question(CLASSES)
    for confidence in ASKED:
        project = projects.create_project(
            owner=owner, kind="text_classification", name=f"At {confidence}", question=question, instructions="Look."
        )
        pricing.set_price(
            pool=current_pool(project), actor=owner, reward=100_000, tasks_per_assignment=PAGE, overlap_min=LEAST,
            overlap_max=MOST, confidence=confidence,
        )  # fmt: skip
        rows = labelled_texts.rows(list(right))
        bringing_items.bring_items(pool=current_pool(project), actor=owner, items=rows)
        publishing.launch(pool=current_pool(project), actor=owner)
        print(project.public_id)


def made(running: Quorate, items: int, truth: Path) -> list[str]:
    environment = running.environment | {"DJANGO_SETTINGS_MODULE": "quorate.settings"}
    command = [sys.executable, __file__, "--items", str(items), "--make", str(truth)]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()


# --- Outside ----------------------------------------------------------------------------------------------------------
def over_http(running: Quorate, project: str, truth: Path, items: int, rate: float) -> tuple[float, float]:
    """Answers an item and share right, when a crowd has answered until nothing is open."""
    count = sum(PEOPLE.values())
    mix = ",".join(f"{kind}={number / count}" for kind, number in PEOPLE.items())
    options = ["--workers", str(count), "--mix", mix, "--truth", str(truth), "--rate", str(rate), "--until-done"]
    command = [sys.executable, "-m", "quorate", "crowd", "--project", project, "--url", running.url, *options]
    said = subprocess.run(command, env=running.environment, check=True, capture_output=True, text=True).stdout
    answers, right = (re.findall(pattern, said)[-1] for pattern in (r"answers +([\d,]+),", r"right +([\d.]+)"))
    return int(answers.replace(",", "")) / items, float(right)


def in_replay(confidence: float, items: int, seed: int) -> tuple[float, float]:
    """The same of one replay."""
    each = sum(PEOPLE.values())
    world = class_world(seed=seed, n_tasks=items, n_classes=len(CLASSES), workers=PEOPLE, answers_per_task=each)
    rule = ModelRule(at_confidence(confidence, minimum=LEAST, maximum=MOST))
    out = replay(Recorded(world.answers, world.truth), rule, seed=seed)
    return out.cost, out.accuracy


def row(confidence: float, found: tuple[float, float], replays: np.ndarray) -> str:
    """A line of the table."""
    mean, deviation = replays.mean(axis=0), replays.std(axis=0, ddof=1)
    cells = [f"{found[0]:.2f}", f"{mean[0]:.2f} ± {deviation[0]:.2f}", f"{found[1]:.3f}", f"{mean[1]:.3f} ± {deviation[1]:.3f}"]  # fmt: skip
    near = (np.abs(np.array(found) - mean) <= NEAR * deviation).all()
    return f"| {confidence} | {' | '.join(cells)} | {'yes' if near else 'no'} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=150)
    parser.add_argument("--rate", type=float, default=12)
    parser.add_argument("--replays", type=int, default=20)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make(given.items, Path(given.make))
        return
    with tempfile.TemporaryDirectory() as place, quorate(clean_environment(Path(place)), "--demo") as running:
        truth = Path(place) / "truth.csv"
        ids = made(running, given.items, truth)
        found = [over_http(running, project, truth, given.items, given.rate) for project in ids]
    people = ", ".join(f"{number} {kind}" for kind, number in PEOPLE.items())
    print(f"{given.items} items, three classes, overlap {LEAST} to {MOST}, pages of {PAGE}; people: {people}; {given.replays} replays (mean ± standard deviation of one).\n")  # fmt: skip
    print("| confidence asked | answers an item, HTTP | in replay | right, HTTP | in replay | within two deviations |")
    print("|---:|---:|---:|---:|---:|---|")
    for confidence, one in zip(ASKED, found, strict=True):
        replays = np.array([in_replay(confidence, given.items, seed) for seed in range(given.replays)])
        print(row(confidence, one, replays))


if __name__ == "__main__":
    main()
