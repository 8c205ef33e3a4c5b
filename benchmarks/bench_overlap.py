"""Rules of overlap replayed on real and simulated crowds: what the same accuracy costs, and whether a confidence is true.

    python benchmarks/run.py overlap

Workers come in sessions, as often as the record has answers of them; the rules are the platform's own functions.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aggregation.arrays import Bools, Floats
from aggregation.classes import Auto, DawidSkene
from aggregation.online import RefitPolicy
from aggregation.replay import FixedOverlap, ModelRule, Outcome, Recorded, Rule, SkillRule, VoteMargin, replay
from aggregation.replay.model_rule import at_confidence, plain_dawid_skene
from aggregation.stopping import Calibration
from benchmarks import overlap_report
from benchmarks.overlap_crowds import CROWDS, REAL, recorded, spammers

EXAM = 10
FIXED = (1, 2, 3, 4, 5, 6, 8)
SURE = (0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
# The model is fitted anew when a fifth of what it saw is new: with a tenth, as on the platform, a replay takes half as long again.
REFITS = RefitPolicy(share=0.2)
CLAIM = 0.95
# Exam result below which Toloka's rule turns a worker away. Not tuned.
REFUSE_BELOW = 0.6


@dataclass(frozen=True)
class Contestant:
    """A rule with the settings that make its curve; `claims`: the settings whose settled tasks claim .95."""

    make: Callable[[float], Rule]
    settings: tuple[float, ...]
    exam: int = 0
    claims: float | None = None


def fixed(method: Callable[[], object] | None) -> Callable[[float], Rule]:
    return lambda answers: FixedOverlap(int(answers), method)  # type: ignore[arg-type]


def model(*, refuses: bool = False) -> Callable[[float], Rule]:
    return lambda sure: ModelRule(at_confidence(sure), refits=REFITS, refuses=refuses)


def skills(refuse_below: float | None = None) -> Callable[[float], Rule]:
    return lambda sure: SkillRule(sure, refuse_below=refuse_below)


CONTESTANTS: dict[str, Contestant] = {
    "fixed overlap, majority": Contestant(fixed(None), FIXED),
    "fixed overlap, Dawid-Skene at the end": Contestant(fixed(DawidSkene), FIXED),
    "fixed overlap, auto at the end": Contestant(fixed(Auto), FIXED),
    "Dawid-Skene posterior, threshold": Contestant(lambda sure: plain_dawid_skene(at_confidence(sure)), SURE, 0, 0.95),
    "vote margin": Contestant(lambda votes: VoteMargin(int(votes)), (1, 2, 3, 4)),
    "Toloka's rule, skill from agreement": Contestant(skills(), SURE, 0, 0.95),
    "ours": Contestant(model(), SURE, 0, 0.95),
    "ours, poor workers turned away": Contestant(model(refuses=True), SURE, 0, 0.95),
    "Toloka's rule, exam": Contestant(skills(), SURE, EXAM, 0.95),
    "Toloka's rule, exam, poor workers turned away": Contestant(skills(REFUSE_BELOW), SURE, EXAM, 0.95),
    "ours, exam": Contestant(model(), SURE, EXAM, 0.95),
    "ours, exam, poor workers turned away": Contestant(model(refuses=True), SURE, EXAM, 0.95),
}


def measure(name: str, setting: float, crowd: str, seed: int) -> dict[str, float]:
    """One replay, as numbers."""
    contestant = CONTESTANTS[name]
    world = recorded(crowd, seed)
    out = replay(world, contestant.make(setting), seed=seed, exam=contestant.exam)
    found = {"cost": out.cost, "accuracy": out.accuracy, **exam_cost(contestant, world)}
    if contestant.claims == setting:
        found |= claims(out)
    good = skilled(world)
    found["good_refused"] = float((out.refused & good).sum() / max(good.sum(), 1))
    bad = spammers(crowd, seed)
    if bad is not None:
        found["spam"] = float(
            out.share[bad].sum() / (world.answers.answers_per_worker()[bad].sum() / len(world.answers))
        )
    return found


def exam_cost(contestant: Contestant, world: Recorded) -> dict[str, float]:
    """Answers a task that the exam took."""
    if not contestant.exam:
        return {"exam": 0.0}
    taken = np.minimum(world.answers.answers_per_worker() // 2, contestant.exam).sum()
    return {"exam": float(taken / world.answers.n_tasks)}


def skilled(world: Recorded, least: float = 0.5, answers: int = 20) -> Bools:
    """Good workers, bool[W]: all their answers of known truth, at least `answers`, put them `least` of the way from guessing to never erring."""
    a, k = world.answers, world.answers.n_classes
    known = (world.truth[a.task] >= 0).astype(float)
    given = a.weighed(a.worker, a.n_workers, known)
    right = a.weighed(a.worker, a.n_workers, known * (a.label == world.truth[a.task]))
    enough: Bools = (given >= answers) & ((right / np.maximum(given, 1) - 1 / k) / (1 - 1 / k) >= least)
    return enough


def claims(out: Outcome) -> dict[str, float]:
    """Of the tasks of known truth: how many were settled, how many of those are right, and the calibration error."""
    settled = out.settled & out.known
    right, said = out.right[out.known].astype(float), out.confidence[out.known]
    learnt = cross_calibrated(said, right)
    sure = settled & (learnt_all(out) >= CLAIM)
    return {
        "honest": float(sure.sum()),
        "honest_right": float(out.right[sure].sum()),
        "settled": float(settled.sum()),
        "right": float(out.right[settled].sum()),
        "ece": ece(said, right),
        "ece_gold": ece(learnt, right),
        "tasks": float(right.size),
    }


def learnt_all(out: Outcome) -> Floats:
    """Confidences of all tasks, calibrated as by `cross_calibrated`."""
    shown = out.confidence.copy()
    shown[out.known] = cross_calibrated(out.confidence[out.known], out.right[out.known].astype(float))
    return shown


def cross_calibrated(said: Floats, right: Floats, known: int = 50) -> Floats:
    """Confidences after learning the calibration from `known` tasks of known truth; these are left as they are."""
    learnt = Calibration.learn(said[:known], right[:known])
    return np.concatenate([said[:known], learnt.shown(said[known:])])


def ece(said: Floats, right: Floats, bins: int = 15) -> float:
    """Expected calibration error over bins of equal width."""
    place = np.minimum((said * bins).astype(int), bins - 1)
    gaps = [
        np.count_nonzero(place == b) * abs(right[place == b].mean() - said[place == b].mean())
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps) / said.size)


def _job(work: tuple[str, float, str, int]) -> tuple[str, float, str, int, dict[str, float]]:
    return (*work, measure(*work))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crowds", default=",".join(CROWDS))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--rules", default="", help="only rules whose name contains this")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where figures are kept, to go on after an interruption")
    parser.add_argument("--pictures", type=Path, default=Path("docs/img/overlap"))
    options = parser.parse_args()
    kept = _read(options.keep)
    work = [
        (name, setting, crowd, seed)
        for seed in range(options.seeds)
        for crowd in options.crowds.split(",")
        for name, contestant in CONTESTANTS.items()
        if options.rules in name
        for setting in contestant.settings
    ]
    left = [one for one in work if one not in kept]
    with multiprocessing.Pool(options.processes) as pool:
        for name, setting, crowd, seed, found in pool.imap_unordered(_job, left, chunksize=4):
            kept[name, setting, crowd, seed] = found
            if options.keep:
                with options.keep.open("a") as file:
                    file.write(json.dumps([name, setting, crowd, seed, found]) + "\n")
    print(overlap_report.report({one: kept[one] for one in work}, real=REAL, pictures=options.pictures))
    return 0


def _read(path: Path | None) -> dict[tuple[str, float, str, int], dict[str, float]]:
    if path is None or not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text().splitlines())
    return {(name, setting, crowd, seed): found for name, setting, crowd, seed, found in rows}


if __name__ == "__main__":
    sys.exit(main())
