"""`quorate crowd`: simulated workers of known skill answer projects through the real HTTP interface."""

import logging
import threading
import time
import zlib
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from quorate.accounts import linking
from quorate.accounts.models import User
from quorate.accounts.people import create_api_key, create_user, revoke_api_key
from quorate.common.errors import DomainError
from tasks_app import tools
from tasks_app.domain import crowd_run
from tasks_app.domain.crowd import Manner, Person, people, read_mix
from tasks_app.domain.crowd_client import Api, Refused, Unreachable
from tasks_app.domain.crowd_truth import invent, read_truth, score
from tasks_app.domain.demo import TRUTH_FOLDER
from tasks_app.enums import PoolState
from tasks_app.models import Project
from tasks_app.queries.pools import current_pool
from tasks_app.tools.fields import Json

ADDRESS = "{name}@crowd.example"
KEY_NAME = "Simulated crowd"
SETTLE_SECONDS = 15.0
LINE_EVERY = 5.0


@dataclass(frozen=True)
class Job:
    """A project to answer, its truth by file name (`known`: from a file or invented for all), its owner's API."""

    project: Project
    target: crowd_run.Target
    truth: dict[str, Json]
    owner: Api


class Command(BaseCommand):
    help = "Let simulated workers answer a project through the HTTP API, and compare the results with the truth."

    def add_arguments(self, parser: CommandParser) -> None:
        port = settings.PORT
        parser.add_argument("--project", required=True, metavar="ID|all", help="a project's id, or all that are live")
        parser.add_argument("--workers", type=between(1, 200), default=20, help="how many people (default 20)")
        parser.add_argument("--mix", default="hammer=.4,sloppy=.4,spammer=.2", help="shares by kind of worker")
        parser.add_argument(
            "--truth", type=Path, help="CSV: file,label; file,label,xmin,ymin,xmax,ymax; or file,answer (JSON)"
        )
        parser.add_argument("--rate", type=float, default=20.0, help="answers a second, all together; 0: no limit")
        parser.add_argument("--url", default=f"http://127.0.0.1:{port}", help="where Quorate runs (default: here)")
        parser.add_argument("--seed", type=between(0, 2**31 - 1), default=1, help="another seed, another crowd")
        parser.add_argument("--minutes", type=float, default=30.0, help="stop after so long (default 30)")
        parser.add_argument("--until-done", action="store_true", help="stay until no task is open any more")

    def handle(self, **options: Any) -> None:
        try:
            self.run(options)
        except (DomainError, Unreachable, Refused) as error:
            raise CommandError(str(error)) from error

    def run(self, options: dict[str, Any]) -> None:
        # One line a request would drown the line that counts.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        crowd = people(options["workers"], read_mix(options["mix"]), options["seed"])
        projects = find_projects(options["project"])
        if options["truth"] and len(projects) > 1:
            raise CommandError("--truth speaks of one project: name it with --project.")
        with ExitStack() as stack:
            owners = {project.created_by for project in projects}
            apis = {user.pk: stack.enter_context(owner_api(user, options["url"])) for user in owners}
            jobs = [self.job(project, options, apis[project.created_by_id]) for project in projects]
            staffed = [(person, stack.enter_context(key_of(account(person)))) for person in crowd]
            plan = crowd_run.Plan(
                url=options["url"],
                targets=[job.target for job in jobs],
                rate=options["rate"],
                seconds=options["minutes"] * 60,
                until_done=options["until_done"],
                seed=options["seed"],
            )
            board = Board(jobs, self.stdout)
            before = board.answers()
            tally = crowd_run.run(plan, staffed, board.done, board.show)
            board.wait_until_quiet(tally)
            self.report(jobs, board, tally, len(crowd), board.answers() - before)

    def job(self, project: Project, options: dict[str, Any], owner: Api) -> Job:
        """All about one project that the run needs, read through the API."""
        pool = current_pool(project)
        path = options["truth"] or settings.DATA / TRUTH_FOLDER / f"{project.public_id}.csv"
        if options["truth"] and not path.is_file():
            raise CommandError(f"There is no file {path}.")
        tool = tools.get(project.kind)
        truth = read_truth(path, tool, project.question) if path.is_file() else {}
        invented = not truth
        by_task: dict[str, Json] = {}
        for row in owner.pages(f"pools/{pool.public_id}/tasks/"):
            if invented:
                seed = (options["seed"], zlib.crc32(row["id"].encode()))
                truth[row["id"]] = invent(tool, project.question, row["item"], seed)
            known = truth.get(row["id"] if invented else row["name"])
            if known is not None:
                by_task[row["id"]] = known
        target = crowd_run.Target(tool, project.public_id, pool.public_id, project.question, by_task)
        return Job(project=project, target=target, truth=by_task, owner=owner)

    def report(self, jobs: Sequence[Job], board: "Board", tally: crowd_run.Tally, workers: int, answers: int) -> None:
        """What came of it, read through the API."""
        self.stdout.write(f"{workers} simulated workers gave {answers:,} answers.")
        for code, times in sorted(tally.refusals.items()):
            self.stdout.write(f"Refused {times:,} times: {code}")
        for job in jobs:
            pool = board.read(job)
            progress, money = pool["progress"], pool["money"]
            rows = job.owner.pages(f"projects/{job.project.public_id}/results/")
            results = [(row["task"], row["value"]) for row in rows]
            found = score(tools.get(job.project.kind), job.project.question, results, job.truth)
            overlap = progress["answers"] / progress["tasks"] if progress["tasks"] else 0.0
            self.stdout.write(f"\n{job.project.name}  (project {job.project.public_id})")
            self.stdout.write(
                f"  tasks      {progress['tasks']:,}: {progress['settled']:,} settled, "
                f"{progress['contested']:,} contested, {progress['open']:,} open"
            )
            self.stdout.write(f"  answers    {progress['answers']:,}, {overlap:.2f} a task")
            self.stdout.write(f"  cost       {money['spent']} {pool['currency']} paid, {money['held']} still held")
            self.stdout.write(f"  right      {found.value:.3f} over {found.tasks:,} tasks with a known truth")


