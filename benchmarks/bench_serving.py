"""What an answer costs: next + submit over HTTP with everything on, on a PostgreSQL and a Redis of its own.

    python benchmarks/bench_serving.py [--tasks 200,10000,100000] [--answers 800] [--workers 16]

Server CPU is that of the web processes, database CPU that of PostgreSQL's processes, both read from the system before and
after; the aggregation worker and the relay run beside and are stated apart. Statements are counted in PostgreSQL's log.
"""

import argparse
import contextlib
import dataclasses
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.services import Server, free_port, postgres, redis  # noqa: E402 - the tree is not a package
from tests.reliability.conftest import Stage, run_on  # noqa: E402
from tests.running import Quorate, Watched, clean_environment, quorate  # noqa: E402

WARM_UP = 60
COUNTED = 60


@dataclasses.dataclass(frozen=True)
class Row:
    """Figures of one run, in milliseconds an answer, and statements an answer."""

    tasks: int
    answers: int
    web_ms: float
    database_ms: float
    jobs_ms: float
    statements: float
    transactions: float
    p50_ms: float
    p95_ms: float


def cpu(processes: list[psutil.Process]) -> float:
    """Seconds of CPU these processes and the children they waited for have used."""
    total = 0.0
    for process in processes:
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system + used.children_user + used.children_system
    return total


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


class Load:
    """Clients that take and hand in until together they have made so many answers."""

    def __init__(self, url: str, made: dict[str, Any]) -> None:
        self.url, self.made = url, made
        self.lock = threading.Lock()
        self.left = 0
        self.times: list[float] = []

    def run(self, answers: int) -> None:
        self.left, self.times = answers, []
        threads = [threading.Thread(target=self.work, args=(key,)) for key in self.made["keys"]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work(self, key: str) -> None:
        with httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
            while self.draw():
                began = time.perf_counter()
                page = client.post(f"/api/v1/pools/{self.made['pool']}/next/", json={}).raise_for_status().json()
                assignment = page["assignment"]
                if assignment is None:
                    return
                given = [{"task": one["id"], "answer": {"class": "cat"}, "seconds": 2} for one in assignment["tasks"]]
                path = f"/api/v1/assignments/{assignment['id']}/submit/"
                client.post(path, json={"answers": given}).raise_for_status()
                with self.lock:
                    self.times.append((time.perf_counter() - began) * 1000)

    def draw(self) -> bool:
        with self.lock:
            self.left -= 1
            return self.left >= 0


def measure(database: Server, running: Quorate, load: Load, tasks: int, answers: int) -> Row:
    """One run against a warm server; the statements are counted apart, since logging them costs time."""
    load.run(WARM_UP)
    web, jobs, rows = running.find("web"), running.find("worker"), family(database.process.pid)
    before = cpu(web), cpu(rows), cpu(jobs)
    load.run(answers)
    after = cpu(web), cpu(family(database.process.pid)), cpu(jobs)
    made = len(load.times)
    times = sorted(load.times)
    per = 1000 / made
    return Row(
        tasks=tasks,
        answers=made,
        web_ms=(after[0] - before[0]) * per,
        database_ms=(after[1] - before[1]) * per,
        jobs_ms=(after[2] - before[2]) * per,
        statements=0.0,
        transactions=0.0,
        p50_ms=times[made // 2],
        p95_ms=times[int(made * 0.95)],
    )


def count_statements(database: Server, environment: dict[str, str], made: dict[str, Any]) -> tuple[float, float]:
    """SQL statements an answer, and BEGIN, COMMIT and the like beside them; by a web server alone, so all are its own."""
    port = free_port()
    command = [sys.executable, "-m", "quorate", "web"]
    web = Watched(command, {**environment, "QUORATE_PORT": str(port)})
    try:
        load = Load(f"http://127.0.0.1:{port}", made)
        wait_until_up(load.url)
        load.run(WARM_UP)  # connections are made, statements prepared
        run_on(database.url, "ALTER SYSTEM SET log_statement = 'all'")
        run_on(database.url, "SELECT pg_reload_conf()")
        time.sleep(1)
        start = database.log.stat().st_size
        load.run(COUNTED)
        with database.log.open() as log:
            log.seek(start)
            sent = [line.partition("statement:")[2].strip() for line in log if "statement:" in line]
        run_on(database.url, "ALTER SYSTEM SET log_statement = 'none'")
        run_on(database.url, "SELECT pg_reload_conf()")
    finally:
        web.close()
    framing = [sql for sql in sent if sql.startswith(("BEGIN", "COMMIT", "SET ", "ALTER SYSTEM"))]
    return (len(sent) - len(framing)) / COUNTED, len(framing) / COUNTED


def wait_until_up(url: str) -> None:
    """Returns when the health page answers."""
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the web server did not start")


def run(sizes: list[int], answers: int, workers: int) -> list[Row]:
    found = []
    with postgres() as server, redis() as broker:
        database = dataclasses.replace(server, url=server.url.rsplit("/", 1)[0] + "/postgres")
        for tasks in sizes:
            name = f"bench_{tasks}"
            run_on(database.url, f"CREATE DATABASE {name}")
            url = f"{database.url.removesuffix('postgres')}{name}"
            with tempfile.TemporaryDirectory() as data:
                environment = clean_environment(Path(data), DATABASE_URL=url, REDIS_URL=broker.url)
                environment["QUORATE_API_RATE"] = "1000000"
                stage = Stage(environment)
                stage.play_command("migrate", "-v", "0")
                made = stage.play("prepare", tasks=tasks, workers=workers, overlap_min=3, overlap_max=7)
                run_on(url, "ANALYZE")
                with quorate(environment) as running:
                    row = measure(database, running, Load(running.url, made), tasks, answers)
                statements, transactions = count_statements(database, environment, made)
                found.append(dataclasses.replace(row, statements=statements, transactions=transactions))
            print(json.dumps(found[-1].__dict__), file=sys.stderr)
    return found


def table(rows: list[Row], workers: int) -> str:
    lines = [
        f"{workers} workers at once, one task an assignment, overlap 3 to 7; rate limit, event log, aggregation and payment on.",
        "",
        "| open tasks | answers | web CPU ms | database CPU ms | jobs CPU ms | SQL statements | + BEGIN/COMMIT | p50 ms | p95 ms |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.tasks:,} | {row.answers} | {row.web_ms:.2f} | {row.database_ms:.2f} | {row.jobs_ms:.2f} "
        f"| {row.statements:.1f} | {row.transactions:.1f} | {row.p50_ms:.0f} | {row.p95_ms:.0f} |"
        for row in rows
    ]
    first, last = rows[0], rows[-1]
    lines += [
        "",
        (
            f"From {first.tasks:,} to {last.tasks:,} open tasks: web CPU × {last.web_ms / first.web_ms:.2f}, "
            f"database CPU × {last.database_ms / first.database_ms:.2f}."
        ),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", default="200,10000,100000")
    parser.add_argument("--answers", type=int, default=800)
    parser.add_argument("--workers", type=int, default=16)
    options = parser.parse_args()
    # A pool of 200 tasks has 600 places of the minimum overlap; stay within them, so that there is always work.
    sizes = [int(size) for size in options.tasks.split(",")]
    answers = min(options.answers, sizes[0] * 3 - 2 * WARM_UP - COUNTED - 40)
    print(table(run(sizes, answers, options.workers), options.workers))


if __name__ == "__main__":
    main()
