"""The classical methods, once more, as slow and plain as their papers: loops over tasks, workers and classes."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

FLOOR = 1e-10
Row = tuple[int, int, int]


def normalised(scores: list[float]) -> list[float]:
    top = max(scores)
    weights = [math.exp(s - top) for s in scores]
    return [w / sum(weights) for w in weights]


def vote_start(rows: list[Row], k: int) -> dict[int, list[float]]:
    votes: dict[int, list[float]] = defaultdict(lambda: [0.0] * k)
    for t, _, label in rows:
        votes[t][label] += 1
    return {t: [v / sum(count) for v in count] for t, count in sorted(votes.items())}


@dataclass
class DawidSkeneReference:
    """Dawid & Skene (1979): `posterior` by task after `steps` of M and E, `likelihood` of each of them."""

    rows: list[Row]
    k: int
    steps: int
    cell: float = 0.0
    diagonal: float = 0.0
    gold: dict[int, int] = field(default_factory=dict)
    likelihood: list[float] = field(default_factory=list)
    theta: dict[tuple[int, int, int], float] = field(default_factory=dict)
    prior: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.posterior = vote_start(self.rows, self.k)
        self.hold()
        for _ in range(self.steps):
            self.m_step()
            self.e_step()

    def hold(self) -> None:
        for t, true in self.gold.items():
            self.posterior[t] = [float(c == true) for c in range(self.k)]

    def m_step(self) -> None:
        self.prior = [
            max(sum(p[c] for p in self.posterior.values()) / len(self.posterior), FLOOR) for c in range(self.k)
        ]
        counts: dict[tuple[int, int, int], float] = defaultdict(float)
        for t, w, label in self.rows:
            for c in range(self.k):
                counts[w, c, label] += self.posterior[t][c]
        smoothed = self.cell or self.diagonal
        for w, c, label in counts:
            said = {d: counts[w, c, d] for d in range(self.k) if (w, c, d) in counts}
            if smoothed:
                own = sum(said.values()) + self.k * self.cell + self.diagonal
                self.theta[w, c, label] = (said[label] + self.cell + self.diagonal * (c == label)) / own
            else:
                own = sum(max(x, FLOOR) for x in said.values())
                self.theta[w, c, label] = max(said[label], FLOOR) / own

    def e_step(self) -> None:
        scores = {t: [math.log(p) for p in self.prior] for t in self.posterior}
        for t, w, label in self.rows:
            for c in range(self.k):
                scores[t][c] += math.log(self.theta[w, c, label])
        total = 0.0
        for t, s in scores.items():
            top = max(s)
            total += s[self.gold[t]] if t in self.gold else top + math.log(sum(math.exp(x - top) for x in s))
            self.posterior[t] = normalised(s)
        self.hold()
        self.likelihood.append(total)


@dataclass
class OneCoinReference:
    """One-coin Dawid-Skene under a uniform prior."""

    rows: list[Row]
    k: int
    steps: int
    accuracy: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.posterior = vote_start(self.rows, self.k)
        for _ in range(self.steps):
            for w in {w for _, w, _ in self.rows}:
                right = [self.posterior[t][label] for t, v, label in self.rows if v == w]
                self.accuracy[w] = min(max(sum(right) / len(right), FLOOR), 1 - FLOOR)
            scores = {t: [0.0] * self.k for t in self.posterior}
            for t, w, label in self.rows:
                for c in range(self.k):
                    a = self.accuracy[w]
                    scores[t][c] += math.log(a if c == label else (1 - a) / (self.k - 1))
            self.likelihood = sum(
                max(s) + math.log(sum(math.exp(x - max(s)) for x in s) / self.k) for s in scores.values()
            )
            self.posterior = {t: normalised(s) for t, s in scores.items()}


@dataclass
class MaceReference:
    """MACE (Hovy et al. 2013) with pseudo-answers, from the given `know` and `habit` of each worker."""

    rows: list[Row]
    k: int
    steps: int
    smoothing: float
    know: dict[int, float]
    habit: dict[int, list[float]]

    def __post_init__(self) -> None:
        for _ in range(self.steps):
            self.e_step()
            self.m_step()
        self.e_step()

    def chance(self, w: int, label: int, true: int) -> float:
        return self.know[w] * (label == true) + (1 - self.know[w]) * self.habit[w][label]

    def e_step(self) -> None:
        tasks = sorted({t for t, _, _ in self.rows})
        scores = {t: [-math.log(self.k)] * self.k for t in tasks}
        for t, w, label in self.rows:
            scores[t] = [s + math.log(self.chance(w, label, c)) for c, s in enumerate(scores[t])]
        self.likelihood = sum(max(s) + math.log(sum(math.exp(x - max(s)) for x in s)) for s in scores.values())
        self.posterior = {t: normalised(s) for t, s in scores.items()}

    def m_step(self) -> None:
        knew: dict[int, float] = defaultdict(float)
        guessed: dict[int, list[float]] = defaultdict(lambda: [0.0] * self.k)
        for t, w, label in self.rows:
            known = self.posterior[t][label] * self.know[w] / self.chance(w, label, label)
            knew[w] += known
            guessed[w][label] += 1 - known
        for w, known in knew.items():
            given = sum(1 for _, v, _ in self.rows if v == w)
            self.know[w] = (known + self.smoothing) / (given + 2 * self.smoothing)
            total = sum(guessed[w]) + self.k * self.smoothing
            self.habit[w] = [(g + self.smoothing) / total for g in guessed[w]]


def glad_objective(rows: list[Row], k: int, ability: dict[int, float], log_ease: dict[int, float]) -> float:
    """GLAD (Whitehill et al. 2009): log-likelihood under a uniform class prior, less the penalty of the normal priors."""
    scores = {t: [-math.log(k)] * k for t in log_ease}
    for t, w, label in rows:
        right = 1 / (1 + math.exp(-ability[w] * math.exp(log_ease[t])))
        for c in range(k):
            scores[t][c] += math.log(right if c == label else (1 - right) / (k - 1))
    likelihood = sum(max(s) + math.log(sum(math.exp(x - max(s)) for x in s)) for s in scores.values())
    return likelihood - sum((x - 1) ** 2 for x in [*ability.values(), *log_ease.values()]) / 2
