"""Dawid-Skene over more answers than memory holds, by the Celery workers: a job for each shard and step.

Not about the tasks in the database: the answers lie in `QUORATE_DATA/shards/NAME`, which all workers must see. A message
names a step and a shard by number. What a job finds it writes as one file, so a message may be lost, doubled or late.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from aggregation.rounds import Round
from aggregation.shards import Expect, Partial, ShardedDawidSkene, Shards
from quorate.events.relay import ring_celery
from tasks_app.errors import InvalidInput

JOB = "tasks_app.jobs.expect_shard"
# Jobs waiting at once: what the crowd itself needs done must not stand behind all the shards of a step.
AHEAD = 32
# Without any news for so long, the missing shards are rung again; a message nobody took by EXPIRES is dropped.
QUIET_SECONDS, EXPIRES = 60.0, 600.0
LOOK_SECONDS = 0.02
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

# Told after each shard: how many are done in this step, and of how many.
Told = Callable[[int, int], None]


class Ring(Protocol):
    """Sends the name of a job and its ids; a message not taken within `expires` seconds is dropped."""

    def __call__(self, name: str, arguments: list[int], *, expires: float) -> None: ...


def shards_folder(name: str) -> Path:
    """Where the shards called `name` are or will be. Raises InvalidInput for what is no name."""
    if not NAME.fullmatch(name):
        raise InvalidInput(
            fields={"name": "Must be small letters, digits, - and _, 63 at most, the first a letter or digit."}
        )
    folder: Path = settings.DATA / "shards" / name
    return folder


def fit_by_jobs(
    *,
    name: str,
    model: ShardedDawidSkene,
    told: Told | None = None,
    ring: Ring = ring_celery,
    quiet_seconds: float = QUIET_SECONDS,
) -> Shards:
    """Fit `model` to the shards called `name`, every step of it by jobs: the same steps as in one process, to the bit.

    Returns the shards. Raises InvalidInput where there are none, kombu's OperationalError when the broker is away. Waits
    for workers as long as it takes.
    """
    try:
        shards = Shards.open(shards_folder(name))
    except ValueError as error:
        raise InvalidInput(fields={"name": str(error)}) from error
    jobs = _Jobs(told, ring, quiet_seconds)
    model.fit(shards, over=jobs.over)
    return shards


def expect_shard(round_id: int, shard: int) -> bool:
    """A worker's part: what one shard adds in one step. False if it is done or nobody waits for it any more."""
    return _round(round_id).work(shard, settings.DATA / "shards")


def _round(round_id: int) -> Round:
    return Round(settings.DATA / "rounds" / str(round_id))


@dataclass(frozen=True)
class _Jobs:
    told: Told | None
    ring: Ring
    quiet_seconds: float

    def over(self, expect: Expect, shards: Sequence[int]) -> Iterator[Partial]:
        """What each shard adds, in their order: a sum in another order would differ in its last digits."""
        round_id = secrets.randbits(53)
        step = Round.begin(_round(round_id).place, expect)
        rung, news = 0, time.monotonic()
        try:
            for done, shard in enumerate(shards):
                while (added := step.found(shard)) is None:
                    if rung < min(done + AHEAD, len(shards)):
                        self.ring(JOB, [round_id, shards[rung]], expires=EXPIRES)
                        rung += 1
                    elif time.monotonic() - news > self.quiet_seconds:
                        rung, news = done, time.monotonic()
                    else:
                        time.sleep(LOOK_SECONDS)
                news = time.monotonic()
                if self.told:
                    self.told(done + 1, len(shards))
                yield added
        finally:
            step.end()
