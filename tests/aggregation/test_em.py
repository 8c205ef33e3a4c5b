"""What small changes of the core of EM showed that no test had noticed."""

import numpy as np
import pytest

from aggregation.classes import Answers, DawidSkene, Gold, MapDawidSkene
from aggregation.classes.one_coin import fit_one_coin
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
