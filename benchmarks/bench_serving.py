"""What an answer costs: next + submit over HTTP with everything on, on a PostgreSQL and a Redis of its own.

    python benchmarks/bench_serving.py [--tasks 200,10000,100000] [--answers 300] [--workers 16]

CPU times are read from the kernel in nanoseconds (Linux), process by process, before and after. PostgreSQL has a process for
each connection, and each connection the name of whose it is, so its CPU is told apart: that of requests (*web*), that of
the aggregation, payment and relay that the answers bring about (*jobs*), and the server's own housekeeping (*rest*).
Requests are measured from the first to the last; jobs and rest until nothing is left to do. Statements are counted in
PostgreSQL's log. Last, the pages whose numbers come from all tasks are fetched.
"""

import argparse
import contextlib
import dataclasses
import json
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.cpu import Yardstick, ask, backends, family, more, used, yardstick  # noqa: E402 - the tree is not a package
from scripts.services import Server, free_port, postgres, redis  # noqa: E402
from tests.reliability.conftest import Stage, run_on  # noqa: E402
from tests.running import Quorate, Watched, clean_environment, quorate  # noqa: E402

WARM_UP = 100
COUNTED = 60
PAGE_VIEWS = 10
QUIET_SECONDS = 60.0
FRAMING = ("BEGIN", "COMMIT", "SET ", "ALTER SYSTEM")
REQUESTER = {"email": "alice@example.org", "password": "correct horse battery"}  # whom tests/factories.py makes


@dataclasses.dataclass(frozen=True)
class Row:
    """Figures of one run, in milliseconds of CPU an answer, and statements an answer."""

    tasks: int
    answers: int
    web: float
    database_web: float
    database_jobs: float
    database_rest: float
    jobs: float
    statements: float
    transactions: float
    p50_ms: float
    p95_ms: float
    yardstick: float  # milliseconds of CPU, median; see Yardstick

    @property
    def database(self) -> float:
        """All that PostgreSQL used."""
        return self.database_web + self.database_jobs + self.database_rest


