"""The relay: rings Celery for dirty rows, and the clock's tick. The only process besides Celery that talks to the broker.

It keeps nothing: killed and started again it reads the same rows. A ring that is lost is rung again while its row stands.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from threading import Event as Flag
from types import FrameType

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Count, Min
from kombu.exceptions import OperationalError as BrokerError

from quorate.common.clock import database_now
from quorate.events.models import Dirty, Heartbeat

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2
TICK_SECONDS = 2.0
# A doorbell nobody heard by then is worthless: the row is still there and rings anew.
RING_EXPIRES = 30.0
# The subjects rung in one round, oldest first: a flood of them must not starve the tick.
ROUND = 200

Ring = Callable[[str, list[int]], None]


def beat(name: str, **data: object) -> None:
    """A process's sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": database_now(), "data": data})


def ring_celery(name: str, arguments: list[int], *, expires: float = RING_EXPIRES) -> None:
    """Send the doorbell. Raises kombu's OperationalError when the broker is away."""
    current_app.send_task(name, args=arguments, expires=expires, retry=False)


class Relay:
    """One round: look for due rows, ring each subject, at most once per debounce time."""

    def __init__(self, ring: Ring = ring_celery, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.ring = ring
        self.clock = clock
        self.rung: dict[tuple[str, int], float] = {}
        self.ticked = float("-inf")
        self.stopping = Flag()

    def round(self) -> int:
        """Ring what is due; returns how many doorbells were sent. One query, plus one for the sign of life a tick."""
        now = self.clock()
        pause = settings.RELAY_DEBOUNCE_MS / 1000
        subjects = (
            Dirty.objects.filter(due_at__lte=database_now())
            .values_list("topic", "scope")
            .annotate(oldest=Min("since"), rows=Count("id"))
            .order_by("oldest")[:ROUND]
        )
        sent = 0
        for topic, scope, _, _ in subjects:
            if now - self.rung.get((topic, scope), float("-inf")) >= pause:
                self.ring(f"tasks_app.jobs.{topic}", [scope])
                self.rung[topic, scope] = now
                sent += 1
        if now - self.ticked >= TICK_SECONDS:
            self.ring("tasks_app.jobs.tick", [])
            self.ticked = now
            self.rung = {subject: at for subject, at in self.rung.items() if now - at < 60}
            beat("relay", sent=sent)
        return sent

    def run(self) -> None:
        """Until stopped. A database or broker that is away is waited for, with a line in the log each time."""
        while not self.stopping.is_set():
            try:
                self.round()
            except (DatabaseError, BrokerError) as error:
                logger.warning("Not reachable, trying again in a second: %s", str(error).strip().splitlines()[:1])
                connection.close()
                self.stopping.wait(1.0)
            close_old_connections()
            self.stopping.wait(POLL_SECONDS)


def run() -> None:
    """The process: until SIGTERM or SIGINT."""
    os.environ.setdefault("PGAPPNAME", "quorate relay")  # as in quorate.wsgi
    relay = Relay()

    def stop(number: int, frame: FrameType | None) -> None:
        relay.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    relay.run()
