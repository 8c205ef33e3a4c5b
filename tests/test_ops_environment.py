"""`make run` up to the start: the environment script with other Pythons than ours."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("sh", "cat", "cksum", "dirname", "rm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the script reads, without an environment."""
    place = tmp_path / "checkout"
    (place / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "environment.sh", place / "scripts")
    for path in [ROOT / "uv.lock", ROOT / "pyproject.toml", *ROOT.glob("requirements*.txt")]:
        shutil.copy(path, place)
    return place


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH with a few tools and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def prepare(checkout: Path, tools: Path, mode: str = "run") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(tools), "HOME": os.environ.get("HOME", "/")}
    command = ["sh", "scripts/environment.sh", mode]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_old_python_is_refused_in_one_line(checkout: Path, tools: Path) -> None:
    program(tools / "python3", 'case "$2" in *exit*) exit 1 ;; *) echo "that is Python 3.8.18" ;; esac')
    done = prepare(checkout, tools)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "quorate: needs Python 3.11, 3.12 or 3.13 as python3, but that is Python 3.8.18. "
        "Install one, or name it: make PYTHON=/path/to/python3.11 run\n"
    )


def test_missing_python_is_told_in_one_line(checkout: Path, tools: Path) -> None:
    done = prepare(checkout, tools)
    assert done.returncode == 1
    assert done.stderr.startswith("quorate: needs Python 3.11, 3.12 or 3.13 as python3, but there is none.")
    assert done.stderr.count("\n") == 1


def test_newer_python_is_found_beside_an_old_one(checkout: Path, tools: Path) -> None:
    program(tools / "python3", "exit 1")
    program(tools / "python3.12", 'case "$2" in *executable*) echo python3.12 ;; *) exit 0 ;; esac')
    program(tools / "uv", 'echo "$@" >>uv.log')
    done = prepare(checkout, tools)
    # The lock was handed to uv with the Python that suits; a stand-in installs nothing, so the stamp has no folder.
    assert "sync --quiet --frozen --python python3.12 --no-dev --inexact" in (checkout / "uv.log").read_text()
    assert done.stdout.startswith("Preparing the environment in .venv")


def fake_environment(checkout: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    program(checkout / ".venv" / "bin" / "python", "exit 0")


def test_second_run_does_nothing(checkout: Path, tools: Path) -> None:
    fake_environment(checkout)
    program(tools / "python3", 'case "$2" in *executable*) echo python3 ;; *) exit 0 ;; esac')
    program(tools / "uv", 'echo "$@" >>uv.log')
    assert prepare(checkout, tools).returncode == 0
    calls = (checkout / "uv.log").read_text()
    again = prepare(checkout, tools)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (checkout / "uv.log").read_text() == calls


def test_changed_lock_is_installed_again(checkout: Path, tools: Path) -> None:
    fake_environment(checkout)
    program(tools / "python3", 'case "$2" in *executable*) echo python3 ;; *) exit 0 ;; esac')
    program(tools / "uv", 'echo "$@" >>uv.log')
    prepare(checkout, tools)
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("# newer\n")
    assert "Preparing" in prepare(checkout, tools).stdout
    assert (checkout / "uv.log").read_text().count("sync") == 2


def test_development_tools_survive_a_run(checkout: Path, tools: Path) -> None:
    fake_environment(checkout)
    program(tools / "python3", 'case "$2" in *executable*) echo python3 ;; *) exit 0 ;; esac')
    program(tools / "uv", 'echo "$@" >>uv.log')
    prepare(checkout, tools, "dev")
    calls = (checkout / "uv.log").read_text()
    assert "sync --quiet --frozen --python python3 --all-groups" in calls
    assert prepare(checkout, tools, "run").stdout == ""
    assert (checkout / "uv.log").read_text() == calls


def test_packages_that_do_not_come_are_one_line(checkout: Path, tools: Path) -> None:
    program(tools / "python3", 'case "$*" in *executable*) echo python3 ;; *ensurepip*) exit 1 ;; *) exit 0 ;; esac')
    done = prepare(checkout, tools)
    assert done.returncode == 1
    assert done.stderr == "quorate: python3 has no venv module. On Debian or Ubuntu: apt install python3-venv\n"
