"""How good the default is without the choice that was made on these sets: leave one set out, as markdown.

    python benchmarks/run.py aggregation-validation

For each set the candidate with the best mean over the *other* sets is chosen, and judged by the set left out. Candidates: our
methods, and variants of the two fits that `auto` is made of. No truth enters a fit; it enters the choice alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np

from aggregation.arrays import Floats
from aggregation.classes import Answers, Auto, HierarchicalDawidSkene
from aggregation.methods import METHODS
from benchmarks.bench_aggregation_accuracy import expected_accuracy
from benchmarks.real_sets import SETS, RealSet, load

Fit = Callable[[Answers], Floats]
OVERLAPS, PRIORS = (0.0, 0.05, 0.1, 0.2), (0.0, 1.0, 5.0, 20.0)


def candidates() -> dict[str, Fit]:
    """Posteriors float64[T, K] by name."""
    found: dict[str, Fit] = {
        name: lambda a, made=method.make: made().fit(a).posterior_ for name, method in METHODS.items()
    }
    for overlap in OVERLAPS:
        for prior in PRIORS:
            if (overlap, prior) != (0.0, 1.0):  # that is hds itself
                found[f"hds, overlap {overlap}, prior {prior:g}"] = variant(overlap, prior)
    found["auto without the votes"] = fits
    found["auto without the first fit"] = lambda a: (
        HierarchicalDawidSkene(overlap=0.2, prior_weight=20.0).fit(a).crowd_.posterior(a)
    )
    return found


def variant(overlap: float, prior: float) -> Fit:
    return lambda a: HierarchicalDawidSkene(overlap=overlap, prior_weight=prior).fit(a).posterior_


def fits(a: Answers) -> Floats:
    """Mean of what both fits of `auto` say, twice each."""
    crowd = Auto().fit(a).crowd_
    readings = [*crowd.independent.readings(a), *crowd.overlapping.readings(a)]
    mean: Floats = sum(readings[1:], start=readings[0]) / len(readings)
    return mean


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", default=",".join(SETS))
    options = parser.parse_args()
    sets = options.sets.split(",")
    real = [load(name) for name in sets]
    scores = {name: [accuracy(fit, one) for one in real] for name, fit in candidates().items()}
    names = list(scores)
    table = np.array([scores[name] for name in names])
    print(
        "| set left out | chosen on the others | its mean there | on the set left out | `auto` on it |\n|---|---|---:|---:|---:|"
    )
    picked = []
    for column, place in enumerate(sets):
        others = np.delete(table, column, axis=1).mean(axis=1)
        best = int(others.argmax())
        picked.append(table[best, column])
        print(f"| {place} | {names[best]} | {others[best]:.4f} | {picked[-1]:.4f} | {scores['auto'][column]:.4f} |")
    print(f"| **mean** | | | **{np.mean(picked):.4f}** | **{np.mean(scores['auto']):.4f}** |")
    order = sorted(names, key=lambda name: -np.mean(scores[name]))
    print(
        f"\n{len(names)} candidates; means over all sets: "
        + ", ".join(f"{name} {np.mean(scores[name]):.4f}" for name in order)
        + "."
    )
    return 0


def accuracy(fit: Fit, one: RealSet) -> float:
    known = one.truth >= 0
    wide = np.pad(fit(one.answers), ((0, 0), (0, 1)))  # a truth nobody said is a class of probability 0
    return expected_accuracy(wide[known], one.truth[known])


if __name__ == "__main__":
    sys.exit(main())
