"""All checks and tests of Quorate, in parts. `make test` makes the environment and runs this.

lint      ruff, mypy --strict, import-linter, missing migrations
unit      tests that need no database
sqlite    tests that use the database, on SQLite
postgres  the same on a PostgreSQL and a Redis of their own
browser   tests that drive Chromium
js        tests of the JavaScript modules, in Node

What is missing on this machine is installed where that is possible (root, Debian), and named and left out otherwise;
with QUORATE_REQUIRE_ALL=1 leaving out is failing. Arguments after `--` go to pytest.
"""

import argparse
import contextlib
import dataclasses
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import services  # noqa: E402  found by the line above

PYTHON = sys.executable
NO_TESTS_COLLECTED = 5
ROOM = 4 * 1024**3
DEBIAN = Path("/etc/debian_version")
NOTHING_LEFT_OUT = "QUORATE_REQUIRE_ALL"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a part came to; `left_out` names what was missing for it."""

    part: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    left_out: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0  # of both cores and all processes: what the part costs, however busy the machine is

    def line(self) -> str:
        if self.left_out:
            return f"  {self.part:<9} left out: {self.left_out} missing"
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"  {self.part:<9} {self.passed} passed, {self.failed} failed{skipped}, {self.seconds:.0f} s ({self.cpu_seconds:.0f} s of CPU)"


@dataclasses.dataclass(frozen=True)
class Need:
    """A program a part needs: how it is found, and the Debian packages that bring it, the best first."""

    name: str
    packages: tuple[str, ...]
    find: Callable[[], object]


POSTGRES = Need("PostgreSQL", ("postgresql",), services.find_postgres)
REDIS = Need("Redis", ("redis-server",), services.find_redis)
# Chromium without a window of its own to draw makes a page in a fifth of the time; older releases have it with one alone.
CHROMIUM = Need("Chromium", ("chromium-headless-shell", "chromium"), services.find_chromium)
NODE = Need("Node.js", ("nodejs",), lambda: shutil.which("node"))
NEEDS: dict[str, tuple[Need, ...]] = {
    "lint": (),
    "unit": (),
    "sqlite": (),
    "postgres": (POSTGRES, REDIS),
    "browser": (CHROMIUM,),
    "js": (NODE,),
}


# --- What is there ----------------------------------------------------------------------------------------------------


def missing(parts: list[str]) -> list[Need]:
    return [need for part in parts for need in NEEDS[part] if not need.find()]


def install(needs: list[Need]) -> None:
    """Installs Debian packages, quietly; what cannot be installed is found missing afterwards."""
    if not needs or os.geteuid() != 0 or not DEBIAN.exists():
        return
    print(f"Installing {', '.join(need.name for need in needs)} …", flush=True)
    apt_get("update", "-qq")
    # One by one: a package that this release does not have must not keep out the others.
    for need in needs:
        for package in need.packages:
            if apt_get("install", "-y", "-qq", "--no-install-recommends", package):
                break


def apt_get(*arguments: str) -> bool:
    """Whether it went well; what it said is shown otherwise."""
    command = ["apt-get", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{' '.join(command)}:\n{done.stdout}{done.stderr}", flush=True)
    return done.returncode == 0


# --- Running ----------------------------------------------------------------------------------------------------------


def lint(_options: argparse.Namespace) -> Outcome:
    """Each check counts as one test. All are run, so that one round shows everything; mypy beside the others."""
    with tempfile.TemporaryDirectory(prefix="quorate-lint-") as data, ThreadPoolExecutor(2) as pool:
        environment = {"QUORATE_DATA": data}
        checks = [
            [PYTHON, "-m", "mypy"],
            [PYTHON, "-m", "ruff", "check", "."],
            [PYTHON, "-m", "ruff", "format", "--check", "."],
            [str(Path(PYTHON).parent / "lint-imports"), "--no-cache"],  # a stale cache has hidden imports
            [PYTHON, "-m", "quorate", "makemigrations", "--check", "--dry-run"],
        ]
        passed = list(pool.map(lambda command: check(command, environment), checks))
    return Outcome("lint", passed=passed.count(True), failed=passed.count(False))


def unit(options: argparse.Namespace) -> Outcome:
    return pytest("unit", "unit", options, {})


def sqlite(options: argparse.Namespace) -> Outcome:
    return pytest("sqlite", "database", options, {})


def postgres(options: argparse.Namespace) -> Outcome:
    with services.postgres() as database, services.redis() as broker:
        return pytest("postgres", "database", options, {"DATABASE_URL": database.url, "REDIS_URL": broker.url})


def browser(options: argparse.Namespace) -> Outcome:
    return pytest("browser", "browser", options, {})


def pytest(part: str, selection: str, options: argparse.Namespace, environment: Mapping[str, str]) -> Outcome:
    """Runs the tests of one selection. An exit code that no count explains (a crash) is one failure more."""
    with tempfile.TemporaryDirectory(prefix="quorate-tests-", dir=quick_folder(), ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "report.xml"
        command = [PYTHON, "-m", "pytest", "-q", "--part", selection, "-n", str(options.workers), "--dist", "loadgroup"]
        command += [f"--junitxml={report}", *options.pytest]
        code = run(command, {"DATABASE_URL": "", "REDIS_URL": "", "TMPDIR": folder, **environment})
        outcome = read_report(part, report) if report.exists() else Outcome(part)
    if code not in {0, NO_TESTS_COLLECTED} and not outcome.failed:
        return dataclasses.replace(outcome, failed=1)
    return outcome


def quick_folder() -> str | None:
    """A place in memory for what tests write, where there is room: SQLite waits for the disk at each commit, thousands of
    times. Nothing here tests a power cut. None: the system's own place for temporary files.
    """
    memory = Path("/dev/shm")  # noqa: S108  a folder of a random name is made in it, open to us alone
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM
    return str(memory) if roomy else None


def read_report(part: str, report: Path) -> Outcome:
    """The counts of a JUnit report of pytest's own writing. A test that fails twice, in its end as well, is one."""
    states: dict[tuple[str, str], set[str]] = {}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314
        name = (case.get("classname", ""), case.get("name", ""))
        states.setdefault(name, set()).update(child.tag for child in case)
    failed = sum(bool(state & {"failure", "error"}) for state in states.values())
    skipped = sum("skipped" in state and not state & {"failure", "error"} for state in states.values())
    return Outcome(part, passed=len(states) - failed - skipped, failed=failed, skipped=skipped)


