"""`quorate up` for real: the whole set of processes on a data folder of its own."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from quorate.common import preparing
from scripts.services import free_port
from tests.running import PATIENCE, Quorate, clean_environment, quorate

pytestmark = [pytest.mark.database, pytest.mark.sqlite_only, pytest.mark.xdist_group("up")]
ROLES = ("web", "worker", "relay")


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "quorate", *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return clean_environment(tmp_path / "data")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quorate]:
    """One Quorate for the tests that leave it running."""
    with quorate(clean_environment(tmp_path_factory.mktemp("up") / "data")) as one:
        yield one


def test_up_runs_all_processes(running: Quorate) -> None:
    assert running.get("/healthz").text == "ok"
    assert {role for role in ROLES if running.find(role)} == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_health_of_each_process_can_be_asked(running: Quorate, role: str) -> None:
    running.wait_until(lambda: command(running.environment, "healthy", role).returncode == 0)


def test_second_up_on_the_same_data_is_refused(running: Quorate) -> None:
    done = command({**running.environment, "QUORATE_PORT": str(free_port())}, "up")
    assert done.returncode == 1
    assert done.stderr == (
        f"CommandError: Quorate already runs on {running.environment['QUORATE_DATA']} (process {running.process.pid}). "
        "Stop that one first.\n"
    )


@pytest.mark.parametrize("role", ROLES)
def test_process_is_started_again_after_kill_9(running: Quorate, role: str) -> None:
    running.wait_until_found(role)
    killed = running.kill(role)
    running.wait_for(f"{role} was killed by SIGKILL; starting it again")
    assert running.wait_until_found(role) != killed
    running.wait_until(lambda: running.get("/healthz").text == "ok")


def test_nothing_outlives_a_killed_supervisor_and_ctrl_c_stops_all(environment: dict[str, str]) -> None:
    with quorate(environment) as first:
        orphans = first.descendants()
        first.signal(signal.SIGKILL)
        first.process.wait()
        # The next start waits until what the killed one left behind has ended.
        with quorate(environment) as second:
            assert psutil.wait_procs(orphans, timeout=PATIENCE)[1] == []
            assert second.get("/healthz").text == "ok"
            family = second.descendants()
            second.signal(signal.SIGINT)
            assert second.wait() == 0
            assert psutil.wait_procs(family, timeout=PATIENCE)[1] == []


def test_health_of_a_process_that_does_not_run_is_told(environment: dict[str, str]) -> None:
    done = command({**environment, "QUORATE_PORT": str(free_port())}, "healthy", "web")
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: web does not answer")


def test_taken_port_is_one_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = command({**environment, "QUORATE_PORT": str(port)}, "up")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"CommandError: Port {port} on 127.0.0.1 is in use. Stop what uses it, or set QUORATE_PORT to another one.\n",
    )


def test_data_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = command(clean_environment(tmp_path / "file" / "data"), "up")
    assert done.returncode == 1
    assert done.stderr == (
        f"quorate: cannot write {tmp_path}/file/data: Not a directory. "
        "Set QUORATE_DATA to a folder that can be written.\n"
    )


def test_wrong_setting_is_one_line(environment: dict[str, str]) -> None:
    done = command({**environment, "QUORATE_PORT": "eighty"}, "up")
    assert (done.returncode, done.stderr) == (
        1,
        "quorate: QUORATE_PORT must be a whole number from 1 to 65535, not 'eighty'.\n",
    )


def test_static_files_are_collected_once(settings: object, tmp_path: Path) -> None:
    root = tmp_path / "static"
    settings.STATIC_ROOT = root  # type: ignore[attr-defined]
    assert preparing.collect_static(root)
    assert (root / "css" / "site.css").is_file()
    assert not preparing.collect_static(root)


def test_lock_of_the_data_passes_with_its_holder(tmp_path: Path) -> None:
    descriptor = preparing.own_the_data(tmp_path, patience=0)
    try:
        assert os.get_inheritable(descriptor)
        assert (tmp_path / preparing.LOCK_NAME).read_text() == f"{os.getpid()}\n"
        with (tmp_path / preparing.LOCK_NAME).open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