class Board:
    """The live line: numbers of all projects together, asked for through the API."""

    def __init__(self, jobs: Sequence[Job], out: OutputWrapper) -> None:
        self._jobs = jobs
        self._out = out
        self._live = out.isatty()
        self._started = self._told = time.monotonic()
        self._pools: list[Json] = []

    def read(self, job: Job) -> Json:
        return job.owner.get(f"pools/{job.target.pool}/")

    def answers(self) -> int:
        return sum(self.read(job)["progress"]["answers"] for job in self._jobs)

    def done(self) -> bool:
        """Whether nothing is open any more, as of the last look."""
        return all(pool["progress"]["open"] == 0 or pool["state"] == PoolState.CLOSED for pool in self._pools)

    def show(self, tally: crowd_run.Tally) -> None:
        """Looks, and tells it: on a terminal in one line that changes, elsewhere a line now and then."""
        self._pools = [self.read(job) for job in self._jobs]
        now = time.monotonic()
        if not self._live and now - self._told < LINE_EVERY:
            return
        self._told = now
        total = {name: sum(pool["progress"][name] for pool in self._pools) for name in ("open", "settled", "contested")}
        rate = tally.answers / max(now - self._started, 0.1)
        line = (
            f"{tally.answers:,} answers, {rate:.0f} a second | {total['settled']:,} settled, "
            f"{total['contested']:,} contested, {total['open']:,} open"
        )
        self._out.write(f"\r\x1b[K{line}" if self._live else line, ending="" if self._live else "\n")
        self._out.flush()

    def wait_until_quiet(self, tally: crowd_run.Tally) -> None:
        """The last answers' results come a moment after them: until the numbers stand still for three looks."""
        never, same, end = threading.Event(), 0, time.monotonic() + SETTLE_SECONDS
        while same < 3 and time.monotonic() < end:
            before = self._pools
            never.wait(1.0)
            self.show(tally)
            same = same + 1 if self._pools == before else 0
        if self._live:
            self._out.write("\r\x1b[K", ending="")


def find_projects(wanted: str) -> list[Project]:
    """The project with this id, or all that have an open pool. Raises CommandError when there is none."""
    rows = Project.objects.select_related("created_by").filter(pools__state=PoolState.OPEN, archived_at=None).distinct()
    if wanted != "all":
        rows = rows.filter(public_id=wanted)
    found = list(rows.order_by("id"))
    if not found:
        raise CommandError("No project is live." if wanted == "all" else f"No live project has the id {wanted[:40]!r}.")
    return found


def account(person: Person) -> User:
    """The simulated worker's account: nobody can sign in to it. The same person is the same account next time."""
    email = ADDRESS.format(name=person.name)
    name = f"Simulated {person.kind.value} {person.number}"
    found = User.objects.filter(email=email).first() or create_user(email=email, name=name, password=None)
    if person.kind == Manner.LINKED:
        # They work by key alone; this is what signing in by browser would leave.
        linking.came_in(user=found, device=f"crowd {person.seed} {person.partner}")
    return found


@contextmanager
def key_of(user: User) -> Iterator[str]:
    """A key's text, good until the end of the block."""
    key, token = create_api_key(user=user, name=KEY_NAME)
    try:
        yield token
    finally:
        revoke_api_key(user=user, public_id=key.public_id)


@contextmanager
def owner_api(user: User, url: str) -> Iterator[Api]:
    """The API as a project's owner uses it. Raises CommandError where the server at `url` has another database."""
    with key_of(user) as token, Api(url, token, threading.Event()) as api:
        try:
            api.get("me/")
        except Refused as error:
            raise CommandError(f"Quorate at {url} does not know this database's keys: {error}") from error
        yield api


def between(least: int, most: int) -> Any:
    """An argument type: whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ArgumentTypeError(f"a whole number from {least} to {most:,}")
        return int(text)

    return read
