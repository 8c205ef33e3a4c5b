"""Run one fit in a process of its own, with a limit on its CPU time, so that one slow method cannot hold up a table."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class GaveUpError(Exception):
    """The fit went beyond its limit, or the method refuses such data; the message says which."""


def limited(work: Callable[[], T], seconds: int) -> tuple[T, float]:
    """Result of `work` and the CPU seconds it took. GaveUpError beyond `seconds` of CPU, or when it raises.

    The process is forked, so what is loaded already costs it nothing; what it prints is dropped.
    """
    if seconds < 1:
        message = "not tried this time"
        raise GaveUpError(message)
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, send, seconds))
    process.start()
    send.close()
    try:
        outcome = receive.recv()
    except EOFError:
        process.join()
        message = f"more than {seconds} s"
        raise GaveUpError(message) from None
    process.join()
    if isinstance(outcome, str):
        raise GaveUpError(outcome)
    return outcome  # type: ignore[no-any-return]


def _run(work: Callable[[], T], send: Connection, seconds: int) -> None:
    used = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, used + seconds + 1))
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        begin = time.process_time()
        try:
            send.send((work(), time.process_time() - begin))
        except (ArithmeticError, AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            send.send(f"{type(error).__name__}")
    sys.stdout.flush()
