"""Accuracy and calibration with a tenth and a quarter of the answers, ours beside the quicker peers, as markdown.

    python benchmarks/run.py aggregation-cold

A random share of the answers of each set, several draws; tasks left without an answer do not count. What is asked here
decides dynamic overlap: a method that collapses with one answer a task cannot tell who needs a second one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.bench_aggregation_accuracy import OURS, Fit, contestants, fit
from benchmarks.real_sets import SETS, RealSet, load

SHARES = (0.1, 0.25)
# Those that finish within seconds on every set; fact_eval (a quarter of a million answers) is ours and the votes' alone.
QUICK = ("crowd-kit MajorityVote", "crowd-kit Wawa", "crowd-kit DawidSkene", "crowd-kit OneCoinDawidSkene",
         "EBCC (rewritten)", "iBCC (rewritten)")  # fmt: skip
VOTES = f"{OURS}mv"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", default=",".join(name for name in SETS if name != "fact_eval"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=20, help="CPU seconds a fit may take")
    options = parser.parse_args()
    sets = {name: load(name) for name in options.sets.split(",")}
    names = [name for name in contestants() if name.startswith(OURS) or name in QUICK]
    for share in SHARES:
        runs = {name: {place: draws(name, real, share, options) for place, real in sets.items()} for name in names}
        print(table(runs, share))
    print(
        f"Sets: {', '.join(sets)}; {options.seeds} draws each. Worst set: the set where a method loses most against majority vote."
    )
    return 0


def draws(name: str, real: RealSet, share: float, options: argparse.Namespace) -> list[Fit]:
    """Fits on several random shares of one set."""
    method = contestants()[name]
    return [
        fit(name, method, real.share(share, seed), f"{real.name} {share} {seed}", seed, options.limit)
        for seed in range(options.seeds)
    ]


def table(runs: dict[str, dict[str, list[Fit]]], share: float) -> str:
    """A row a method, the most accurate first."""
    votes = {place: average(fits, "accuracy") for place, fits in runs[VOTES].items()}
    rows = []
    for name, places in runs.items():
        each = {place: average(fits, "accuracy") for place, fits in places.items()}
        worst = min(each, key=lambda place: each[place] - votes[place])
        brier, ece = (over(places, measure) for measure in ("brier", "ece"))
        mean = float(np.mean(list(each.values())))
        rows.append(
            (mean, f"| {name} | {mean:.4f} | {brier:.3f} | {ece:.3f} | {worst} {each[worst] - votes[worst]:+.3f} |")
        )
    lines = [
        f"### {share:.0%} of the answers",
        "",
        "| method | accuracy | Brier | ECE | worst set |",
        "|---|---:|---:|---:|---|",
    ]
    return "\n".join([*lines, *(line for _, line in sorted(rows, key=lambda row: -row[0])), ""])


def average(fits: list[Fit], measure: str) -> float:
    """Mean over the draws; NaN where a fit gave up."""
    return float(np.mean([np.nan if isinstance(found, str) else found.get(measure, np.nan) for found in fits]))


def over(places: dict[str, list[Fit]], measure: str, read: Callable[[list[Fit], str], float] = average) -> float:
    """Mean over the sets."""
    return float(np.mean([read(fits, measure) for fits in places.values()]))


if __name__ == "__main__":
    sys.exit(main())
