"""Measures of workers. None of them needs a known truth; each is an array over `answers.worker_ids`."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats
from aggregation.classes.answers import Answers
from aggregation.classes.votes import vote_counts


def spam_score(confusion: Floats) -> Floats:
    """‖π − mean row‖²_F / (K − 1) of matrices (W, K, K) (Raykar & Yu 2012): 0 answers blindly, 1 tells all apart.

    A consistent adversary scores high as well: look at `expected_accuracy` too. With one class: NaN.
    """
    k = confusion.shape[1]
    if k < 2:
        return np.full(confusion.shape[0], np.nan)
    apart = confusion - confusion.mean(axis=1, keepdims=True)
    score: Floats = (apart**2).sum(axis=(1, 2)) / (k - 1)
    return score


def expected_accuracy(confusion: Floats, prior: Floats) -> Floats:
    """Σ_k prior_k π_kk of matrices (W, K, K): the expected share of right answers on a task of this project."""
    accuracy: Floats = np.einsum("wkk,k->w", confusion, prior)
    return accuracy


def support(answers: Answers, posterior: Floats) -> Floats:
    """Expected number of answers each worker gave on tasks of each true class: float64[W, K]."""
    columns = [
        np.bincount(answers.worker, weights=posterior[answers.task, k], minlength=answers.n_workers)
        for k in range(answers.n_classes)
    ]
    return np.stack(columns, axis=1)


def agreement(answers: Answers) -> Floats:
    """Share of the other workers' answers, on the tasks a worker answered, that equal theirs: float64[W].

    NaN for one who never met another worker on a task.
    """
    counts = vote_counts(answers)
    others = counts.sum(axis=1)[answers.task] - 1
    same = counts[answers.task, answers.label] - 1
    met = np.bincount(answers.worker, weights=others, minlength=answers.n_workers)
    alike = np.bincount(answers.worker, weights=same, minlength=answers.n_workers)
    share: Floats = np.divide(alike, met, out=np.full(answers.n_workers, np.nan), where=met > 0)
    return share


def krippendorff_alpha(answers: Answers) -> float:
    """Krippendorff's α for nominal answers: 1 − observed / expected disagreement, over tasks with 2 answers or more.

    1 = all agree, 0 = as by chance, below 0 = worse. NaN without such a task, or when only one class was ever said.
    """
    counts = vote_counts(answers).astype(np.float64)
    size = counts.sum(axis=1)
    counts, size = counts[size > 1], size[size > 1]
    n = size.sum()
    per_class = counts.sum(axis=0)
    expected = n * n - (per_class**2).sum()
    if not expected:
        return float("nan")
    observed = ((size**2 - (counts**2).sum(axis=1)) / (size - 1)).sum()
    return float(1.0 - (n - 1) * observed / expected)
