"""Processes of ours under the eyes of a test: started, read, killed, never left behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil

from scripts.services import free_port

# Nothing is decided by this: it only ends a test that would wait for ever. A machine may be as slow as it likes.
PATIENCE = 300.0


class Watched:
    """A running command whose output is collected as it comes."""

    def __init__(self, command: list[str], environment: dict[str, str], *, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            command,
            env={**environment, "PYTHONUNBUFFERED": "1"},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.seen: list[str] = []
        self.family: dict[int, psutil.Process] = {}
        self._news = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            with self._news:
                self.seen.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    @property
    def output(self) -> str:
        return "\n".join(self.seen)

    def wait_for(self, pattern: str, *, count: int = 1) -> str:
        """The line that matches for the `count`th time. Fails with all the output if none comes in time."""
        wanted = re.compile(pattern)

        def found() -> list[str]:
            return [line for line in self.seen if wanted.search(line)]

        with self._news:
            self._news.wait_for(lambda: len(found()) >= count or self._ended, PATIENCE)
            lines = found()
        if len(lines) < count:
            raise AssertionError(f"{pattern!r} was seen {len(lines)} times, not {count}, in:\n{self.output}")
        return lines[count - 1]

    def descendants(self) -> list[psutil.Process]:
        """All living processes below this one; remembered, so that `close` ends them even when they were orphaned."""
        found: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.process.pid).children(recursive=True)
        self.family.update({process.pid: process for process in found})
        return found

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        """The exit code, once all the output is read."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def close(self) -> None:
        """Ends the process and everything it started that was seen."""
        self.descendants()
        for process in self.family.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(10)  # longer only if something that was never seen holds the pipe
        if self.process.stdout:
            self.process.stdout.close()


class Quorate(Watched):
    """`quorate up` on a free port, until the block ends."""

    def __init__(self, environment: dict[str, str], *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**environment, "QUORATE_PORT": str(self.port)}
        super().__init__([sys.executable, "-m", "quorate", "up", *options], self.environment)

    def wait_until_ready(self) -> None:
        """Returns when the address was printed, which the supervisor does once the health page answers."""
        self.wait_for(re.escape(self.url))

    def find(self, role: str) -> list[psutil.Process]:
        """The processes of a role (web, worker, relay), the leader first."""
        word = {"web": "gunicorn", "worker": "celery", "relay": "relay"}[role]
        found = []
        for process in self.descendants():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if word in process.cmdline() or word in process.name():
                    found.append(process)
        return sorted(found, key=lambda process: process.create_time())

    def kill(self, role: str) -> int:
        """SIGKILL to the role's leader; its process id."""
        leader = self.find(role)[0]
        leader.kill()
        return leader.pid

    def wait_until_found(self, role: str) -> int:
        """Waits until the role has a process; its leader's id."""
        self.wait_until(lambda: bool(self.find(role)))
        return self.find(role)[0].pid

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Asks until it is so; an answer that does not come counts as no."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError, psutil.Error):
                if condition():
                    return
            time.sleep(0.05)
        raise AssertionError(f"It never became so. Output:\n{self.output}")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=PATIENCE)


@contextlib.contextmanager
def quorate(environment: dict[str, str], *options: str) -> Iterator[Quorate]:
    """A whole Quorate, ready. It is killed at the end if the test did not stop it."""
    running = Quorate(environment, *options)
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.close()


def clean_environment(data: Path, **more: str) -> dict[str, str]:
    """The environment for an embedded Quorate on a data folder of its own."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("QUORATE_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        mine.pop(name, None)
    return {**mine, "QUORATE_DATA": str(data), **more}
