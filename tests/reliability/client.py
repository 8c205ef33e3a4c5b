"""A worker's client that never gives up: the same key until there is an answer."""

import itertools
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.running import PATIENCE

LABELS = itertools.cycle(["cat", "cat", "cat", "dog"])


@dataclass
class Diary:
    """What all clients saw together: assignments whose submission got its 200, and how often they had to try again.

    `unavailable`: the server said, in words and by its code, that its database is away.
    """

    acknowledged: set[str] = field(default_factory=set)
    replayed: int = 0
    retries: int = 0
    unavailable: int = 0
    surprises: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> int:
        """How many answers are in. Fails at the first reply nobody should get."""
        assert self.surprises == []
        return len(self.acknowledged)


class Client(threading.Thread):
    """Takes and hands in as one worker until `enough` is set or nothing is left."""

    def __init__(self, url: str, key: str, pool: str, diary: Diary, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.pool, self.diary, self.enough = pool, diary, enough
        # Each try is a connection of its own, as after a fall.
        self.http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=PATIENCE,
            verify=False,  # loopback without TLS; loading certificates is half a test's CPU
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def run(self) -> None:
        while not self.enough.is_set():
            took = self.post(f"/api/v1/pools/{self.pool}/next/", {})
            page = (took or {}).get("assignment")
            if page is None:
                if took is not None:
                    self.enough.wait(0.5)
                continue
            label = next(LABELS)
            answers = [{"task": task["id"], "answer": {"class": label}, "seconds": 1.5} for task in page["tasks"]]
            receipt = self.post(f"/api/v1/assignments/{page['id']}/submit/", {"answers": answers})
            if receipt is not None:
                with self.diary.lock:
                    self.diary.acknowledged.add(page["id"])
                    self.diary.replayed += receipt["replayed"]

    @staticmethod
    def is_passing(response: httpx.Response) -> bool:
        """Whether it says to try again, in the form that is documented for it."""
        if response.status_code == 503:
            return bool(response.json()["error"]["code"] == "unavailable" and response.headers["Retry-After"])
        return response.status_code == 429

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to one call, however often it has to be made; None when it is time to stop, or the work is over."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        while not self.enough.is_set():
            try:
                response = self.http.post(path, json=body, headers=headers)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code == 200:
                found: dict[str, Any] = response.json()
                return found
            if response is not None and not self.is_passing(response):
                with self.diary.lock:
                    self.diary.surprises.append(f"{response.status_code} {path} {response.text[:200]}")
                return None
            with self.diary.lock:
                self.diary.retries += 1
                self.diary.unavailable += response is not None and response.status_code == 503
            self.enough.wait(0.1)
        return None
