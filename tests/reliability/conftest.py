"""A database of its own for tests whose processes commit, race and die."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings

from tests.running import clean_environment

ACTORS = Path(__file__).with_name("actors.py")


class Stage:
    """Where actors play: an environment with a migrated database that nobody else uses."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = {**environment, "DJANGO_SETTINGS_MODULE": "quorate.settings"}

    def start(self, verb: str, **arguments: Any) -> subprocess.Popen[str]:
        """An actor, running."""
        command = [sys.executable, str(ACTORS), verb, json.dumps(arguments)]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def end(self, actor: "subprocess.Popen[str]") -> Any:
        """What an actor answers. Fails with its traceback if it died."""
        out, errors = actor.communicate(timeout=240)
        assert actor.returncode == 0, errors
        return json.loads(out)

    def play_command(self, *words: str) -> None:
        """A `quorate` command. Fails with what it says if it fails."""
        command = [sys.executable, "-m", "quorate", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def play(self, verb: str, **arguments: Any) -> Any:
        """Start an actor and wait for its answer."""
        return self.end(self.start(verb, **arguments))


def run_on(url: str, statement: str) -> None:
    """A statement outside any transaction, as CREATE and DROP DATABASE need."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """On the database kind of this run: a SQLite file, or a PostgreSQL database beside this run's Redis."""
    environment = clean_environment(tmp_path / "data")
    name = f"quorate_stage_{uuid.uuid4().hex[:12]}"
    # The run's own database need not exist: pytest-django makes another beside it. This one always does.
    server = settings.DATABASE_URL.rsplit("/", 1)[0]
    if server:
        run_on(f"{server}/postgres", f"CREATE DATABASE {name}")
        environment["DATABASE_URL"] = f"{server}/{name}"
        environment["REDIS_URL"] = os.environ["REDIS_URL"]
    environment["SECRET_KEY"] = "a key for tests alone, as long as a key has to be: 0123456789"
    made = Stage(environment)
    made.play_command("migrate", "-v", "0")
    yield made
    if server:
        run_on(f"{server}/postgres", f"DROP DATABASE {name} WITH (FORCE)")