def js(_options: argparse.Namespace) -> Outcome:
    files = sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests" / "js").rglob("*test*")
        if path.suffix in {".js", ".mjs"}
    )
    if not files:
        return Outcome("js", failed=1)
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", *files], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    print(done.stdout, flush=True)
    counts = {
        name: int(count) for name, count in re.findall(r"^\S+ (pass|fail|cancelled) (\d+)$", done.stdout, re.MULTILINE)
    }
    failed = counts.get("fail", 0) + counts.get("cancelled", 0)
    return Outcome("js", passed=counts.get("pass", 0), failed=max(failed, int(done.returncode != 0)))


def check(command: list[str], environment: Mapping[str, str]) -> bool:
    """Whether a command in the root of the checkout ends well. Its output is printed in one piece: others run beside it."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    print(f"$ {shown(command)}\n{done.stdout}{done.stderr}", end="", flush=True)
    return done.returncode == 0


def shown(command: list[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:]])


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Runs a command in the root of the checkout, its output passing through; returns its exit code."""
    print(f"$ {shown(command)}", flush=True)
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


PARTS: dict[str, Callable[[argparse.Namespace], Outcome]] = {
    "lint": lint,
    "unit": unit,
    "js": js,
    "sqlite": sqlite,
    "postgres": postgres,
    "browser": browser,
}


def run_part(part: str, options: argparse.Namespace) -> Outcome:
    lacking = missing([part])
    if lacking:
        names = " and ".join(need.name for need in lacking)
        return Outcome(part, left_out=names, failed=int(os.environ.get(NOTHING_LEFT_OUT) == "1"))
    print(f"\n=== {part} ===", flush=True)
    began, used = time.monotonic(), cpu_seconds()
    outcome = PARTS[part](options)
    return dataclasses.replace(outcome, seconds=time.monotonic() - began, cpu_seconds=cpu_seconds() - used)


def cpu_seconds() -> float:
    """What all processes that were started here, and theirs, have used so far, once they were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- The command ------------------------------------------------------------------------------------------------------


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, comma-separated (default: all)")
    parser.add_argument(
        "--workers", type=int, default=min(4, os.cpu_count() or 2), help="test processes (default: cores, up to 4)"
    )
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    options = parser.parse_args(arguments)
    options.parts = options.only.split(",")
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return options


def main() -> int:
    options = read_options(sys.argv[1:])
    install(missing(options.parts))
    outcomes = [run_part(part, options) for part in options.parts]
    print("\nSummary")
    for outcome in outcomes:
        print(outcome.line())
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"\n{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
