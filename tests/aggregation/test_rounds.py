"""A step of a fit over shards, worked by processes that share a folder."""

import shutil
from pathlib import Path

import pytest

from aggregation.classes import Smoothing
from aggregation.rounds import Round
from aggregation.shards import Expect, ShardedDawidSkene, Shards, combine
from aggregation.simulate import class_world
from tests.aggregation.small_answers import CROWD


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    a = class_world(seed=4, n_tasks=60, n_classes=3, workers=CROWD, answers_per_task=4).answers
    return Shards.write(tmp_path / "shards" / "some", [(a.task, a.worker, a.label)], n_classes=3, n_shards=2)


@pytest.mark.parametrize("steps", [0, 1])
def test_what_workers_write_is_what_the_shards_add(shards: Shards, tmp_path: Path, steps: int) -> None:
    model = ShardedDawidSkene(max_iter=1).fit(shards)
    expect = Expect(shards.folder, model._models(shards) if steps else None, Smoothing(0.1, 1.0))
    step = Round.begin(tmp_path / "round", expect)
    elsewhere = tmp_path / "elsewhere"  # the shards may lie in another place on the worker's machine
    shutil.copytree(shards.folder, elsewhere / "some")

    assert step.found(0) is None
    assert [Round(step.place).work(shard, elsewhere) for shard in (1, 0, 1)] == [True, True, False]
    found, wanted = combine(step.found(shard) or expect(shard) for shard in (0, 1)), combine(map(expect, (0, 1)))
    assert found.counts.tobytes() == wanted.counts.tobytes()
    assert found.share.tobytes() == wanted.share.tobytes()
    assert (found.tasks, found.likelihood) == (wanted.tasks, wanted.likelihood)


def test_a_step_that_is_over_leaves_nothing_to_do_and_lost_shards_are_an_error(shards: Shards, tmp_path: Path) -> None:
    step = Round.begin(tmp_path / "round", Expect(shards.folder, None, Smoothing()))
    with pytest.raises(ValueError, match="holds no shards"):
        step.work(0, tmp_path / "nowhere")
    for file in shards.folder.glob("00001.*"):
        file.unlink()
    with pytest.raises(FileNotFoundError):
        step.work(1, tmp_path / "shards")
    step.end()

    assert not step.work(0, tmp_path / "shards")
    assert not step.place.exists()
