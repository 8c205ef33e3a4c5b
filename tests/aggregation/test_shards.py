"""Fits beyond memory."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.classes import Answers, DawidSkene, Smoothing
from aggregation.shards import ShardedDawidSkene, Shards, combine
from aggregation.simulate import ClassWorld, class_world
from tests.aggregation.small_answers import CROWD


@pytest.fixture(scope="module")
def world() -> ClassWorld:
    return class_world(seed=4, n_tasks=2000, n_classes=3, workers=CROWD, answers_per_task=4)


def columns(answers: Answers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    order = np.random.default_rng(0).permutation(len(answers))
    task, worker = answers.task_ids[answers.task] * 7 - 50, answers.worker_ids[answers.worker] + 1000
    return task[order], worker[order], answers.label[order]


def posteriors(model: ShardedDawidSkene, shards: Shards) -> np.ndarray:
    """By ascending task id."""
    found = list(model.posteriors(shards))
    task = np.concatenate([tasks for tasks, _ in found])
    return np.concatenate([posterior for _, posterior in found])[np.argsort(task)]


@pytest.mark.parametrize("n_shards", [1, 3])
@pytest.mark.parametrize("smoothing", [Smoothing(), Smoothing(0.1, 1.0)])
def test_fit_over_shards_is_that_in_memory(
    world: ClassWorld, tmp_path: Path, n_shards: int, smoothing: Smoothing
) -> None:
    rows = columns(world.answers)
    chunks = [tuple(column[part] for column in rows) for part in (slice(0, 17), slice(17, 3000), slice(3000, None))]
    shards = Shards.write(tmp_path, chunks, n_classes=3, n_shards=n_shards)
    there = ShardedDawidSkene(smoothing=smoothing).fit(shards)
    answers = Answers.encode(*rows, n_classes=3)
    here = DawidSkene(smoothing=smoothing).fit(answers)

    assert there.objective_ == pytest.approx(here.objective_)
    assert there.n_iter_ == here.n_iter_
    assert there.converged_ == here.converged_
    assert there.crowd_.worker_ids.tolist() == answers.worker_ids.tolist()
    assert there.crowd_.confusion() == pytest.approx(here.confusion_, abs=1e-9)
    assert posteriors(there, Shards.open(tmp_path)) == pytest.approx(here.posterior_, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 9), st.integers(0, 5), st.integers(0, 2)), min_size=1), st.integers(1, 5))
def test_any_rows_in_any_number_of_shards_fit_as_in_memory(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]], n_shards: int
) -> None:
    task, worker, label = np.array(rows).T
    shards = Shards.write(tmp_path_factory.mktemp("s"), [(task, worker, label)], n_classes=3, n_shards=n_shards)
    there = ShardedDawidSkene(max_iter=4, tol=1e-300).fit(shards)
    here = DawidSkene(max_iter=4, tol=1e-300).fit(Answers.encode(task, worker, label, n_classes=3))

    assert there.log_likelihood_ == pytest.approx(here.log_likelihood_, abs=1e-6)
    if there.n_iter_ == here.n_iter_:
        assert posteriors(there, shards) == pytest.approx(here.posterior_, abs=1e-6)


def test_shards_may_be_mapped_by_others(world: ClassWorld, tmp_path: Path) -> None:
    shards = Shards.write(tmp_path, [columns(world.answers)], n_classes=3, n_shards=4)
    alone = ShardedDawidSkene(max_iter=5, tol=1e-300).fit(shards)
    with ThreadPoolExecutor(3) as pool:
        together = ShardedDawidSkene(max_iter=5, tol=1e-300).fit(shards, over=pool.map)

    assert together.objective_.tolist() == alone.objective_.tolist()
    assert together.crowd_.to_bytes() == alone.crowd_.to_bytes()


def test_csv_is_read_as_a_stream(world: ClassWorld, tmp_path: Path) -> None:
    task, worker, label = columns(world.answers)
    rows = zip(label.tolist(), task.tolist(), worker.tolist(), strict=True)
    path = tmp_path / "answers.csv"
    path.write_text("label,task,worker\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    one = Shards.from_csv(path, tmp_path / "a", n_classes=3, n_shards=2)
    two = Shards.write(tmp_path / "b", [(task, worker, label)], n_classes=3, n_shards=2)

    assert one.n_answers == len(world.answers)
    names = sorted(file.name for file in two.folder.iterdir())
    assert [(one.folder / name).read_bytes() for name in names] == [(two.folder / name).read_bytes() for name in names]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task,worker\n1,2\n", "lacks the column label"),
        ("task,worker,label\n1,2,0\n1,x,0\n", "line 3: '1,x,0' is not"),
        ("task,worker,label\n1,2,0\n\n1\n", "line 3|line 4"),
        ("task,worker,label\n1,2,9\n", "is not one of the 2 classes"),
        ("task,worker,label\n1,2,-1\n", "is below 0"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        Shards.from_csv(path, tmp_path / "s", n_classes=2)


def test_folders_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no shards"):
        Shards.open(tmp_path)
    (tmp_path / "shards.json").write_text('{"format": "x"}')
    with pytest.raises(ValueError, match="holds 'x'"):
        Shards.open(tmp_path)
    with pytest.raises(ValueError, match="at least 1"):
        Shards.write(tmp_path, [], n_classes=0)
    with pytest.raises(ValueError, match="of one length"):
        Shards.write(tmp_path, [([1], [1, 2], [0])], n_classes=1)
    with pytest.raises(ValueError, match="no shard"):
        combine([])


def test_no_answers_at_all_fit(tmp_path: Path) -> None:
    shards = Shards.write(tmp_path, [], n_classes=3, n_shards=2)
    model = ShardedDawidSkene().fit(shards)

    assert model.log_likelihood_ == 0.0
    assert posteriors(model, shards).shape == (0, 3)
