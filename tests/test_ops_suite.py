"""The test suite's own machinery: which part a test belongs to, what a skip means, servers of one's own, counts."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis as redis_client

from scripts import services
from scripts import test as suite

SAMPLE = """
import pytest

def test_plain(): pass

@pytest.mark.database
def test_database(): pass

@pytest.mark.browser
def test_browser(): pass

@pytest.mark.sqlite_only
def test_sqlite(): pass

@pytest.mark.postgres_only
def test_postgres(): pass
"""
SKIPS = """
import pytest

def test_server():
    pytest.skip("no server")

def test_data():
    pytest.skip("shared data: no folder")

@pytest.mark.xfail
def test_known():
    raise AssertionError
"""


def run_pytest(folder: Path, text: str, *options: str, **variables: str) -> tuple[int, str]:
    """Runs a file of tests with our plumbing alone; the exit code and the output."""
    (folder / "test_sample.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    hidden = {"QUORATE_REQUIRE_ALL", "DATABASE_URL", "REDIS_URL", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-m", "pytest", "-p", "tests.plumbing", "-p", "no:cacheprovider", "-p", "no:django"]
    done = subprocess.run(
        [*command, "-v", "--rootdir", str(folder), *options, str(folder)],
        cwd=suite.ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("part", "database", "expected"),
    [
        ("unit", "", {"test_plain"}),
        ("database", "", {"test_database", "test_sqlite"}),
        ("database", "postgres://x/y", {"test_database", "test_postgres"}),
        ("browser", "", {"test_browser"}),
        ("all", "", {"test_plain", "test_database", "test_browser", "test_sqlite"}),
    ],
)
def test_part_runs_its_tests_alone(tmp_path: Path, part: str, database: str, expected: set[str]) -> None:
    code, output = run_pytest(tmp_path, SAMPLE, "--part", part, DATABASE_URL=database)
    ran = {line.split("::")[1].split()[0] for line in output.splitlines() if " PASSED" in line}
    assert (code, ran) == (0, expected)


def test_skip_is_a_skip_at_the_desk(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, SKIPS)
    assert (code, output.splitlines()[-1].strip("= ").split(" in ")[0]) == (0, "2 skipped, 1 xfailed")


def test_skip_is_a_failure_where_nothing_may_be_left_out(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, SKIPS, QUORATE_REQUIRE_ALL="1")
    assert (code, output.splitlines()[-1].strip("= ").split(" in ")[0]) == (1, "1 failed, 1 skipped, 1 xfailed")
    assert "Nothing may be left out of this run, and this test was. Skipped: no server" in output


def test_missing_program_is_named_and_fails_where_nothing_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {"js": (suite.Need("Node.js", ("nodejs",), lambda: None), suite.Need("Deno", ("deno",), lambda: None))}
    monkeypatch.setattr(suite, "NEEDS", needs)
    options = suite.read_options(["--only", "js"])
    monkeypatch.delenv("QUORATE_REQUIRE_ALL", raising=False)
    assert suite.run_part("js", options) == suite.Outcome("js", left_out="Node.js and Deno")
    monkeypatch.setenv("QUORATE_REQUIRE_ALL", "1")
    outcome = suite.run_part("js", options)
    assert outcome == suite.Outcome("js", left_out="Node.js and Deno", failed=1)
    assert outcome.line() == "  js        left out: Node.js and Deno missing"


def test_missing_programs_are_installed_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(
        f'#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >>{tmp_path}/log\n'
        f'case "$*" in *postgresql|*new) echo "no such package"; exit 100 ;; *redis*) touch {tmp_path}/redis ;; esac\n'
    )
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(suite, "DEBIAN", tmp_path)
    postgres = suite.Need("PostgreSQL", ("postgresql",), lambda: None)
    redis = suite.Need("Redis", ("redis-new", "redis-server", "redis-old"), (tmp_path / "redis").exists)
    monkeypatch.setattr(suite, "NEEDS", {"postgres": (postgres, redis)})

    suite.install(suite.missing(["postgres"]))
    assert (tmp_path / "log").read_text().splitlines() == [
        "noninteractive update -qq",
        "noninteractive install -y -qq --no-install-recommends postgresql",
        "noninteractive install -y -qq --no-install-recommends redis-new",
        "noninteractive install -y -qq --no-install-recommends redis-server",
    ]
    assert suite.missing(["postgres"]) == [postgres]
    assert "no such package" in capsys.readouterr().out


def test_nothing_is_installed_where_nothing_is_missing_or_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(suite, "DEBIAN", tmp_path)
    suite.install([suite.REDIS])
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    suite.install([])
    monkeypatch.setattr(suite, "DEBIAN", tmp_path / "not-debian")
    suite.install([suite.REDIS])
    assert capsys.readouterr().out == ""


def test_counts_are_read_from_the_report(tmp_path: Path) -> None:
    cases = (
        '<testcase classname="a" name="good"/>'
        '<testcase classname="a" name="bad"><failure/></testcase><testcase classname="a" name="bad"><error/></testcase>'
        '<testcase classname="b" name="bad"><error/></testcase><testcase classname="b" name="out"><skipped/></testcase>'
    )
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    assert suite.read_report("unit", report) == suite.Outcome("unit", passed=1, failed=2, skipped=1)


def test_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        suite.read_options(["--only", "sqlite,mysql"])
    assert "no part is called mysql; there are lint, unit, js, sqlite, postgres, browser" in capsys.readouterr().err


def test_arguments_after_the_dashes_go_to_pytest() -> None:
    options = suite.read_options(["--only", "unit,sqlite", "--", "-k", "overlap"])
    assert (options.parts, options.pytest) == (["unit", "sqlite"], ["-k", "overlap"])


@pytest.mark.postgres_only
def test_postgres_of_ones_own_survives_kill_9() -> None:
    with services.postgres() as server:

        def ask(statement: str) -> list[tuple[object, ...]]:
            connection = psycopg2.connect(f"postgresql://quorate@127.0.0.1:{server.port}/postgres")
            try:
                with connection, connection.cursor() as cursor:
                    cursor.execute(statement)
                    return list(cursor.fetchall()) if cursor.description else []
            finally:
                connection.close()

        ask("CREATE TABLE kept (value integer)")
        ask("INSERT INTO kept VALUES (7)")
        server.process.kill()
        server.start_again()
        assert ask("SELECT value FROM kept") == [(7,)]
    assert server.process.returncode == 0


@pytest.mark.postgres_only
def test_redis_of_ones_own_starts_empty_and_ends() -> None:
    with services.redis() as server, redis_client.Redis.from_url(server.url) as client:
        assert client.dbsize() == 0
        client.set("key", "value")
        assert client.get("key") == b"value"
    assert server.process.returncode == 0


@pytest.mark.parametrize("_round", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_append_only_tables_are_emptied_between_tests_and_stay_append_only(_round: int) -> None:
    from django.db import IntegrityError

    from quorate.events.models import Event

    assert Event.objects.count() == 0
    Event.objects.create(verb="tested")
    with pytest.raises(IntegrityError):
        Event.objects.all().delete()