@dataclasses.dataclass(frozen=True)
class View:
    """A page at one size: SQL statements, milliseconds of CPU a view."""

    name: str
    tasks: int
    statements: int
    web: float
    database: float


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
    url = running.environment["DATABASE_URL"]
    load.run(WARM_UP)
    wait_until_quiet(url)
    run_on(url, "ANALYZE")  # tables that were empty a moment ago; autovacuum comes by once a minute
    load.run(COUNTED)
    wait_until_quiet(url)
    web = [process.pid for process in running.find("web")]
    jobs = [process.pid for role in ("worker", "relay") for process in running.find(role)]
    start, start_own = used([*web, *jobs]), used(family(database.process.pid))
    with Yardstick() as speed:
        load.run(answers)
    end, end_own = used(web), used(family(database.process.pid))
    wait_until_quiet(url)
    last, last_own = used(jobs), used(family(database.process.pid))
    serving, working = backends(url, "quorate web"), backends(url, "quorate worker", "quorate relay")
    per = 1 / len(load.times)
    times = sorted(load.times)
    return Row(
        tasks=tasks,
        answers=len(times),
        web=more(start, end) * per,
        database_web=more(start_own, end_own, serving) * per,
        database_jobs=more(start_own, last_own, working) * per,
        database_rest=more(start_own, last_own, last_own.keys() - serving - working) * per,
        jobs=more(start, last) * per,
        statements=0.0,
        transactions=0.0,
        p50_ms=times[len(times) // 2],
        p95_ms=times[int(len(times) * 0.95)],
        yardstick=speed.median,
    )


def wait_until_quiet(url: str) -> None:
    """Returns when no job is left to do, the last fit included. Raises RuntimeError after a minute."""
    end = time.monotonic() + QUIET_SECONDS
    while ask(url, "SELECT count(*) FROM events_dirty") != [(0,)]:
        if time.monotonic() > end:
            raise RuntimeError("the jobs did not come to an end")
        time.sleep(0.2)


@contextlib.contextmanager
def logged(database: Server) -> Iterator[list[str]]:
    """The statements PostgreSQL gets meanwhile: the list is filled when the block ends."""
    sent: list[str] = []
    switch(database, "all")
    start = database.log.stat().st_size
    yield sent
    with database.log.open() as log:
        log.seek(start)
        sent += [line.partition("statement:")[2].strip() for line in log if "statement:" in line]
    switch(database, "none")


def switch(database: Server, which: str) -> None:
    run_on(database.url, f"ALTER SYSTEM SET log_statement = '{which}'")
    run_on(database.url, "SELECT pg_reload_conf()")
    time.sleep(1)


@contextlib.contextmanager
def web_alone(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """A web server without jobs, so that every statement in the log is its own. Gives its address and process id."""
    port = free_port()
    web = Watched([sys.executable, "-m", "quorate", "web"], {**environment, "QUORATE_PORT": str(port)})
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_up(url)
        yield url, web.process.pid
    finally:
        web.close()


def count_statements(database: Server, load: Load) -> tuple[float, float]:
    """SQL statements an answer, and BEGIN, COMMIT and the like beside them."""
    load.run(WARM_UP // 2)  # connections are made, statements prepared
    with logged(database) as sent:
        load.run(COUNTED)
    framing = [sql for sql in sent if sql.startswith(FRAMING)]
    return (len(sent) - len(framing)) / COUNTED, len(framing) / COUNTED


def view_pages(database: Server, url: str, leader: int, pool: str, tasks: int) -> Iterator[View]:
    """What the pages cost that tell of all tasks of a pool."""
    with signed_in(url) as browser:
        live = re.search(r"/p/\w+/", browser.get("/projects/").text)
        if live is None:
            raise RuntimeError("the requester's list shows no project")
        wanted = {
            "worker's list, `/work/`": "/work/",
            "live page": f"{live.group()}live/",
            "live page's numbers, fetched anew": f"{live.group()}live/numbers/",
            "API, `GET /api/v1/pools/`": "/api/v1/pools/",
            "API, one pool": f"/api/v1/pools/{pool}/",
        }
        for name, path in wanted.items():
            browser.get(path).raise_for_status()
            with logged(database) as sent:
                browser.get(path)
            before = used([*family(leader), *family(database.process.pid)])
            for _ in range(PAGE_VIEWS):
                browser.get(path)
            after = used([*family(leader), *family(database.process.pid)])
            yield View(
                name=name,
                tasks=tasks,
                statements=len([sql for sql in sent if not sql.startswith(FRAMING)]),
                web=more(before, after, family(leader)) / PAGE_VIEWS,
                database=more(before, after, family(database.process.pid)) / PAGE_VIEWS,
            )


@contextlib.contextmanager
def signed_in(url: str) -> Iterator[httpx.Client]:
    """A browser in which the requester has signed in."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=60) as browser:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/sign-in/").text)
        if token is None:
            raise RuntimeError("the sign-in page has no form")
        browser.post("/sign-in/", data={"csrfmiddlewaretoken": token.group(1), **REQUESTER}).raise_for_status()
        yield browser


def wait_until_up(url: str) -> None:
    """Returns when the health page answers."""
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the web server did not start")


def run(sizes: list[int], answers: int, workers: int) -> tuple[list[Row], list[View]]:
    rows, views = [], []
    with postgres() as server, redis() as broker, tempfile.TemporaryDirectory() as data:
        database = dataclasses.replace(server, url=server.url.rsplit("/", 1)[0] + "/postgres")
        for tasks in sizes:
            name = f"bench_{tasks}"
            run_on(database.url, f"CREATE DATABASE {name}")
            url = f"{database.url.removesuffix('postgres')}{name}"
            environment = clean_environment(Path(data), DATABASE_URL=url, REDIS_URL=broker.url)
            stage = Stage(environment)
            stage.play_command("migrate", "-v", "0")
            made = stage.play("prepare", tasks=tasks, workers=workers, overlap_min=3, overlap_max=7)
            run_on(url, "VACUUM ANALYZE")
            with quorate(environment) as running:
                row = measure(database, running, Load(running.url, made), tasks, answers)
            with web_alone(environment) as (address, leader):
                statements, transactions = count_statements(database, Load(address, made))
                views += view_pages(database, address, leader, made["pool"], tasks)
            rows.append(dataclasses.replace(row, statements=statements, transactions=transactions))
            print(json.dumps(rows[-1].__dict__), file=sys.stderr)
    return rows, views


def table(rows: list[Row], workers: int, best: float) -> str:
    lines = [
        (
            f"{workers} workers at once, one task an assignment, overlap 3 to 7; API keys, rate limit, event log, aggregation and "
            "payment on. Milliseconds of CPU an answer, after a warm-up. *Web*: the requests alone. *Jobs*: what the answers bring "
            "about afterwards (aggregation, payment, relay), until nothing is left to do; the relay's "
            "looking, five times a second, is in it. *Rest*: PostgreSQL's housekeeping. CPU of a connection that ended within the run "
            "is not counted; connections last ten minutes. *Yardstick*: the CPU time of 10,000 small "
            f"steps of Python meanwhile, median; alone and at its best this processor took {best:.2f} ms."
        ),
        "",
        (
            "| open tasks | answers | web process | database: web | database: jobs | database: rest | database: all "
            "| job processes | SQL statements | + BEGIN/COMMIT | p50 ms | p95 ms | yardstick ms |"
        ),
        f"|{'---:|' * 13}",
    ]
    lines += [
        f"| {row.tasks:,} | {row.answers} | {row.web:.2f} | {row.database_web:.2f} | {row.database_jobs:.2f} "
        f"| {row.database_rest:.2f} | {row.database:.2f} | {row.jobs:.2f} | {row.statements:.1f} | {row.transactions:.1f} "
        f"| {row.p50_ms:.0f} | {row.p95_ms:.0f} | {row.yardstick:.2f} |"
        for row in rows
    ]
    return "\n".join([*lines, "", *verdicts(rows)])


def verdicts(rows: list[Row]) -> Iterator[str]:
    """Each goal of docs/benchmarks.md, met or missed, by the worst size; growth from the first to the last."""
    first, last = rows[0], rows[-1]
    growth = f"growth from {first.tasks:,} to {last.tasks:,} open tasks"
    for what, figure, goal in (
        ("SQL statements", max(row.statements for row in rows), 12.0),
        ("web process, ms", max(row.web for row in rows), 8.0),
        ("database for the requests, ms", max(row.database_web for row in rows), 3.0),
        ("database in all, ms", max(row.database for row in rows), 3.0),
        (f"web process, {growth}", last.web / first.web, 1.3),
        (f"database for the requests, {growth}", last.database_web / first.database_web, 1.3),
        (f"database in all, {growth}", last.database / first.database, 1.3),
    ):
        outcome = "met" if figure <= goal else f"missed by {(figure / goal - 1):.0%}"
        yield f"- {what}: {figure:.2f}, goal {goal:g}: {outcome}"


def page_table(views: list[View]) -> str:
    lines = [
        "### Pages that tell of all tasks",
        "",
        f"Milliseconds of CPU a view, mean of {PAGE_VIEWS}, one pool; the live page may show counts up to 4 s old.",
        "",
        "| page | open tasks | SQL statements | web process | database |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {view.name} | {view.tasks:,} | {view.statements} | {view.web:.1f} | {view.database:.1f} |"
        for view in sorted(views, key=lambda view: view.name)
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", default="200,10000,100000")
    parser.add_argument("--answers", type=int, default=300)
    parser.add_argument("--workers", type=int, default=16)
    options = parser.parse_args()
    # A pool of 200 tasks has 600 places of the minimum overlap; stay within them, so that there is always work.
    sizes = [int(size) for size in options.tasks.split(",")]
    answers = min(options.answers, sizes[0] * 3 - WARM_UP - WARM_UP // 2 - 2 * COUNTED - 40)
    rows, views = run(sizes, answers, options.workers)
    best = min(yardstick() for _ in range(500))
    print(table(rows, options.workers, best), page_table(views), sep="\n\n")


if __name__ == "__main__":
    main()
