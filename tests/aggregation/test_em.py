"""What small changes of the core of EM showed that no test had noticed."""

import numpy as np
import pytest

from aggregation.classes import Answers, DawidSkene, Gold, HierarchicalDawidSkene, MapDawidSkene
from aggregation.classes.em import _extrapolate
from aggregation.classes.one_coin import accuracy_from_agreement, bounded, fit_one_coin, spread_strength
from aggregation.classes.overlap import with_overlap
from aggregation.simulate import WorkerKind, class_world

CROWD = {WorkerKind.HAMMER: 3, WorkerKind.SLOPPY: 4}


def test_map_adds_a_tenth_to_each_cell_and_one_to_the_diagonal() -> None:
    # All truth known: worker 5 said 0, 0, 1 on class 0 and 1 on class 1.
    answers = Answers.encode([1, 2, 3, 4], [5] * 4, [0, 0, 1, 1], n_classes=2)
    model = MapDawidSkene().fit(answers, gold=[0, 0, 0, 1])

    assert model.confusion_[0] == pytest.approx(np.array([[3.1 / 4.2, 1.1 / 4.2], [0.1 / 2.2, 2.1 / 2.2]]))


@pytest.mark.parametrize("make", [DawidSkene, MapDawidSkene])
def test_a_crowd_judges_any_answer_by_the_matrix_it_shows(make: type[DawidSkene]) -> None:
    world = class_world(seed=2, n_tasks=8, n_classes=4, workers=CROWD, answers_per_task=4)
    crowd = make().fit(world.answers).crowd_
    workers = np.repeat(crowd.worker_ids, 4)
    labels = np.tile(np.arange(4), crowd.worker_ids.size)
    one_each = Answers.encode(np.arange(labels.size), workers, labels, n_classes=4)
    wanted = crowd.prior * crowd.confusion()[:, :, labels[:4]].transpose(0, 2, 1).reshape(-1, 4)
    wanted /= wanted.sum(axis=1, keepdims=True)

    assert crowd.posterior(one_each) == pytest.approx(wanted, abs=1e-6)


def test_one_coin_counts_its_rounds_from_one() -> None:
    answers = class_world(seed=2, n_tasks=30, n_classes=3, workers=CROWD, answers_per_task=4).answers
    once = fit_one_coin(answers, Gold.of(None, answers), max_iter=1)

    assert once.n_iter == 1
    assert once.posterior.sum(axis=0) == pytest.approx(np.ones(30))


@pytest.mark.parametrize("rate", [0.5, 0.75])
def test_acceleration_leaps_to_where_steady_steps_end(rate: float) -> None:
    end, off = np.array([[0.3, 0.5], [0.2, 0.1]]), np.array([[0.1, -0.2], [0.05, 0.1]])
    far, length = _extrapolate(end + off, end + rate * off, end + rate**2 * off, reach=100.0)

    assert length == pytest.approx(1 / (1 - rate))
    assert far == pytest.approx(end)


def test_acceleration_leaps_no_further_than_its_reach_and_stays_a_posterior() -> None:
    start, step = np.array([[0.2, 0.5], [0.3, 0.4]]), np.array([[0.1, 0.05], [-0.05, 0.05]])
    bend = 0.1 * step
    far, length = _extrapolate(start, start + step, start + 2 * step + bend, reach=3.0)
    free = np.clip(start + 2 * 3 * step + 9 * bend, 0, 1)

    assert length == 3.0
    assert far == pytest.approx(free / np.maximum(free.sum(axis=0), 1))
    assert free.sum(axis=0)[1] > 1  # else nothing had to be made a posterior again
    level, once = _extrapolate(start, start, start, reach=3.0)
    assert (once, level.tolist()) == (1.0, start.tolist())


def test_a_crowd_is_better_than_chance_and_never_certain() -> None:
    assert (bounded(1.0, 2), bounded(0.1, 2), bounded(0.1, 4), bounded(0.8, 2)) == (0.99, 0.55, 0.3, 0.8)


