"""Ends what a supervisor left behind: a small process that outlives it, whatever killed it.

The supervisor holds one end of a pipe and writes the process groups it starts (`+123`) and those that have ended
(`-123`). The system closes that end when the supervisor dies, even by kill -9; the keeper then reads the end of the
pipe, and stops every group still on its list. Portable, and it reaches grandchildren, which a death signal to the
children alone does not.
"""

import contextlib
import os
import signal
import sys
import time

POLL_SECONDS = 0.1


def alive(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def ask_to_stop(leader: int) -> None:
    """SIGTERM to the leader alone: a Celery worker and gunicorn tell their children themselves, in their own order."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(leader, signal.SIGTERM)


def stop_groups(groups: set[int], grace: float) -> None:
    """Asks each leader to stop, waits up to `grace` seconds for them, and kills what is left of their groups."""
    for group in groups:
        ask_to_stop(group)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(alive(leader) for leader in groups):
        time.sleep(POLL_SECONDS)
    for group in groups:
        kill_group(group)


def read_groups(pipe: int) -> set[int]:
    """The groups still running when the other end of the pipe was closed. Blocks until then."""
    groups: set[int] = set()
    with os.fdopen(pipe, "rb", buffering=0) as lines:
        for line in lines:
            group = int(line[1:])
            if line.startswith(b"+"):
                groups.add(group)
            else:
                groups.discard(group)
    return groups


def start(*, grace: float, keep_open: tuple[int, ...] = ()) -> tuple[int, int]:
    """Forks the keeper; returns its process id and the end of the pipe to write to.

    The caller must have one thread only. `keep_open` are file descriptors that the keeper shares until its work is done
    (the lock on the data folder); every other one is closed in it.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(reader)
        return pid, writer
    os.setsid()  # out of the reach of the terminal's Ctrl-C and hang-up
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    for fd in range(3, 1024):
        if fd != reader and fd not in keep_open:
            with contextlib.suppress(OSError):
                os.close(fd)
    stop_groups(read_groups(reader), grace)
    sys.stdout.flush()
    os._exit(0)
