"""The whole thing at once: `quorate up --demo`, and a simulated crowd that answers over HTTP until nothing is open."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import clean_environment, quorate

pytestmark = [pytest.mark.database, pytest.mark.long, pytest.mark.sqlite_only]


def test_a_crowd_settles_a_demo_project_and_goes_home(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path)
    with quorate(environment, "--demo") as running:
        with sqlite3.connect(tmp_path / "db.sqlite3") as database:
            ((project,),) = database.execute(
                "SELECT public_id FROM tasks_app_project WHERE kind = 'text_classification'"
            ).fetchall()
        command = [
            sys.executable,
            "-m",
            "quorate",
            "crowd",
            "--project",
            project,
            "--url",
            running.url,
            "--workers",
            "6",
        ]
        options = ["--mix", "hammer=.8,spammer=.2", "--rate", "0", "--minutes", "60", "--until-done"]
        done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        found = re.search(r"tasks +60: (\d+) settled, (\d+) contested, (\d+) open", done.stdout)
        assert found is not None, done.stdout
        settled, contested, still_open = map(int, found.groups())
        assert settled + contested == 60
        assert still_open == 0
        right = re.search(r"right +([0-9.]+) over 60 tasks", done.stdout)
        assert right is not None, done.stdout
        assert float(right.group(1)) > 0.8
        with sqlite3.connect(tmp_path / "db.sqlite3") as database:
            ((in_force,),) = database.execute(
                "SELECT count(*) FROM accounts_apikey WHERE revoked_at IS NULL"
            ).fetchall()
        assert in_force == 0
