"""A simulated crowd at work: a thread a person, each with an own key, all through the HTTP API."""

import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tasks_app.domain.crowd import Person
from tasks_app.domain.crowd_client import Api, Pace, Refused, Unreachable
from tasks_app.domain.crowd_truth import invent
from tasks_app.tools import Tool
from tasks_app.tools.fields import Json

# The aggregation answers within five seconds; whoever finds nothing for longer goes home.
IDLE_SECONDS = 8.0
# With --until-done nobody goes home; but if nothing at all was answered for so long, nobody can answer what is left: others
# hold it, or everybody has had it. Long enough for whatever was killed to be running again.
STUCK_SECONDS = 20.0
LOOK_EVERY = 1.0
# The last answers can change what is thought of a worker, and with it ask for one more about a task that was settled.
LOOKS_DONE = 4
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 4.0
MOST_REFUSALS = 5


@dataclass(frozen=True)
class Target:
    """A pool to answer; `truth` by task id, as far as it is known."""

    tool: Tool
    project: str
    pool: str
    question: Json
    truth: Mapping[str, Json]


@dataclass
class Tally:
    """What has happened so far; threads add under the lock."""

    answers: int = 0
    last: float = field(default_factory=time.monotonic)
    refusals: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, answers: int) -> None:
        with self.lock:
            self.answers += answers
            self.last = time.monotonic()

    def refused(self, code: str) -> None:
        with self.lock:
            self.refusals[code] += 1


@dataclass(frozen=True)
class Plan:
    """How to run: where, how fast, until when."""

    url: str
    targets: Sequence[Target]
    rate: float
    seconds: float
    until_done: bool
    seed: int


def run(
    plan: Plan,
    crowd: Sequence[tuple[Person, str]],
    look: Callable[[], bool],
    show: Callable[[Tally], None],
) -> Tally:
    """Answer until there is nothing left to do, time is over, or nobody can go on; returns the tally.

    `look` tells whether all is done and is asked every second, after `show`, and believed when it says so some times running. Ctrl-C stops it like the end.
    """
    tally, stop = Tally(), threading.Event()
    pace = Pace(plan.rate, stop)
    threads = [
        threading.Thread(target=_work, args=(plan, person, token, pace, tally, stop), name=person.name)
        for person, token in crowd
    ]
    end = time.monotonic() + plan.seconds
    calm, patience = 0, max(STUCK_SECONDS, 3 / plan.rate if plan.rate else 0.0)
    with _stopping(stop, threads):
        while any(thread.is_alive() for thread in threads) and time.monotonic() < end:
            show(tally)
            calm = calm + 1 if look() else 0
            if calm == LOOKS_DONE or time.monotonic() - tally.last > patience:
                break
            stop.wait(LOOK_EVERY)
    show(tally)
    return tally


@contextmanager
def _stopping(stop: threading.Event, threads: Sequence[threading.Thread]) -> Iterator[None]:
    """Starts the threads; at the end, or at Ctrl-C, each finishes the call it is in."""
    try:
        for thread in threads:
            thread.start()
        yield
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _work(plan: Plan, person: Person, token: str, pace: Pace, tally: Tally, stop: threading.Event) -> None:
    """One person's day."""
    with Api(plan.url, token, stop) as api:
        worker = _Worker(plan, person, api, pace, tally)
        try:
            worker.finish_leftovers()
            worker.work(stop)
        except Unreachable:
            if not stop.is_set():
                tally.refused("unreachable")
        except Refused as error:
            tally.refused(error.code)


class _Worker:
    def __init__(self, plan: Plan, person: Person, api: Api, pace: Pace, tally: Tally) -> None:
        self._plan = plan
        self._person = person
        self._api = api
        self._pace = pace
        self._tally = tally
        self._targets = {target.pool: target for target in plan.targets}
        self._refusals = 0

    def work(self, stop: threading.Event) -> None:
        """Take and answer, pool after pool, until stopped or left without work."""
        busy, pause = time.monotonic(), SHORTEST_WAIT
        while self._targets and not stop.is_set():
            if sum(self._one(pool, stop) for pool in list(self._targets)):
                busy, pause = time.monotonic(), SHORTEST_WAIT
            elif not self._plan.until_done and time.monotonic() - busy > IDLE_SECONDS:
                return
            else:
                # Many who find nothing must not keep the server busy with asking.
                stop.wait(pause * self._person.random.uniform(0.8, 1.2))
                pause = min(pause * 1.5, LONGEST_WAIT)

    def finish_leftovers(self) -> None:
        """Answer what an earlier run took and did not finish: it would count as held for ever."""
        for row in list(self._api.pages("assignments/", state="active")):
            if row["pool"] in self._targets:
                self._answer(self._api.get(f"assignments/{row['id']}/")["assignment"])

    def _one(self, pool: str, stop: threading.Event) -> bool:
        """One page of a pool; whether there was one."""
        if stop.is_set():
            return False
        try:
            reply = self._api.post(f"pools/{pool}/next/")
        except Refused as error:
            if error.code != "too_many_active":
                raise
            self.finish_leftovers()
            return True
        if reply["assignment"] is not None:
            self._answer(reply["assignment"])
            return True
        if reply["reason"] not in {"no_tasks", "paused"}:
            del self._targets[pool]
        return False

    def _answer(self, page: Json) -> None:
        answers = [
            {"task": task["id"], "answer": self._say(page, task), "seconds": self._person.seconds()}
            for task in page["tasks"]
            if task["state"] == "open"
        ]
        self._pace.turn(len(answers))
        try:
            self._api.post(f"assignments/{page['id']}/submit/", {"answers": answers})
        except Refused as error:
            self._tally.refused(error.code)
            self._refusals += 1
            if self._refusals > MOST_REFUSALS:
                raise
        else:
            self._tally.add(len(answers))

    def _say(self, page: Json, task: Json) -> Json:
        target = self._targets[page["pool"]]
        truth = target.truth.get(task["id"])
        if truth is None:
            seed = (self._plan.seed, zlib.crc32(task["id"].encode()))
            truth = invent(target.tool, page["question"], task["item"], seed)
        return self._person.answer(target.tool, target.project, page["question"], task["item"], truth)
