"""What must be true before the processes start: a folder of our own, a free port, collected static files.

Each failure is a CommandError of one sentence.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

LOCK_NAME = "up.lock"
STAMP_NAME = ".collected"


def own_the_data(data: Path, *, patience: float) -> int:
    """Takes the lock of the data folder for this process and those it becomes; returns its file descriptor.

    Two supervisors on one folder would ring and serve twice. After a kill -9 the keeper of the old one still holds the
    lock while it stops what is left: that is waited for, up to `patience` seconds.
    """
    path = data / LOCK_NAME
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CommandError(
            f"Cannot write {path}: {error.strerror}. Set QUORATE_DATA to a folder that can be written."
        ) from error
    deadline = time.monotonic() + patience
    while not locked(descriptor):
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
        if running(holder) or time.monotonic() > deadline:
            raise CommandError(f"Quorate already runs on {data} (process {holder or 'unknown'}). Stop that one first.")
        time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    os.set_inheritable(descriptor, True)
    return descriptor


def locked(descriptor: int) -> bool:
    """Tries to take the lock; whether it is ours now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def running(pid: str) -> bool:
    """Whether a process of that number exists."""
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def check_port(bind: str, port: int) -> None:
    """Raises CommandError when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} on {bind} is in use. Stop what uses it, or set QUORATE_PORT to another one."
                ) from error
            raise CommandError(f"Cannot listen on {bind} port {port}: {error.strerror}.") from error


def fresh_broker(data: Path) -> None:
    """Empties the embedded broker.

    Its messages are doorbells: what they rang for stands in the database and is rung again, while a file cut short by a
    kill would stop the worker from starting.
    """
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(data / "broker")


def migrate() -> None:
    """Brings the database up to date. Raises CommandError when it does not answer."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"The database does not answer: {reason}") from error


def collect_static(root: Path) -> bool:
    """Collects the static files into `root` unless it holds these very ones; whether there was anything to do."""
    digest = hashlib.sha256()
    for line in sorted(static_lines()):
        digest.update(line.encode())
    stamp = root / STAMP_NAME
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())
    return True


def static_lines() -> Iterator[str]:
    """One line for each source file, and for what makes served files of them: path, size, time of change."""
    for module in ("joining.py", "modules.py", "one_scope.py", "storage.py"):
        state = Path(__file__).with_name(module).stat()
        yield f"{module}\t{state.st_size}\t{state.st_mtime_ns}\n"
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            yield f"{path}\t{state.st_size}\t{state.st_mtime_ns}\n"
