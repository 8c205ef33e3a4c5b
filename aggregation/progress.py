"""A bar on stderr for long work; silent where stderr is no terminal, so logs and pipes stay clean."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Self, TextIO

WIDTH = 30
EVERY_SECONDS = 0.1
Listener = Callable[[int], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


class Progress:
    """`with Progress("reading", total) as bar: bar(done)`. Drawn at most ten times a second, wiped at the end. With a total
    of 0 nobody knows how much is to come: what is done is counted, without a bar.
    """

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self._what, self._total = what, total
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()

    def __call__(self, done: int, what: str | None = None, total: int | None = None) -> None:
        """Show that `done` of the total are done (and what is being done now, and how much of it there is)."""
        if not self._shown or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_SECONDS
        of = total or self._total
        if not of:
            self._stream.write(f"\r\x1b[2K{what or self._what} {done}")
            self._stream.flush()
            return
        share = min(done / of, 1.0)
        bar = "█" * round(share * WIDTH)
        self._stream.write(f"\r\x1b[2K{what or self._what} {bar:░<{WIDTH}} {share:4.0%}")
        self._stream.flush()


@contextmanager
def told_of_steps(listener: Listener) -> Iterator[None]:
    """Within the block, fits call `listener` with the number of steps they have made."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell_step(made: int) -> None:
    """Called by fits after each step; free where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(made)
