"""EBCC and iBCC as published, for comparison: they exist as research code only, not as packages.

Li, Rubinstein & Cohn (2019), Exploiting worker correlation for label aggregation in crowdsourcing: each class consists of
M subtypes, workers answer independently given class and subtype. Mean-field variational Bayes with the authors' settings
(M = 10, a_π = .1, β = 4 on the diagonal and 1 beside it, prior of the classes from the votes), the start with the highest
evidence bound of several. iBCC (Kim & Ghahramani 2012) is the case M = 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from aggregation.arrays import Floats, sums
from aggregation.classes import Answers, vote_shares

RIGHT, WRONG, SUBTYPE = 4.0, 1.0, 0.1
STILL = 1e-3


@dataclass(frozen=True)
class Ebcc:
    """`groups` = M; `starts`: random starts, of which the best bound is kept."""

    groups: int = 10
    starts: int = 5
    max_iter: int = 500

    def fit(self, answers: Answers) -> Floats:
        """Class probabilities float64[T, K]."""
        runs = [self._run(answers, seed) for seed in range(self.starts if self.groups > 1 else 1)]
        return max(runs, key=lambda run: run[0])[1]

    def _run(self, answers: Answers, seed: int) -> tuple[float, Floats]:
        shares = vote_shares(answers)
        spread = np.random.default_rng(seed).dirichlet(np.ones(self.groups), shares.shape)
        z = (spread * shares[:, :, None]).reshape(answers.n_tasks, -1)
        for _ in range(self.max_iter):
            last = z.reshape(answers.n_tasks, answers.n_classes, -1).sum(axis=2)
            z, bound = self._step(answers, z, shares.sum(axis=0))
            believed = z.reshape(last.shape[0], last.shape[1], -1).sum(axis=2)
            if np.abs(believed - last).max(initial=0.0) < STILL:
                break
        return bound, believed

    def _step(self, answers: Answers, z: Floats, alpha: Floats) -> tuple[Floats, float]:
        """One round from z float64[T, K·M]: parameters, then z anew, and the evidence bound."""
        w, k, m = answers.n_workers, answers.n_classes, self.groups
        beta = np.where(np.eye(k, dtype=bool), RIGHT, WRONG).repeat(m, axis=0)  # [K·M, K]
        cell = answers.worker * k + answers.label
        said = np.stack([sums(cell, z[answers.task, c], w * k) for c in range(k * m)]).reshape(k * m, w, k)
        mu = said + beta[:, None, :]
        eta = SUBTYPE / m + z.sum(axis=0).reshape(k, m)
        nu = alpha + z.sum(axis=0).reshape(k, m).sum(axis=1)
        log_v = (digamma(mu) - digamma(mu.sum(axis=2, keepdims=True))).reshape(k * m, w * k)
        log_pi = (
            digamma(eta) - digamma(eta.sum(axis=1, keepdims=True)) + (digamma(nu) - digamma(nu.sum()))[:, None]
        ).reshape(-1)
        scores = np.stack([sums(answers.task, log_v[c, cell], answers.n_tasks) for c in range(k * m)], axis=1) + log_pi
        top = scores.max(axis=1, keepdims=True)
        fresh = np.exp(scores - top)
        total = fresh.sum(axis=1, keepdims=True)
        evidence = float((np.log(total) + top).sum())
        divergence = (
            _kl(nu, alpha)
            + _kl(eta, np.full((k, m), SUBTYPE / m))
            + _kl(mu, np.broadcast_to(beta[:, None, :], mu.shape))
        )
        return fresh / total, evidence - divergence


def _kl(q: Floats, p: Floats) -> float:
    """Σ KL(Dirichlet(q) ‖ Dirichlet(p)) over the last axis."""
    total = q.sum(axis=-1, keepdims=True)
    value = gammaln(total[..., 0]) - gammaln(p.sum(axis=-1)) + (gammaln(p) - gammaln(q)).sum(axis=-1)
    return float((value + ((q - p) * (digamma(q) - digamma(total))).sum(axis=-1)).sum())
