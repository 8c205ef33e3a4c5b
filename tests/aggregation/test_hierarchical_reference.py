"""The fit, once more, as slow and plain as the formulas of docs/aggregation.md: loops over tasks, workers and classes."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from aggregation.classes import Answers, Auto, HierarchicalDawidSkene
from aggregation.simulate import WorkerKind, class_world

Matrix = list[list[float]]


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def normalised(scores: list[float]) -> list[float]:
    top = max(scores)
    weights = [math.exp(s - top) for s in scores]
    return [w / sum(weights) for w in weights]


@dataclass
class Reference:
    rows: list[tuple[int, int, int]]
    k: int
    during: float = 0.0  # overlap while EM runs
    prior_weight: float = 1.0
    crowd: float = 0.0
    accuracy: dict[int, float] = field(default_factory=dict)
    prior: list[float] = field(default_factory=list)
    expected: dict[int, Matrix] = field(default_factory=dict)
    counts: dict[int, Matrix] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tasks = sorted({t for t, _, _ in self.rows})
        self.workers = sorted({w for _, w, _ in self.rows})
        self.of_task = {t: [(w, label) for u, w, label in self.rows if u == t] for t in self.tasks}
        self.shared = [t for t in self.tasks if len(self.of_task[t]) > 1]  # lone answers teach nothing
        self.taught = {
            w: [(t, label) for t, v, label in self.rows if v == w and t in self.shared] for w in self.workers
        }

    def bounded(self, m: float) -> float:
        return min(max(m, 1 / self.k + 0.05), 0.99)

    def agreed_accuracy(self) -> float:
        same = pairs = 0.0
        for said in self.of_task.values():
            n = len(said)
            if n > 1:
                alike = sum(1 for i in range(n) for j in range(n) if i != j and said[i][1] == said[j][1])
                same, pairs = same + alike / n, pairs + n - 1
        rate = (same + 10 * (0.75**2 + 0.25**2 / (self.k - 1))) / (pairs + 10)
        return self.bounded((1 + math.sqrt((self.k - 1) * max(rate * self.k - 1, 0))) / self.k)

    def spread(self, hits: dict[int, float]) -> float:
        known = [w for w in self.workers if len(self.taught[w]) > 1]
        if len(known) < 2:
            return 30.0
        single = self.crowd * (1 - self.crowd)
        excess = trials = 0.0
        for w in known:
            n = len(self.taught[w])
            excess += n * (hits[w] / n - self.crowd) ** 2 - single
            trials += n - 1
        return min(max(1 / max(excess / (single * trials), 1e-4) - 1, 2.0), 30.0)

    def one_coin(self) -> dict[int, list[float]]:
        anchor = self.crowd = self.agreed_accuracy()
        self.accuracy = dict.fromkeys(self.workers, anchor)
        posterior = {t: [0.0] * self.k for t in self.tasks}
        for _ in range(100):
            before = posterior
            posterior = {}
            for t, said in self.of_task.items():
                scores = [0.0] * self.k
                for w, label in said:
                    a = self.accuracy[w]
                    scores[label] += math.log(a) - math.log((1 - a) / (self.k - 1))
                posterior[t] = normalised(scores)
            met = [posterior[t][label] for t, _, label in self.rows if len(self.of_task[t]) > 1]
            self.crowd = self.bounded((sum(met) + 20 * anchor) / (len(met) + 20))
            hits = {w: sum(posterior[t][label] for t, label in said) for w, said in self.taught.items()}
            s = self.spread(hits)
            for w, said in self.taught.items():
                self.accuracy[w] = min(max((hits[w] + s * self.crowd) / (len(said) + s), 1e-4), 1 - 1e-4)
            if max(abs(posterior[t][c] - before[t][c]) for t in self.tasks for c in range(self.k)) < 1e-5:
                break
        return posterior

    def count(self, posterior: dict[int, list[float]]) -> None:
        self.counts = {w: [[0.0] * self.k for _ in range(self.k)] for w in self.workers}
        for w in self.workers:
            for t, label in self.taught[w]:
                for c in range(self.k):
                    self.counts[w][c][label] += posterior[t][c]

    def expect(self) -> Matrix:
        k = self.k
        pooled = [[sum(self.counts[w][c][d] for w in self.workers) for d in range(k)] for c in range(k)]
        for c in range(k):
            for d in range(k):
                pooled[c][d] += 50 * (self.crowd if c == d else (1 - self.crowd) / (k - 1))
            total = sum(pooled[c])
            pooled[c] = [x / total for x in pooled[c]]
        for w in self.workers:
            self.expected[w] = []
            for c in range(k):
                right = 1 / (1 + math.exp(-(logit(pooled[c][c]) + logit(self.accuracy[w]) - logit(self.crowd))))
                rest = sum(pooled[c]) - pooled[c][c]
                self.expected[w].append([right if d == c else (1 - right) * pooled[c][d] / rest for d in range(k)])
        return pooled

    def theta(self, w: int, c: int, label: int, minus: float = 0.0) -> float:
        row = self.counts[w][c]
        return (max(row[label] - minus, 0) + 2 * self.expected[w][c][label]) / (max(sum(row) - minus, 0) + 2)

    def scores(self, t: int) -> list[float]:
        return [
            math.log(self.prior[c]) + sum(math.log(self.read(t, w, c, label)) for w, label in self.of_task[t])
            for c in range(self.k)
        ]

    def read(self, t: int, w: int, c: int, label: int) -> float:
        return self.theta(w, c, label) if t in self.shared else self.expected[w][c][label]

    def weight(self, t: int) -> float:
        return 1 / (1 + (len(self.of_task[t]) - 1) * self.during)

    def e_step(self) -> dict[int, list[float]]:
        return {t: normalised([self.weight(t) * s for s in self.scores(t)]) for t in self.tasks}

    def textbook(self) -> list[list[float]]:
        return [normalised(self.scores(t)) for t in self.tasks]

    def fit(self, tol: float) -> dict[int, list[float]]:
        posterior = self.one_coin()
        shares = [self.prior_weight * sum(posterior[t][c] for t in self.tasks) for c in range(self.k)]
        self.count(posterior)
        pooled = [[-1.0] * self.k for _ in range(self.k)]
        for _ in range(20):
            before, pooled = pooled, self.expect()
            last = -math.inf
            while True:
                self.count(posterior)
                own = [
                    sum(posterior[t][c] for t in self.tasks) + shares[c] + 0.02 * len(self.tasks) + 1
                    for c in range(self.k)
                ]
                self.prior = [x / sum(own) for x in own]
                posterior = self.e_step()
                now = self.objective([x + 0.02 * len(self.tasks) + 1 for x in shares])
                if now - last < tol * len(self.rows):
                    break
                last = now
            if max(abs(pooled[c][d] - before[c][d]) for c in range(self.k) for d in range(self.k)) < 1e-4:
                break
        return posterior

    def objective(self, prior_counts: list[float]) -> float:
        total = sum(n * math.log(p) for n, p in zip(prior_counts, self.prior, strict=True))
        for t in self.tasks:
            scores = [self.weight(t) * s for s in self.scores(t)]
            total += (max(scores) + math.log(sum(math.exp(s - max(scores)) for s in scores))) / self.weight(t)
        for w in self.workers:
            for c in range(self.k):
                total += 2 * sum(self.expected[w][c][d] * math.log(self.theta(w, c, d)) for d in range(self.k))
        return total

    def held_out(self, posterior: list[list[float]], t: int, w: int, label: int, c: int) -> float:
        minus = posterior[self.tasks.index(t)][c] if t in self.shared else 0.0
        return math.log(0.98 * self.theta(w, c, label, minus=minus) + 0.02 / self.k)

    def overlap(self, posterior: list[list[float]]) -> float:
        def gain(rho: float) -> float:
            total = -(math.log(rho / 0.25) ** 2) / (2 * 0.5**2)
            for t, said in self.of_task.items():
                for i, (w, label) in enumerate(said):
                    others = said[:i] + said[i + 1 :]
                    if not others:
                        continue
                    weight = 1 / (1 + (len(others) - 1) * rho)
                    believed = normalised(
                        [
                            weight
                            * (math.log(self.prior[c]) + sum(self.held_out(posterior, t, v, x, c) for v, x in others))
                            for c in range(self.k)
                        ]
                    )
                    total += math.log(
                        sum(b * math.exp(self.held_out(posterior, t, w, label, c)) for c, b in enumerate(believed))
                    )
            return total

        return max((0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.4), key=gain)

    def reported(self, posterior: list[list[float]]) -> list[list[float]]:
        rho = self.overlap(posterior)
        return [
            normalised(
                [
                    (math.log(self.prior[c]) + sum(self.held_out(posterior, t, w, x, c) for w, x in said))
                    / (1 + (len(said) - 1) * rho)
                    for c in range(self.k)
                ]
            )
            for t, said in self.of_task.items()
        ]


CROWD = {WorkerKind.HAMMER: 2, WorkerKind.SLOPPY: 3, WorkerKind.SPAMMER: 1, WorkerKind.BIASED: 1}
WORLDS = [(2, 4, 0), (3, 3, 1), (3, 1, 2), (5, 6, 3)]


def plain(a: Answers, *, during: float, prior_weight: float) -> Reference:
    """The fitted reference."""
    rows = list(zip(a.task.tolist(), a.worker.tolist(), a.label.tolist(), strict=True))
    reference = Reference(rows, a.n_classes, during=during, prior_weight=prior_weight)
    reference.fit(tol=1e-8)
    return reference


@pytest.mark.parametrize(("during", "prior_weight"), [(0.0, 1.0), (0.2, 20.0)])
@pytest.mark.parametrize(("n_classes", "per_task", "seed"), WORLDS, ids=str)
def test_fit_equals_the_plain_reference(
    n_classes: int, per_task: int, seed: int, during: float, prior_weight: float
) -> None:
    world = class_world(seed=seed, n_tasks=30, n_classes=n_classes, workers=CROWD, answers_per_task=per_task)
    a = world.answers
    reference = plain(a, during=during, prior_weight=prior_weight)
    seen = Answers.encode(a.task, a.worker, a.label, n_classes=n_classes)
    model = HierarchicalDawidSkene(tol=1e-8, max_iter=10_000, overlap=during, prior_weight=prior_weight).fit(seen)

    assert model.crowd_.accuracy == pytest.approx([reference.accuracy[w] for w in reference.workers], abs=1e-9)
    assert model.prior_ == pytest.approx(reference.prior, abs=1e-7)
    counts = np.array([reference.counts[w] for w in reference.workers])
    expect = np.array([reference.expected[w] for w in reference.workers])
    matrices = (counts + 2 * expect) / (counts.sum(axis=2, keepdims=True) + 2)
    assert model.confusion_ == pytest.approx(matrices, abs=1e-6)
    textbook = reference.textbook()
    assert float(model.crowd_.overlap) == reference.overlap(textbook)
    assert model.posterior_ == pytest.approx(np.array(reference.reported(textbook)), abs=1e-6)


@pytest.mark.parametrize(("n_classes", "per_task", "seed"), WORLDS, ids=str)
def test_auto_equals_the_plain_reference(n_classes: int, per_task: int, seed: int) -> None:
    world = class_world(seed=seed, n_tasks=30, n_classes=n_classes, workers=CROWD, answers_per_task=per_task)
    a = world.answers
    fits = [plain(a, during=0.0, prior_weight=1.0), plain(a, during=0.2, prior_weight=20.0)]
    believed = [[(x + y) / 2 for x, y in zip(fits[0].prior, fits[1].prior, strict=True)]] * 30
    votes = [
        [
            (sum(label == c for _, label in fits[0].of_task[t]) + believed[t][c]) / (per_task + 1)
            for c in range(n_classes)
        ]
        for t in range(30)
    ]
    members = [votes] + [member for fit in fits for member in (fit.textbook(), fit.reported(fit.textbook()))]
    model = Auto(tol=1e-8, max_iter=10_000).fit(a)

    assert model.posterior_ == pytest.approx(np.mean(members, axis=0), abs=1e-6)
