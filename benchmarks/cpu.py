"""CPU time as the kernel counts it (Linux), process by process, and whose a PostgreSQL process is."""

import contextlib
import statistics
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg2


def used(pids: Iterable[int]) -> dict[int, float]:
    """Milliseconds on a CPU of each living process, all its threads together."""
    found = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
            found[pid] = sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6
    return found


def more(before: dict[int, float], after: dict[int, float], pids: Iterable[int] | None = None) -> float:
    """What these processes (all if None) used in between; one that was not there before began at zero."""
    return sum(after[pid] - before.get(pid, 0.0) for pid in (after if pids is None else pids) if pid in after)


def family(pid: int) -> list[int]:
    parent = psutil.Process(pid)
    return [pid, *(child.pid for child in parent.children(recursive=True))]


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def backends(url: str, *names: str) -> set[int]:
    """The PostgreSQL processes that serve connections of these names."""
    rows = ask(url, "SELECT pid, application_name FROM pg_stat_activity")
    return {pid for pid, name in rows if name in names}


class Yardstick:
    """How fast the processor is while something runs: the CPU time of a piece of work that is always the same.

    Where others compute on the same cores (shared caches, a sibling thread), the same instructions take up to twice the time.
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self.stopping.wait(0.2):
            self.times.append(yardstick())

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        self.thread.join()

    @property
    def median(self) -> float:
        return statistics.median(self.times or [yardstick()])


def yardstick() -> float:
    """Milliseconds of CPU for 10,000 small steps of Python."""
    began = time.thread_time()
    counts: dict[int, str] = {}
    for number in range(10_000):
        counts[number % 97] = str(number)
    return (time.thread_time() - began) * 1000