def test_agreement_tells_the_accuracy_with_ten_pairs_of_belief() -> None:
    # Two tasks of three answers: all alike, and two of three; a lone answer says nothing. Per task Σ n(n − 1) / size.
    answers = Answers.encode([1, 1, 1, 2, 2, 2, 3], [1, 2, 3, 1, 2, 3, 1], [0, 0, 0, 0, 0, 1, 1], n_classes=3)
    same, pairs = 6 / 3 + 2 / 3, 2 + 2
    rate = (same + 10 * (0.75**2 + 0.25**2 / 2)) / (pairs + 10)

    assert accuracy_from_agreement(answers) == pytest.approx((1 + np.sqrt(2 * (rate * 3 - 1))) / 3)


def test_spread_of_workers_tells_how_much_the_crowd_weighs() -> None:
    # The last worker has one answer, which tells nothing of how workers differ.
    hits, given = np.array([6.0, 9.0, 16.0, 1.0]), np.array([10.0, 10.0, 20.0, 1.0])
    excess = 10 * 0.15**2 + 10 * 0.15**2 + 20 * 0.05**2 - 3 * 0.75 * 0.25
    rho = excess / (0.75 * 0.25 * (9 + 9 + 19))

    assert rho < 0
    assert spread_strength(hits, given, 0.75) == 30.0
    apart = np.array([4.0, 10.0, 14.0, 0.0])
    excess = 10 * 0.35**2 + 10 * 0.25**2 + 20 * 0.05**2 - 3 * 0.75 * 0.25
    rho = excess / (0.75 * 0.25 * (9 + 9 + 19))
    assert 2.0 < 1 / rho - 1 < 30.0
    assert spread_strength(apart, given, 0.75) == pytest.approx(1 / rho - 1)
    assert spread_strength(np.array([0.0, 10.0]), np.array([10.0, 10.0]), 0.5) == 2.0
    assert spread_strength(np.array([9.0, 1.0]), np.array([10.0, 1.0]), 0.75) == 30.0


def test_overlap_is_the_one_that_predicts_answers_held_out_best() -> None:
    """Plainly: each answer of a task with others, foretold by these, at every overlap there is to choose."""
    a = class_world(seed=8, n_tasks=40, n_classes=3, workers=CROWD, answers_per_task=4).answers
    nobody = Gold.of(None, a)
    crowd = HierarchicalDawidSkene().fit(a).crowd_
    rows = np.arange(len(a))
    judged = crowd.judge(a, nobody, rows)
    gains, grid = [], (0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.4)
    for rho in grid:
        gain = -(np.log(rho / 0.25) ** 2) / (2 * 0.5**2)
        for row in rows:
            others = np.log(crowd.prior) + judged.evidence[:, a.task[row]] - judged.single[:, row]
            weighed = others / (1 + (4 - 1 - 1) * rho)
            believed = np.exp(weighed - weighed.max())
            gain += np.log((believed / believed.sum()) @ np.exp(judged.single[:, row]))
        gains.append(gain)

    assert float(with_overlap(crowd, a, nobody).overlap) == grid[int(np.argmax(gains))]


def test_what_the_counts_hold_of_a_task_is_the_share_they_learnt_from() -> None:
    a = class_world(seed=8, n_tasks=40, n_classes=3, workers=CROWD, answers_per_task=4).answers
    crowd = HierarchicalDawidSkene().fit(a).crowd_
    # Task 0 has one answer more now, task 1 has lost two, task 99 is new.
    kept = ~((a.task == 1) & (np.cumsum(a.task == 1) > 2))
    task = np.concatenate([a.task_ids[a.task][kept], [a.task_ids[0], 99]])
    worker = np.concatenate([a.worker_ids[a.worker][kept], [77, 77]])
    now = Answers.encode(task, worker, np.concatenate([a.label[kept], [1, 1]]), n_classes=3)
    inside = np.ones(41)
    inside[0], inside[40] = 4 / 5, 0.0

    assert crowd.posterior(now) == pytest.approx(crowd.posterior(now, inside=inside), abs=1e-12)
