import math

import numpy as np
import pytest

from aggregation.arrays import Floats
from aggregation.classes import Answers, ClusterCrowd, ClusteredDawidSkene, majority_vote
from aggregation.classes.clustered import groups_by_accuracy
from aggregation.classes.gold import Gold
from aggregation.classes.one_coin import fit_one_coin
from aggregation.simulate import WorkerKind, class_world

CROWD = {WorkerKind.HAMMER: 4, WorkerKind.SLOPPY: 8, WorkerKind.SPAMMER: 4, WorkerKind.BIASED: 4}


def confusing_world(seed: int, n_classes: int) -> tuple[Answers, Floats]:
    """60 workers of two habits over many classes: half take a class for the next one a third of the time, half guess
    often. Few answers a worker: no matrix of their own could be learnt.
    """
    generator = np.random.default_rng(seed)
    tasks, people = 600, 60
    truth = generator.integers(n_classes, size=tasks)
    task = np.repeat(np.arange(tasks), 5)
    worker = np.concatenate([generator.permutation(people)[:5] for _ in range(tasks)])
    drawn = generator.random(task.size)
    careful = np.where(drawn < 0.66, truth[task], (truth[task] + 1) % n_classes)
    careless = np.where(drawn < 0.25, truth[task], generator.integers(n_classes, size=task.size))
    return Answers.encode(task, worker, np.where(worker < 30, careful, careless), n_classes=n_classes), truth


def test_groups_are_found_and_help_where_classes_are_many() -> None:
    right, vote = [], []
    for seed in range(3):
        answers, truth = confusing_world(seed, 40)
        model = ClusteredDawidSkene(n_groups=2).fit(answers)
        right.append((model.labels() == truth).mean())
        vote.append((majority_vote(answers) == truth).mean())
        assert (model.member_.argmax(axis=1) == (np.arange(60) < 30)).mean() > 0.95
    assert np.mean(right) > np.mean(vote) + 0.03


@pytest.mark.parametrize(("n_classes", "per_task"), [(2, 5), (3, 1), (4, 6)])
def test_bound_never_falls_and_results_are_probabilities(n_classes: int, per_task: int) -> None:
    world = class_world(seed=3, n_tasks=120, n_classes=n_classes, workers=CROWD, answers_per_task=per_task)
    gold = np.where(np.arange(120) < 10, world.truth, -1)
    model = ClusteredDawidSkene(tol=1e-12, max_iter=300).fit(world.answers, gold=gold)

    assert np.diff(model.objective_).min(initial=0.0) >= -1e-8
    assert model.posterior_[:10].tolist() == np.eye(n_classes)[world.truth[:10]].tolist()
    assert model.posterior_.sum(axis=1) == pytest.approx(np.ones(120))
    assert model.confusion_.sum(axis=2) == pytest.approx(np.ones((20, n_classes)))


def test_two_iterations_equal_the_plain_formulas() -> None:
    world = class_world(seed=1, n_tasks=25, n_classes=3, workers={WorkerKind.HAMMER: 2, WorkerKind.SLOPPY: 3},
                        answers_per_task=3)  # fmt: skip
    a = world.answers
    rows = list(zip(a.task.tolist(), a.worker.tolist(), a.label.tolist(), strict=True))
    coin = fit_one_coin(a, Gold.of(None, a))
    q = coin.posterior.T.tolist()
    r = groups_by_accuracy(coin.accuracy, 2).T.tolist()
    for _ in range(2):
        said = [[[2 * (coin.crowd if k == x else (1 - coin.crowd) / 2) for x in range(3)] for k in range(3)]
                for _ in range(2)]  # fmt: skip
        for t, w, x in rows:
            for c in range(2):
                for k in range(3):
                    said[c][k][x] += r[w][c] * q[t][k]
        pi = [[[cell / sum(row) for cell in row] for row in group] for group in said]
        share = [(sum(of[c] for of in r) + 1) / (len(r) + 2) for c in range(2)]
        prior = [(sum(of[k] for of in q) + coin.posterior[k].sum() + 1) / (2 * 25 + 3) for k in range(3)]
        for w in range(len(r)):
            fit = [math.log(share[c]) + sum(q[t][k] * math.log(pi[c][k][x]) for t, v, x in rows if v == w
                                            for k in range(3)) for c in range(2)]  # fmt: skip
            r[w] = [math.exp(f - max(fit)) / sum(math.exp(g - max(fit)) for g in fit) for f in fit]
        for t in range(25):
            log = [math.log(prior[k]) + sum(r[w][c] * math.log(pi[c][k][x]) for u, w, x in rows if u == t
                                            for c in range(2)) for k in range(3)]  # fmt: skip
            q[t] = [math.exp(s - max(log)) / sum(math.exp(z - max(log)) for z in log) for s in log]
    model = ClusteredDawidSkene(n_groups=2, max_iter=2, tol=1e-300).fit(a)

    assert model.posterior_ == pytest.approx(np.array(q), abs=1e-9)
    assert model.member_ == pytest.approx(np.array(r), abs=1e-9)


def test_start_ends_where_it_was_and_bytes_keep_the_crowd() -> None:
    answers, _ = confusing_world(5, 10)
    model = ClusteredDawidSkene(n_groups=3, tol=1e-9).fit(answers)
    crowd = ClusterCrowd.from_bytes(model.crowd_.to_bytes())
    again = ClusteredDawidSkene(n_groups=3, tol=1e-9).fit(answers, start=crowd)

    assert crowd.posterior(answers).tobytes() == model.posterior_.tobytes()
    assert again.n_iter_ < model.n_iter_
    assert again.posterior_ == pytest.approx(model.posterior_, abs=1e-2)
    assert crowd.member_of(np.array([999]))[0].tolist() == crowd.shares.tolist()


@pytest.mark.parametrize("n_classes", [1, 3])
def test_fit_of_nothing_and_of_one_class(n_classes: int) -> None:
    empty = ClusteredDawidSkene().fit(Answers.encode([], [], [], n_classes=n_classes))
    one = ClusteredDawidSkene().fit(Answers.encode([1, 1, 2], [1, 2, 2], [0, 0, 0], n_classes=n_classes))

    assert empty.posterior_.shape == (0, n_classes)
    assert one.labels().tolist() == [0, 0]


def test_input_without_sense_is_refused() -> None:
    crowd = ClusteredDawidSkene().fit(Answers.encode([1, 1], [1, 2], [0, 1], n_classes=2)).crowd_
    with pytest.raises(ValueError, match="fitted on 2 classes, the answers have 3"):
        ClusteredDawidSkene().fit(Answers.encode([1], [1], [0], n_classes=3), start=crowd)
    with pytest.raises(ValueError, match="n_groups = 0 is below 1"):
        ClusteredDawidSkene(n_groups=0)
