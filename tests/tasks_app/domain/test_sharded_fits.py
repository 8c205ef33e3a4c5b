"""A fit over shards by jobs: equal to the fit in memory, whatever happens to the messages."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from aggregation.classes import Answers, DawidSkene
from aggregation.shards import ShardedDawidSkene, Shards
from aggregation.simulate import WorkerKind, class_world
from tasks_app.domain import sharded_fits
from tasks_app.errors import InvalidInput
from tests.running import Watched, clean_environment

CROWD = {WorkerKind.HAMMER: 4, WorkerKind.SLOPPY: 8, WorkerKind.SPAMMER: 4}


def answers() -> Answers:
    return class_world(seed=4, n_tasks=600, n_classes=3, workers=CROWD, answers_per_task=4).answers


def write_csv(path: Path) -> Answers:
    a = answers()
    rows = [f"{t},{w},{label}" for t, w, label in zip(a.task, a.worker, a.label, strict=True)]
    path.write_text("\n".join(["task,worker,label", *rows]))
    return a


@pytest.fixture
def worker(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A Celery worker on a data folder of its own: embedded, or with this run's PostgreSQL and Redis, whose messages it takes.
    The database stays empty: these jobs do not ask it.
    """
    data = tmp_path / "data"
    environment = (
        {**request.getfixturevalue("child_environment"), "QUORATE_DATA": str(data)}
        if settings.DATABASE_URL
        else clean_environment(data)
    )
    running = Watched([sys.executable, "-m", "quorate", "worker", "--concurrency", "2"], environment)
    running.environment = environment  # type: ignore[attr-defined]
    running.wait_for("ready")
    yield running
    running.close()


@pytest.mark.database
def test_workers_fit_as_one_process_does(worker: Watched, tmp_path: Path) -> None:
    a = write_csv(tmp_path / "answers.csv")

    def quorate(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "quorate", "shards", *words]
        return subprocess.run(command, env=worker.environment, capture_output=True, text=True, check=False)  # type: ignore[attr-defined]

    wrote = quorate("write", "solar", str(tmp_path / "answers.csv"), "--classes", "3", "--shards", "5")
    fitted = quorate("fit", "solar", "--out", str(tmp_path / "labels.csv"), "--max-iter", "8")
    model = DawidSkene(max_iter=8).fit(a)
    found = np.loadtxt(tmp_path / "labels.csv", delimiter=",", skiprows=1)
    found = found[np.argsort(found[:, 0])]

    assert "2,400 answers in 5 shards" in wrote.stdout
    assert f"2,400 answers, {model.n_iter_} steps" in fitted.stdout, fitted.stderr
    assert found[:, 1].tolist() == model.labels().tolist()
    assert found[:, 2] == pytest.approx(model.posterior_.max(axis=1), abs=1e-5)
    assert list((tmp_path / "data" / "rounds").iterdir()) == []


class Messages:
    """A broker whose messages are lost the first time, and come twice and in the wrong order after that."""

    def __init__(self) -> None:
        self.sent: list[list[int]] = []
        self.late: list[list[int]] = []

    def ring(self, name: str, arguments: list[int], *, expires: float) -> None:
        assert (name, expires) == (sharded_fits.JOB, 600)
        self.sent.append(arguments)
        if self.sent.count(arguments) == 1:
            return
        self.late.append(arguments)
        if len(self.late) % 3 == 0 or len(self.sent) % 5 == 0:
            for round_id, shard in [*reversed(self.late), *self.late]:
                sharded_fits.expect_shard(round_id, shard)


def test_lost_doubled_and_late_messages_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    messages = Messages()
    a = answers()
    shards = Shards.write(tmp_path / "shards" / "some", [(a.task, a.worker, a.label)], n_classes=3, n_shards=7)
    alone = ShardedDawidSkene(max_iter=4, tol=1e-300).fit(shards)
    model, told = ShardedDawidSkene(max_iter=4, tol=1e-300), list[tuple[int, int]]()
    sharded_fits.fit_by_jobs(
        name="some",
        model=model,
        told=lambda done, of: told.append((done, of)),
        ring=messages.ring,
        quiet_seconds=0.01,
    )

    assert model.crowd_.to_bytes() == alone.crowd_.to_bytes()
    assert model.objective_.tolist() == alone.objective_.tolist()
    assert told[:7] == [(number, 7) for number in range(1, 8)]
    assert not sharded_fits.expect_shard(*messages.sent[0])  # its step is over


@pytest.mark.parametrize(("name", "message"), [("../etc", "Must be small letters"), ("none", "holds no shards")])
def test_shards_that_are_not_there_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    with pytest.raises(InvalidInput, match=message):
        sharded_fits.fit_by_jobs(name=name, model=ShardedDawidSkene())
