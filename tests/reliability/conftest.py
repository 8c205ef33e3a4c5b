"""A database of its own for tests whose processes commit, race and die."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings

from tests.running import PATIENCE, clean_environment

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
        out, errors = actor.communicate(timeout=PATIENCE)
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


def server() -> str:
    """Where databases of this run are made; empty for SQLite. The run's own database need not exist: pytest-django makes
    another beside it. `postgres` always does.
    """
    address: str = settings.DATABASE_URL.rsplit("/", 1)[0]
    return address


@contextlib.contextmanager
def database(place: Path, *, template: str = "") -> Iterator[dict[str, str]]:
    """The environment of a database of the kind of this run: a SQLite file in `place`, or one beside this run's Redis.

    Empty, or a copy of `template`: a folder with SQLite's file, or the name of a database.
    """
    environment = clean_environment(place, SECRET_KEY="a key for tests alone, as long as a key has to be: 0123456789")
    if not server():
        place.mkdir(exist_ok=True)
        if template:
            shutil.copy(Path(template) / "db.sqlite3", place)
        yield environment
        return
    name = f"quorate_stage_{uuid.uuid4().hex[:12]}"
    run_on(f"{server()}/postgres", f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
    yield {**environment, "DATABASE_URL": f"{server()}/{name}", "REDIS_URL": os.environ["REDIS_URL"]}
    run_on(f"{server()}/postgres", f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The template of every stage: migrating takes longer than most of what is played there."""
    place = tmp_path_factory.mktemp("migrated") / "data"
    with database(place) as environment:
        Stage(environment).play_command("migrate", "-v", "0")
        yield environment["DATABASE_URL"].rpartition("/")[2] if server() else str(place)


@pytest.fixture
def stage(tmp_path: Path, migrated: str) -> Iterator[Stage]:
    """On a database that nobody else uses."""
    with database(tmp_path / "data", template=migrated) as environment:
        yield Stage(environment)
