"""The API as a simulated crowd uses it: over HTTP, patient with a busy server, never answering twice what was lost once."""

import threading
import time
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from tasks_app.tools.fields import Json

TRIES = 8
LONGEST_WAIT = 5.0


class Refused(Exception):
    """The API said no. `code` is the error's code, or the status where there is none."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code


class Unreachable(Exception):
    """Nobody answers there."""


class Api:
    """One caller with one key. `stop` set ends every wait."""

    def __init__(self, url: str, token: str, stop: threading.Event) -> None:
        self._stop = stop
        self._http = httpx.Client(
            base_url=url.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30.0,
            trust_env=False,  # a proxy of the environment has no business between here and loopback
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._http.close()

    def post(self, path: str, body: Json | None = None) -> Json:
        """The reply's JSON. One key for all tries, so that a lost reply is asked for again, not done again."""
        return self._call("POST", path, {"json": body or {}, "headers": {"Idempotency-Key": str(uuid.uuid4())}})

    def get(self, path: str, **query: str) -> Json:
        return self._call("GET", path, {"params": query})

    def pages(self, path: str, **query: str) -> Iterator[Json]:
        """Every row of a list."""
        part = self.get(path, page_size="500", **query)
        while True:
            yield from part["results"]
            if not part["next"]:
                return
            cursor = httpx.URL(part["next"]).params["cursor"]
            part = self.get(path, page_size="500", cursor=cursor, **query)

    def _call(self, method: str, path: str, values: dict[str, Any]) -> Json:
        pause = 0.1
        for attempt in range(TRIES):
            try:
                reply = self._http.request(method, path, **values)
            except httpx.TransportError as error:
                if attempt == TRIES - 1:
                    raise Unreachable(f"{self._http.base_url} does not answer: {error}") from error
            else:
                if reply.status_code not in {429, 503} or attempt == TRIES - 1:
                    return _read(reply)
                pause = max(pause, float(reply.headers.get("Retry-After", "0") or 0))
            if self._stop.wait(min(pause, LONGEST_WAIT)):
                break
            pause *= 2
        raise Unreachable("stopped while waiting for the server")


def _read(reply: httpx.Response) -> Json:
    is_json = reply.headers.get("Content-Type", "").startswith("application/json")
    body: Json = reply.json() if is_json else {}
    if reply.is_success and is_json:
        return body
    error = body.get("error", {})
    raise Refused(reply.status_code, error.get("code", str(reply.status_code)), error.get("message", reply.text[:200]))


class Pace:
    """At most `rate` turns a second for all threads together; 0 is no limit."""

    def __init__(self, rate: float, stop: threading.Event) -> None:
        self._gap = 1 / rate if rate > 0 else 0.0
        self._lock = threading.Lock()
        self._next = time.monotonic()
        self._stop = stop

    def turn(self, count: int = 1) -> None:
        """Wait for `count` turns."""
        if not self._gap:
            return
        with self._lock:
            mine = max(self._next, time.monotonic())
            self._next = mine + self._gap * count
        self._stop.wait(max(0.0, mine - time.monotonic()))
