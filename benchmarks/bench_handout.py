"""Thirty-two processes take and hand in at once, on PostgreSQL and SQLite: how many tasks are over-assigned, and how fast.

python benchmarks/bench_handout.py [--seconds 5]
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.services import postgres, redis  # noqa: E402 - the tree is not a package
from tests.reliability.conftest import Stage  # noqa: E402
from tests.running import clean_environment  # noqa: E402

WORKERS = 32


def race(stage: Stage, seconds: float) -> tuple[dict[str, int], list[str]]:
    """What 32 processes did, summed, and what does not hold afterwards."""
    stage.play_command("migrate", "-v", "0")
    made = stage.play("prepare", tasks=2000, workers=WORKERS, overlap_min=3, overlap_max=5)
    done = stage.play("race", processes=WORKERS, pool=made["pool"], workers=WORKERS, seconds=seconds)
    return done, stage.play("verify", pool_id=made["pool_id"])


def row(name: str, done: dict[str, Any], problems: list[str]) -> str:
    over = sum("over-assigned" in problem for problem in problems)
    return f"| {name} | {done.get('submitted', 0)} | {done.get('returned', 0)} | {over} | {len(problems)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    print("| database | handed in | given back | over-assigned tasks | violations of any kind |")
    print("|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as data:
        print(row("SQLite", *race(Stage(clean_environment(Path(data))), seconds)))
    with tempfile.TemporaryDirectory() as data, postgres() as database, redis() as broker:
        url = f"{database.url.rsplit('/', 1)[0]}/postgres"
        environment = clean_environment(Path(data), DATABASE_URL=url, REDIS_URL=broker.url)
        print(row("PostgreSQL", *race(Stage(environment), seconds)))


if __name__ == "__main__":
    main()
