"""Invariants c, d, e and g for real: answers flow over HTTP while processes are killed and responses are cut."""

import itertools
import logging
import threading
import time
from collections import Counter
from typing import Any

import pytest

from tests.reliability.client import Client, Diary
from tests.reliability.conftest import Stage
from tests.reliability.proxy import CuttingProxy
from tests.running import Quorate, quorate

pytestmark = [pytest.mark.database, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def _quiet_client() -> None:
    """A line of log for each of thousands of requests hides what failed."""
    logging.getLogger("httpx").setLevel(logging.WARNING)


WORKERS = 8
# 400 tasks, 5 answers each: 2,000 answers.
TASKS, OVERLAP = 400, 5


def until(condition: Any, *, seconds: float, every: float = 0.5) -> bool:
    """Whether `condition` came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(every)
    return False


def start_clients(url: str, made: dict[str, Any], diary: Diary, enough: threading.Event) -> list[Client]:
    clients = [Client(url, key, made["pool"], diary, enough) for key in made["keys"]]
    for client in clients:
        client.start()
    return clients


def finish(stage: Stage, made: dict[str, Any], clients: list[Client], enough: threading.Event) -> None:
    """Stop the clients, wait until every answer is aggregated and paid."""
    enough.set()
    for client in clients:
        client.join(60)

    def quiet() -> bool:
        now = stage.play("state", pool_id=made["pool_id"])
        return now["dirty"] == 0 and now["unpaid"] == 0

    assert until(quiet, seconds=180, every=2.0), stage.play("state", pool_id=made["pool_id"])


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

    def all_in(self) -> bool:
        """Kill if it is time; whether every answer is in."""
        got = len(self.diary.acknowledged)
        if got >= self.next:
            role = next(self.roles)
            if self.running.find(role):
                self.running.kill(role)
                self.killed[role] += 1
            self.next = got + self.EVERY
        return got >= TASKS * OVERLAP


def test_two_thousand_answers_survive_kills_of_web_worker_and_relay(stage: Stage) -> None:
    made = prepare(stage, TASKS, OVERLAP)
    diary, enough = Diary(), threading.Event()
    with quorate(stage.environment) as running:
        clients = start_clients(running.url, made, diary, enough)
        killer = Killer(running, diary)
        assert until(killer.all_in, seconds=400, every=0.05), (len(diary.acknowledged), diary.surprises[:3])
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
        assert until(lambda: len(diary.acknowledged) >= 300, seconds=240), (
            len(diary.acknowledged),
            diary.surprises[:3],
        )
        finish(stage, made, clients, enough)
        cut = proxy.cut

    assert cut > 100
    assert diary.replayed > 0
    assert diary.surprises == []
    assert diary.acknowledged == set(stage.play("answers", pool_id=made["pool_id"]))
    assert stage.play("verify", pool_id=made["pool_id"], results=True) == []
