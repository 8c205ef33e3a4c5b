"""How much of what the answers to one task say is said twice: learnt from answers held out of their task."""

from __future__ import annotations

import dataclasses

import numpy as np

from aggregation.arrays import Floats
from aggregation.classes.answers import Answers
from aggregation.classes.crowd import ClassCrowd, evidence_weight
from aggregation.classes.gold import Gold
from aggregation.classes.pairs import normalise

GRID = (0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.4)
# Belief before data: log-normal around TYPICAL (median over real sets).
TYPICAL, SPREAD = 0.25, 0.5
# Answers looked at: enough to tell the grid apart, and a bound on time and memory.
SAMPLE = 20_000


def with_overlap(crowd: ClassCrowd, answers: Answers, gold: Gold) -> ClassCrowd:
    """Return `crowd` with the overlap under which answers are best predicted by the others of their task."""
    per_task = answers.answers_per_task()
    stride = max(1, len(answers) // SAMPLE)
    rows = np.flatnonzero((per_task[answers.task] > 1) & (answers.task % stride == 0))
    if crowd.n_classes == 1:
        return crowd
    judged = crowd.judge(answers, gold, rows)
    single = judged.single
    scores = np.log(crowd.prior)[:, None] + judged.evidence[:, answers.task[rows]] - single
    others = (per_task[answers.task[rows]] - 1).astype(np.float64)
    gain = [_predictive(scores, single, others, rho) - np.log(rho / TYPICAL) ** 2 / (2 * SPREAD**2) for rho in GRID]
    return dataclasses.replace(crowd, overlap=np.array(GRID[int(np.argmax(gain))]))


def _predictive(scores: Floats, single: Floats, others: Floats, overlap: float) -> float:
    """Log-probability of the held-out answers."""
    believed, _ = normalise(evidence_weight(others, overlap) * scores)
    return float(np.log((believed * np.exp(single)).sum(axis=0)).sum())
