"""The long-running processes of Quorate, as commands: `quorate up`, `web` and `worker` agree here."""

import os
import resource
import sys
from pathlib import Path

APP = "quorate.celery"
WSGI = "quorate.wsgi:application"
GRACE_SECONDS = 15
# Connections a web process holds open at most, most of them idle between two pages; each is an open file.
CONNECTIONS = 1000
# Beside connections: files being sent, the database's and Redis's sockets, libraries.
OTHER_FILES = 200
# Enough for every process here. A limit of millions, as some containers set, would slow down what walks through all numbers.
MOST_FILES = 65_536
MEMORY = "/dev/shm"  # noqa: S108  gunicorn makes its file there safely


def open_files() -> int:
    """Raise what this process and its children may have open to what the system allows; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


def web(*, bind: str, port: int, processes: int, threads: int) -> list[str]:
    """The web server: `processes` × `threads` requests at a time, and no more connections than it may have files open."""
    host = f"[{bind}]" if ":" in bind else bind
    command = [sys.executable, "-m", "gunicorn", WSGI, "--bind", f"{host}:{port}"]
    command += ["--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads)]
    command += ["--worker-connections", str(max(threads, min(CONNECTIONS, open_files() - OTHER_FILES)))]
    command += ["--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "15"]
    command += ["--no-control-socket", "--log-level", "warning"]
    # By default gunicorn believes the X-Forwarded-… of whoever connects from this machine. Whom to believe is a setting.
    command += ["--forwarded-allow-ips", ""]
    if Path(MEMORY).is_dir():
        # For the heartbeat file: on a disk under load its touch can block, and get a healthy worker killed.
        command += ["--worker-tmp-dir", MEMORY]
    return command


def worker(*, concurrency: int, queues: str = "", level: str = "INFO") -> list[str]:
    """A Celery worker. One message at a time for each process: a long job must not sit on the short ones behind it."""
    command = [sys.executable, "-m", "celery", "--app", APP, "--quiet", "worker", "--pool", "prefork"]
    command += ["--concurrency", str(concurrency), "--prefetch-multiplier", "1", "--loglevel", level]
    # Workers have nothing to tell each other: everything they need is in the database.
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--hostname", f"worker-{os.getpid()}@%h"]
    if queues:
        command += ["--queues", queues]
    return command


def relay() -> list[str]:
    """The process that rings Celery for what has changed and watches the clock."""
    return [sys.executable, "-m", "quorate", "relay", "--skip-checks"]
