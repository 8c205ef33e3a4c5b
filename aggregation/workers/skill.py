"""How much a worker's answers are worth: from fitted matrices, or from agreement alone."""

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


def mutual_information(confusion: Floats, prior: Floats) -> Floats:
    """Bits that one answer tells about the class: I(class; answer) = Σ_kl ρ_k π_kl log₂(π_kl / q_l), q = Σ_k ρ_k π_k,
    of matrices (W, K, K) and ρ = `prior` float64[K]. 0 for who answers blindly, the entropy of ρ for who never errs,
    and the same for who errs by a fixed rule: an adversary tells as much as an expert, once known.
    """
    said = np.einsum("k,wkl->wl", prior, confusion)
    ratio = np.divide(confusion, said[:, None, :], out=np.ones_like(confusion), where=confusion > 0)
    bits: Floats = np.maximum(np.einsum("k,wkl,wkl->w", prior, confusion, np.log2(ratio)), 0.0)
    return bits


def informedness(confusion: Floats, prior: Floats) -> Floats:
    """Cohen's κ of a worker with the truth, float64[W]: (p − e) / (1 − e), p = `expected_accuracy`, e = what the same
    labels given blindly would reach. 1 never errs, 0 answers blindly, below 0 works against the truth. One class: NaN.
    """
    said = np.einsum("k,wkl->wl", prior, confusion)
    blind = said @ prior
    gain = expected_accuracy(confusion, prior) - blind
    kappa: Floats = np.divide(gain, 1 - blind, out=np.full(blind.shape, np.nan), where=blind < 1)
    return kappa


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
