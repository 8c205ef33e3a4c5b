"""Invariants c, d, e and g for real: answers flow over HTTP while processes are killed and responses are cut."""

import itertools
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import services
from tests.reliability.client import Client, Diary
from tests.reliability.conftest import Stage
from tests.reliability.proxy import CuttingProxy
from tests.running import PATIENCE, Quorate, clean_environment, quorate

pytestmark = [pytest.mark.database, pytest.mark.long, pytest.mark.timeout(3600)]


@pytest.fixture(autouse=True)
def _quiet_client() -> None:
    """A line of log for each of thousands of requests hides what failed."""
    logging.getLogger("httpx").setLevel(logging.WARNING)


WORKERS = 8
# 400 tasks, 5 answers each: 2,000 answers.
TASKS, OVERLAP = 400, 5


def wait_until(done: Callable[[Any], bool], look: Callable[[], Any], *, every: float) -> None:
    """Looks until what it sees is `done`. Fails when what it sees stands still, however long the whole may take."""
    seen, since = None, time.monotonic()
    while not done(now := look()):
        if now != seen:
            seen, since = now, time.monotonic()
        assert time.monotonic() - since < PATIENCE, f"It stands still at {now}."
        time.sleep(every)


def wait_for_more(count: Callable[[], int], more: int) -> None:
    """Waits until `count` has grown by so many."""
    goal = count() + more
    wait_until(lambda now: now >= goal, count, every=0.05)


def start_clients(url: str, made: dict[str, Any], diary: Diary, enough: threading.Event) -> list[Client]:
    clients = [Client(url, key, made["pool"], diary, enough) for key in made["keys"]]
    for client in clients:
        client.start()
    return clients


def finish(stage: Stage, made: dict[str, Any], clients: list[Client], enough: threading.Event) -> None:
    """Stop the clients, wait until every answer is aggregated and paid."""
    enough.set()
    for client in clients:
        client.join()
    wait_until(
        lambda state: state["dirty"] == 0 and state["unpaid"] == 0,
        lambda: stage.play("state", pool_id=made["pool_id"]),
        every=0.5,
    )


def prepare(stage: Stage, tasks: int, overlap: int) -> dict[str, Any]:
    # No room for the overlap rule: every task gets exactly this many answers, so that it is known when all are in.
    made: dict[str, Any] = stage.play(
        "prepare", tasks=tasks, workers=WORKERS, overlap_min=overlap, overlap_max=overlap, confidence=0.98
    )
    return made


class Killer:
    """Kills a process whenever so many more answers have been acknowledged: each role in turn, wherever it happens to be.

    Spaced by answers and not by time: the supervisor waits longer after each death in a row, as it should.
    """

    EVERY = 160

    def __init__(self, running: Quorate, diary: Diary) -> None:
        self.running, self.diary = running, diary
        self.roles = itertools.cycle(["web", "worker", "relay"])
        self.killed: Counter[str] = Counter()
        self.next = self.EVERY // 2

    def look(self) -> int:
        """Kill if it is time; how many answers are in."""
        got = self.diary.look()
        if got >= self.next:
            role = next(self.roles)
            if self.running.find(role):
                self.running.kill(role)
                self.killed[role] += 1
            self.next = got + self.EVERY
        return got


def test_two_thousand_answers_survive_kills_of_web_worker_and_relay(stage: Stage) -> None:
    made = prepare(stage, TASKS, OVERLAP)
    diary, enough = Diary(), threading.Event()
    with quorate(stage.environment) as running:
        clients = start_clients(running.url, made, diary, enough)
        killer = Killer(running, diary)
        wait_until(lambda answers: answers >= TASKS * OVERLAP, killer.look, every=0.05)
        finish(stage, made, clients, enough)

    assert min(killer.killed[role] for role in ("web", "worker", "relay")) >= 2
    assert diary.surprises == []
    assert diary.acknowledged == set(stage.play("answers", pool_id=made["pool_id"]))
    assert stage.play("verify", pool_id=made["pool_id"], results=True) == []


def test_submits_through_a_line_that_cuts_four_in_ten_responses(stage: Stage) -> None:
    made = prepare(stage, 60, 5)
    diary, enough = Diary(), threading.Event()
    with quorate(stage.environment) as running, CuttingProxy(running.port, 0.4) as proxy:
        clients = start_clients(f"http://127.0.0.1:{proxy.port}", made, diary, enough)
        wait_until(lambda answers: answers >= 300, diary.look, every=0.1)
        finish(stage, made, clients, enough)
        cut = proxy.cut

    assert cut > 100
    assert diary.replayed > 0
    assert diary.surprises == []
    assert diary.acknowledged == set(stage.play("answers", pool_id=made["pool_id"]))
    assert stage.play("verify", pool_id=made["pool_id"], results=True) == []


@pytest.mark.postgres_only
def test_answers_survive_kills_of_database_and_broker(tmp_path: Path) -> None:
    """While the database is away clients are told so; while Redis is away they notice nothing."""
    tasks, overlap = 200, 5  # more than are answered before the last kill, however fast
    with services.postgres() as database, services.redis() as broker:
        address = f"{database.url.rsplit('/', 1)[0]}/postgres"
        stage = Stage(clean_environment(tmp_path / "data", DATABASE_URL=address, REDIS_URL=broker.url))
        stage.play_command("migrate", "-v", "0")
        made = prepare(stage, tasks, overlap)
        diary, enough = Diary(), threading.Event()
        with quorate(stage.environment) as running:
            clients = start_clients(running.url, made, diary, enough)
            for _ in range(2):
                wait_for_more(diary.look, 30)
                database.kill()
                wait_for_more(lambda: diary.unavailable, 10)
                database.start_again()
                wait_for_more(diary.look, 30)
                broker.kill()
                wait_for_more(diary.look, 30)
                broker.start_again()
            wait_until(lambda answers: answers >= tasks * overlap, diary.look, every=0.1)
            finish(stage, made, clients, enough)

        assert diary.look() == tasks * overlap
        assert diary.acknowledged == set(stage.play("answers", pool_id=made["pool_id"]))
        assert stage.play("verify", pool_id=made["pool_id"], results=True) == []
