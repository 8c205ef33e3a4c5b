"""Recorded answers of real crowds once more, with and without known answers: what stopping the careless changes.

python benchmarks/replay_quality.py [--seeds 10]

A tenth of the items whose truth is known (at least ten) become known answers, drawn anew for each seed. Every worker's
answers come one after the other in random order, and the first proposed rule of docs/quality.md looks at them after each
answer: accuracy on known answers at most, with 95 % certainty, below halfway between guessing and always right; at least
five; the newest forty answers. Whoever it applies to is stopped, and those forty do not count. Nobody is asked instead:
these crowds have gone home. *Known answers alone*: nobody is stopped, the fit believes the known items.
"""

import argparse
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregation.arrays import Ints, best_class  # noqa: E402 - the tree is not a package
from aggregation.beta import beta_quantile  # noqa: E402
from aggregation.classes import Answers, Auto  # noqa: E402
from benchmarks.real_sets import load  # noqa: E402

SETS = ("bluebirds", "dog", "face", "labelme")
SHARE, FEWEST, WINDOW, LEAST, CERTAINTY = 0.1, 10, 40, 5, 0.95


@dataclass(frozen=True)
class Figures:
    """Of one set and one draw: share right of the items that are not known, by way; answers; people."""

    right: tuple[float, float, float]
    given: int
    paid: int
    counted: int
    stopped: int
    good_stopped: int
    good: int
    workers: int


def stops(right: list[bool | None], limit: float) -> int | None:
    """After how many answers a worker is stopped, None for never; `right` on known items, None elsewhere."""
    newest: deque[bool | None] = deque(maxlen=WINDOW)
    for number, one in enumerate(right, start=1):
        newest.append(one)
        seen = [said for said in newest if said is not None]
        if one is None or len(seen) < LEAST:
            continue
        if float(beta_quantile(CERTAINTY, 1 + sum(seen), 1 + len(seen) - sum(seen))) < limit:
            return number
    return None


def replay(name: str, seed: int) -> Figures:
    """One set, one draw of known items and orders."""
    one = load(name)
    a, truth, draw = one.answers, one.truth, np.random.default_rng(seed)
    has_truth = np.flatnonzero((truth >= 0) & (truth < a.n_classes))
    known = np.zeros(a.n_tasks, dtype=bool)
    known[draw.permutation(has_truth)[: max(FEWEST, round(SHARE * has_truth.size))]] = True
    limit = (1 + 1 / a.n_classes) / 2
    paid, counts = np.ones(len(a), dtype=bool), np.ones(len(a), dtype=bool)
    judged = truth[a.task] >= 0
    hit, good = np.zeros(a.n_workers, dtype=bool), np.zeros(a.n_workers, dtype=bool)
    for worker in range(a.n_workers):
        rows = draw.permutation(np.flatnonzero(a.worker == worker))
        # Good is who is right, on all items whose truth is known, more often than the rule's limit.
        sure = rows[judged[rows]]
        good[worker] = bool(sure.size and (a.label[sure] == truth[a.task[sure]]).mean() >= limit)
        said = [bool(a.label[row] == truth[a.task[row]]) if known[a.task[row]] else None for row in rows]
        end = stops(said, limit)
        if end is not None:
            hit[worker] = True
            paid[rows[end:]] = counts[rows[max(0, end - WINDOW) :]] = False
    ways = (
        score(a, truth, known, counts=None),
        score(a, truth, known, counts=np.ones(len(a), dtype=bool)),
        score(a, truth, known, counts=counts),
    )
    return Figures(
        ways,
        len(a),
        int(paid.sum()),
        int(counts.sum()),
        int(hit.sum()),
        int((hit & good).sum()),
        int(good.sum()),
        a.n_workers,
    )


def score(
    a: Answers,
    truth: Ints,
    known: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    *,
    counts: "np.ndarray[tuple[int], np.dtype[np.bool_]] | None",
) -> float:
    """Share right of the items that are not known; without `counts` the fit knows nothing, with it the known items and
    these answers alone. An item whose answers are all gone is wrong.
    """
    use = counts if counts is not None else np.ones(len(a), dtype=bool)
    part = Answers.encode(
        a.task_ids[a.task[use]], a.worker_ids[a.worker[use]], a.label[use], n_classes=a.n_classes, task_ids=a.task_ids
    )
    gold = None if counts is None else np.where(known, truth, -1)
    found = best_class(Auto().fit(part, gold=gold).posterior_, part.task_ids)
    answered = np.bincount(part.task, minlength=part.n_tasks) > 0
    asked = (truth >= 0) & ~known
    return float(((found == truth) & answered)[asked].mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    print(
        "| set | right: answers alone | and known answers | and the careless stopped | answers paid | answers that count | stopped of all | good ones stopped |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in SETS:
        runs = [replay(name, seed) for seed in range(seeds)]
        right = np.mean([run.right for run in runs], axis=0)
        share = [
            sum(getattr(run, part) for run in runs) / sum(run.given for run in runs) for part in ("paid", "counted")
        ]
        stopped = f"{np.mean([run.stopped for run in runs]):.1f} of {runs[0].workers}"
        good = f"{np.mean([run.good_stopped for run in runs]):.1f} of {runs[0].good}"
        print(
            f"| {name} | {right[0]:.3f} | {right[1]:.3f} | {right[2]:.3f} | {share[0]:.0%} | {share[1]:.0%} | {stopped} | {good} |"
        )


if __name__ == "__main__":
    main()
