"""Accuracy and calibration of our methods and of every peer on thirteen real sets, as markdown tables.

    python benchmarks/run.py aggregation-accuracy

Runs in the peers' environment; what a peer found is kept (see peers/kept.py). A fit that takes longer than --limit CPU seconds is left out and shown as a dash; its mean is
then over fewer sets and says so. Where a method has probabilities, a tie counts in expectation, so nobody is lucky.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence

import numpy as np

from aggregation.arrays import TIE, Floats, Ints
from aggregation.classes import Answers
from aggregation.methods import METHODS
from aggregation.scores import score_classes
from benchmarks.limits import GaveUpError, limited
from benchmarks.peers.adapters import PEERS, Peer, Result
from benchmarks.peers.kept import Figures, figures
from benchmarks.real_sets import SETS, RealSet, load

OURS = "ours: "
# Seconds that a fit of ours may take anywhere.
PATIENCE = 300


# "accuracy" (ties in expectation), "seconds", and for methods with probabilities what MEASURES names.
MEASURES = ("brier", "ece", "log_loss", "claimed", "kept_promise")
Fit = Figures | str


def contestants() -> dict[str, Peer]:
    """Our methods and the peers, by the name tables show."""
    return {**{f"{OURS}{name}": ours(name) for name in METHODS}, **PEERS}


def ours(name: str) -> Peer:
    """One of our methods as a peer."""

    def run(answers: Answers, seed: int) -> Result:
        model = METHODS[name].make().fit(answers)
        return model.posterior_, model.labels(seed=seed)

    return run


def judge(result: Result, truth: Ints) -> Figures:
    """Score what a method said; a truth nobody said is a class of probability 0."""
    posterior, label = result
    known = truth >= 0
    if posterior is None:
        return {"accuracy": float((label[known] == truth[known]).mean())}
    wide = np.pad(np.nan_to_num(posterior), ((0, 0), (0, 1)))
    score = score_classes(wide, label, truth)
    return {
        "accuracy": expected_accuracy(wide[known], truth[known]),
        **{name: getattr(score, name) for name in MEASURES},
    }


def expected_accuracy(posterior: Floats, truth: Ints) -> float:
    """Accuracy when each tie is drawn fairly."""
    best = posterior >= posterior.max(axis=1, keepdims=True) - TIE
    return float((best[np.arange(truth.size), truth] / best.sum(axis=1)).mean())


def attempt(method: Peer, real: RealSet, seed: int, limit: int) -> Fit:
    """One fit, or why there is none."""
    try:
        result, seconds = limited(lambda: method(real.answers, seed), limit)
    except GaveUpError as reason:
        return str(reason)
    return {**judge(result, real.truth), "seconds": seconds}


def fit(name: str, method: Peer, real: RealSet, where: str, seed: int, limit: int) -> Fit:
    """`attempt`; a peer's is looked up where it was done before."""
    if name.startswith(OURS):
        return attempt(method, real, seed, PATIENCE)
    return figures(name, where, limit, lambda: attempt(method, real, seed, limit))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--methods", default="", help="only those whose name holds one of these, comma-separated")
    parser.add_argument("--limit", type=int, default=60, help="CPU seconds a peer's fit may take")
    options = parser.parse_args()
    wanted = options.methods.split(",")
    names = {name: run for name, run in contestants().items() if any(part in name for part in wanted)}
    sets = options.sets.split(",")
    fits: dict[str, list[Fit]] = {name: [] for name in names}
    for place in sets:
        real = load(place)
        for name, run in names.items():
            fits[name].append(fit(name, run, real, place, 0, options.limit))
    print(accuracy_table(fits, sets), calibration_table(fits), sep="\n\n")
    print(f"\n{left_out(fits, sets)}")
    return 0


def accuracy_table(fits: dict[str, list[Fit]], sets: Sequence[str]) -> str:
    """A row a method, best mean first; methods that gave up somewhere come after those that did not."""
    head = ["### Accuracy", f"| method | {' | '.join(sets)} | mean |", "|---|" + "---:|" * (len(sets) + 1)]
    complete = [name for name, row in fits.items() if not any(isinstance(fit, str) for fit in row)]
    best = [
        max(fit["accuracy"] for fit in column if not isinstance(fit, str))
        for column in zip(*fits.values(), strict=True)
    ]
    order = sorted(fits, key=lambda name: (name not in complete, -mean(fits[name], lambda fit: fit["accuracy"])))
    rows = [f"| {name} | {' | '.join(cells(fits[name]))} |" for name in order]
    rows.append(f"| *best of all, known afterwards* | {' | '.join(f'{a:.3f}' for a in best)} | {np.mean(best):.4f} |")
    return "\n".join([head[0], "", *head[1:], *rows])


def cells(row: list[Fit]) -> list[str]:
    """Accuracies, and their mean."""
    each = [f"{fit['accuracy']:.3f}" if not isinstance(fit, str) else "–" for fit in row]
    done = sum(not isinstance(fit, str) for fit in row)
    note = "" if done == len(row) else f" ({done} sets)"
    return [*each, f"{mean(row, lambda fit: fit['accuracy']):.4f}{note}"]


def calibration_table(fits: dict[str, list[Fit]]) -> str:
    """Means over the sets of what a method's confidence is worth."""
    lines = [
        "### Calibration, means over the sets",
        "",
        "Brier: Σ (p − truth)² over the classes, 0 to 2. ECE: 15 bins of equal width. A claim is a task with confidence ≥ .95.",
        "",
        "| method | Brier | ECE | log-loss | claims ≥ .95 | right of those | CPU s, all sets |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    found: dict[str, list[float]] = {}
    for name, row in fits.items():
        scores = [fit for fit in row if not isinstance(fit, str) and "brier" in fit]
        if len(scores) == len(row):
            found[name] = calibration(scores)
    for name in sorted(found, key=lambda name: found[name][0]):
        values = found[name]
        lines.append(f"| {name} | {' | '.join(f'{value:.3f}' for value in values[:5])} | {values[5]:.1f} |")
    return "\n".join(lines)


def calibration(scores: list[Figures]) -> list[float]:
    """One method's means over the sets, in the order of the table; the promises kept are weighed by the claims made."""
    brier, ece, loss, claimed = (float(np.mean([fit[name] for fit in scores])) for name in MEASURES[:4])
    kept = float(np.mean([fit["claimed"] * fit["kept_promise"] if fit["claimed"] else 0.0 for fit in scores]))
    return [brier, ece, loss, claimed, kept / claimed if claimed else math.nan, sum(fit["seconds"] for fit in scores)]


def mean(row: list[Fit], read: Callable[[Figures], float]) -> float:
    """Mean over the sets a method finished; NaN for none."""
    values = [read(fit) for fit in row if not isinstance(fit, str)]
    return float(np.mean(values)) if values else math.nan


def left_out(fits: dict[str, list[Fit]], sets: Sequence[str]) -> str:
    """What the dashes stand for."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, row in fits.items():
        for place, fit in zip(sets, row, strict=True):
            if isinstance(fit, str):
                reasons.setdefault((name, fit), []).append(place)
    return "\n".join(f"- {name}: {why} on {', '.join(places)}" for (name, why), places in reasons.items())


if __name__ == "__main__":
    sys.exit(main())
