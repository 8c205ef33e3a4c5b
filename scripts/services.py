"""A PostgreSQL and a Redis of one's own: on a free port, in a folder that goes away, as an unprivileged user.

Tests and benchmarks use these rather than servers that happen to run: nobody's data are touched, and runs side by side
do not meet. Speed is preferred to safety against a power cut (fsync off), never against the death of a process.
"""

import contextlib
import dataclasses
import errno
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

START_SECONDS = 300.0  # patience for a slow machine; a server that ends is noticed at once
PORTS = range(12_000, 32_000)
# The first is Chromium without a window: pages are made in a fifth of the time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
POSTGRES_HOMES = "/usr/lib/postgresql/*/bin"


@dataclasses.dataclass
class Server:
    """A running server: where it answers, and the process, for tests that kill it."""

    url: str
    port: int
    command: list[str]
    user: str | None
    log: Path
    probe: list[str]  # a command that ends with 0 once the server takes work
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """SIGKILL to the server and all its processes, as when memory runs out or a machine is switched off."""
        leader = psutil.Process(self.process.pid)
        for process in [leader, *leader.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """Starts it on the same port with the same data, after it was killed."""
        self.process.wait()
        self.process = spawn(self.command, user=self.user, log=self.log)
        wait_until_ready(self)


def free_port() -> int:
    """A port nobody listens on now.

    Below the range from which the system gives ports to outgoing connections: one of those would be taken again before
    the server that shall have it has started, or while a killed one starts again. Raises OSError when all are taken.
    """
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(errno.EADDRINUSE, f"no free port among {PORTS}")


def find_postgres() -> Path | None:
    """The folder of initdb and postgres, the newest version first; None where PostgreSQL is not installed."""
    homes = sorted(Path("/").glob(POSTGRES_HOMES.lstrip("/")), key=lambda path: float(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    if found:
        homes.append(Path(found).resolve().parent)
    return next((home for home in homes if (home / "postgres").exists() and (home / "initdb").exists()), None)


def find_redis() -> Path | None:
    found = shutil.which("redis-server")
    return Path(found) if found else None


def find_chromium() -> Path | None:
    """Chromium or Chrome; None where there is neither."""
    found = next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)
    return Path(found) if found else None


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A PostgreSQL with a superuser `quorate` who needs no password. Raises FileNotFoundError if not installed."""
    home = find_postgres()
    if not home:
        raise FileNotFoundError("PostgreSQL is not installed")
    user = unprivileged()
    with folder(user) as place:
        data, port = place / "data", free_port()
        initdb = [home / "initdb", "-D", data, "-U", "quorate", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        run_quietly([str(part) for part in initdb], user=user)
        command = [str(home / "postgres"), "-D", str(data), "-p", str(port), "-k", str(place)]
        for option in ("listen_addresses=127.0.0.1", "fsync=off", "max_connections=200", "timezone=UTC"):
            command += ["-c", option]
        probe = [str(home / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        url = f"postgres://quorate@127.0.0.1:{port}/quorate"
        yield from serve(command, probe, port=port, user=user, place=place, url=url)


@contextlib.contextmanager
def redis() -> Iterator[Server]:
    """A Redis that keeps nothing on disk. Raises FileNotFoundError where none is installed."""
    program = find_redis()
    if not program:
        raise FileNotFoundError("Redis is not installed")
    user = unprivileged()
    with folder(user) as place:
        port = free_port()
        command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command += ["--dir", str(place), "--databases", "64"]
        yield from serve(command, [], port=port, user=user, place=place, url=f"redis://127.0.0.1:{port}/0")


def serve(
    command: list[str], probe: list[str], *, port: int, user: str | None, place: Path, url: str
) -> Iterator[Server]:
    log = place / "server.log"
    process = spawn(command, user=user, log=log)
    server = Server(url=url, port=port, command=command, user=user, log=log, probe=probe, process=process)
    try:
        wait_until_ready(server)
        yield server
    finally:
        # SIGINT is PostgreSQL's fast shutdown and an orderly end for Redis.
        server.process.send_signal(signal.SIGINT)
        try:
            server.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


def spawn(command: list[str], *, user: str | None, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, user=user, cwd="/", start_new_session=True
        )


def wait_until_ready(server: Server) -> None:
    """Returns when the server takes work. Raises RuntimeError with its log when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            if not server.probe or subprocess.run(server.probe, check=False).returncode == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{server.command[0]} did not start:\n{server.log.read_text(errors='replace')}")


def run_quietly(command: list[str], *, user: str | None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, user=user, cwd="/", check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def unprivileged() -> str | None:
    """The user to run a server as: None for whoever we are; not root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextlib.contextmanager
def folder(user: str | None) -> Iterator[Path]:
    """An empty folder of that user's, removed at the end.

    In /tmp itself: a socket's path must be short, and every part of it open to the user.
    """
    place = Path(tempfile.mkdtemp(prefix="quorate-server-", dir="/tmp"))
    try:
        if user:
            shutil.chown(place, user)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
