"""What admins look at: is everything running, what waits, who has money, what happened."""

import os
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from quorate.accounts.models import Invite, User
from quorate.common.clock import database_now
from quorate.events.models import Dirty, Event, Heartbeat
from quorate.ledger.models import Account, AccountKind, Entry
from tasks_app.enums import ResultState, Topic
from tasks_app.models import Answer, Pool, Project, Task

BROKER_TIMEOUT = 2.0
# Seconds without a sign of life after which a process is late, and after which it is taken for dead. A worker shows
# itself between two jobs, and a full fit of a large project may take minutes.
PATIENCE = {"relay": (10, 30), "worker": (20, 180)}
# Results are to be fresh within five seconds of an answer; a lag beyond this is not a moment's load.
LAG_WARNING = 15.0
DISK_WARNING = 0.10
DISK_DANGER = 0.03
GIB = 1024**3

TOPICS = {
    Topic.AGGREGATE: "Results to bring up to date",
    Topic.ACCEPT: "Pages to accept and pay",
    Topic.IMPORT: "Imports to go on with",
    Topic.EXPORT: "Exports to prepare",
}


@dataclass(frozen=True)
class Waiting:
    """Dirty rows of one topic: how many are due, how many seconds the oldest due one has waited, how many are for later."""

    topic: str
    words: str
    due: int
    age: float | None
    later: int


@dataclass(frozen=True)
class Process:
    """A long-running process as its last sign of life tells. `state`: ok, late or down."""

    name: str
    state: str
    at: datetime | None
    age: float | None


@dataclass(frozen=True)
class Broker:
    """Celery's broker. `words` says what was found."""

    kind: str
    ok: bool
    words: str
    ms: float | None


@dataclass(frozen=True)
class Alert:
    """Something an admin should do something about. `tone`: warning or danger."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True)
class Health:
    """The instance at one moment."""

    at: datetime
    queue: list[Waiting]
    lag: float | None
    processes: list[Process]
    database: str
    database_ms: float
    broker: Broker
    disk_total: int
    disk_free: int
    alerts: list[Alert]

    @property
    def disk_used_share(self) -> float:
        """0..1."""
        return 1 - self.disk_free / self.disk_total


def health() -> Health:
    """Looks at everything once. Four queries, and at most BROKER_TIMEOUT seconds for a broker that does not answer."""
    begun = time.perf_counter()
    now = database_now()
    database_ms = (time.perf_counter() - begun) * 1000
    queue = _queue(now)
    processes = _processes(now)
    broker = _broker()
    disk = shutil.disk_usage(settings.DATA)
    lag = next((row.age for row in queue if row.topic == Topic.AGGREGATE), None)
    return Health(
        at=now,
        queue=queue,
        lag=lag,
        processes=processes,
        database={"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(connection.vendor, connection.vendor),
        database_ms=database_ms,
        broker=broker,
        disk_total=disk.total,
        disk_free=disk.free,
        alerts=_alerts(queue, processes, broker, disk.free, disk.total),
    )


def _queue(now: datetime) -> list[Waiting]:
    due = Q(due_at__lte=now)
    rows: dict[str, Any] = {
        row["topic"]: row
        for row in Dirty.objects.values("topic").annotate(
            due=Count("id", filter=due), later=Count("id", filter=~due), since=Min("since", filter=due)
        )
    }
    # A topic nobody knows any more has no job: its rows would wait for ever, so they are shown as well.
    known = {topic.value: words for topic, words in TOPICS.items()}
    return [
        Waiting(
            topic=topic,
            words=known.get(topic, f"Unknown subject “{topic}”"),
            due=row["due"] if row else 0,
            age=max(0.0, (now - row["since"]).total_seconds()) if row and row["since"] else None,
            later=row["later"] if row else 0,
        )
        for topic, row in ((topic, rows.get(topic)) for topic in [*known, *sorted(set(rows) - set(known))])
    ]


def _processes(now: datetime) -> list[Process]:
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    found = []
    for name in sorted({*PATIENCE, *beats}, key=lambda name: (name not in PATIENCE, name)):
        late, down = PATIENCE.get(name, (20, 180))
        beat = beats.get(name)
        age = max(0.0, (now - beat.at).total_seconds()) if beat else None
        state = "down" if age is None or age > down else "late" if age > late else "ok"
        found.append(Process(name=name, state=state, at=beat.at if beat else None, age=age))
    return found


def _broker() -> Broker:
    if not settings.REDIS_URL:
        return _folder_broker(Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]))
    begun = time.perf_counter()
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_TIMEOUT, socket_connect_timeout=BROKER_TIMEOUT
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return Broker("Redis", ok=False, words=f"does not answer: {str(error)[:120]}", ms=None)
    finally:
        client.close()
    return Broker("Redis", ok=True, words="answers", ms=(time.perf_counter() - begun) * 1000)


def _folder_broker(folder: Path) -> Broker:
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return Broker("Folder", ok=False, words="is missing or cannot be written", ms=None)
    waiting = sum(1 for _ in folder.iterdir())
    return Broker("Folder", ok=True, words=f"{waiting} doorbells not yet heard", ms=None)


def _alerts(queue: list[Waiting], processes: list[Process], broker: Broker, free: int, total: int) -> list[Alert]:
    alerts = []
    for process in processes:
        if process.state == "down":
            seen = "has never shown itself" if process.age is None else f"was last seen {process.age:.0f} s ago"
            text = {
                "relay": "Nothing rings the jobs: answers are safe, but results, payments and imports wait.",
                "worker": "No job runs: answers are safe, but results, payments and imports wait.",
            }.get(process.name, "It may have been taken away on purpose.")
            tone = "danger" if process.name in PATIENCE else "warning"
            alerts.append(Alert(tone, f"The {process.name} {seen}", f"{text} Start it again, or look into its log."))
    if not broker.ok:
        words = f"{broker.kind} {broker.words}"
        alerts.append(Alert("danger", words, "Jobs cannot be rung. What waits is in the database and is done later."))
    alerts += [
        Alert(
            "warning",
            f"{row.words}: waiting for {row.age:.0f} s",
            "More workers are needed, or a job fails: its log tells.",
        )
        for row in queue
        if row.age is not None and row.age > LAG_WARNING
    ]
    share = free / total
    if share < DISK_WARNING:
        tone = "danger" if share < DISK_DANGER else "warning"
        alerts.append(Alert(tone, f"{free / GIB:.1f} GiB of disk left", "Writing stops when none is left: make room."))
    return sorted(alerts, key=lambda alert: alert.tone != "danger")


# --- Projects ---------------------------------------------------------------------------------------------------------
def projects(*, text: str = "") -> QuerySet[Project]:
    """All projects, newest first, with `pool_state`, `tasks`, `settled`, `contested`, `answer_count` and `waiting`."""
    pools = Pool.objects.filter(project=OuterRef("pk")).order_by("-id")
    tasks = Task.objects.filter(pool__project=OuterRef("pk")).order_by().values("pool__project")
    answers = Answer.objects.filter(project=OuterRef("pk")).order_by().values("project")
    dirty = Dirty.objects.filter(topic=Topic.AGGREGATE, scope=OuterRef("pk")).order_by().values("scope")
    rows = Project.objects.select_related("created_by").annotate(
        pool_state=Subquery(pools.values("state")[:1]),
        tasks=_count(tasks),
        settled=_count(tasks.filter(state=ResultState.SETTLED)),
        contested=_count(tasks.filter(state=ResultState.CONTESTED)),
        answer_count=_count(answers),
        waiting=_count(dirty),
    )
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(created_by__email__icontains=text) | Q(public_id=text))
    return rows.order_by("-id")


def _count(grouped: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(grouped.annotate(n=Count("pk")).values("n"), output_field=BigIntegerField()), 0)


# --- People -----------------------------------------------------------------------------------------------------------
ROLES = {"requester": "is_requester", "worker": "is_worker", "admin": "is_admin"}


def people(*, text: str = "", role: str = "") -> QuerySet[User]:
    """Everybody, newest first; `role` one of ROLES or "inactive"."""
    rows = User.objects.all()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(public_id=text))
    if role in ROLES:
        rows = rows.filter(**{ROLES[role]: True})
    elif role == "inactive":
        rows = rows.filter(is_active=False)
    return rows.order_by("-id")


def open_invites() -> QuerySet[Invite]:
    """Invitations that still work, newest first."""
    return Invite.objects.select_related("invited_by").filter(used_at=None, expires_at__gt=Now()).order_by("-id")


# --- Money ------------------------------------------------------------------------------------------------------------
KINDS = {
    AccountKind.WORLD: "Outside: deposits and payouts",
    AccountKind.REQUESTER: "Requesters’ balances",
    AccountKind.HELD: "Held for pools",
    AccountKind.WORKER: "Workers’ earnings",
}


def balances_by_kind() -> list[tuple[str, int, int]]:
    """(kind in words, number of accounts, sum of balances in micro-units), in the order of AccountKind. Three queries."""
    sums = dict.fromkeys(AccountKind.values, 0)
    for side, sign in (("credit__kind", 1), ("debit__kind", -1)):
        for kind, total in Entry.objects.order_by().values_list(side).annotate(total=Sum("amount")):
            sums[kind] += sign * int(total)
    counts = dict(Account.objects.order_by().values_list("kind").annotate(n=Count("pk")))
    return [(KINDS[kind], counts.get(kind.value, 0), sums[kind.value]) for kind in AccountKind]


def requesters() -> QuerySet[User]:
    """Requesters with `balance` and `deposited` in micro-units, by name."""
    account = Account.objects.filter(kind=AccountKind.REQUESTER, owner=OuterRef("pk"))
    came = Entry.objects.filter(credit__kind=AccountKind.REQUESTER, credit__owner=OuterRef("pk")).order_by()
    went = Entry.objects.filter(debit__kind=AccountKind.REQUESTER, debit__owner=OuterRef("pk")).order_by()
    return (
        User.objects.filter(is_requester=True)
        .annotate(
            account=Subquery(account.values("pk")[:1]),
            balance=_sum(came.values("credit__owner")) - _sum(went.values("debit__owner")),
            deposited=_sum(came.filter(debit__kind=AccountKind.WORLD).values("credit__owner")),
        )
        .order_by("name", "pk")
    )


def _sum(grouped: QuerySet[Any, Any]) -> Coalesce:
    total = Subquery(grouped.annotate(total=Sum("amount")).values("total"), output_field=BigIntegerField())
    return Coalesce(total, 0)


def entries() -> QuerySet[Entry]:
    """The ledger, newest first."""
    return Entry.objects.select_related("debit__owner", "credit__owner", "actor").order_by("-id")


# --- Log --------------------------------------------------------------------------------------------------------------
def log(*, text: str = "", verb: str = "", before: int | None = None) -> QuerySet[Event]:
    """Events, newest first, before event `before`. `text`: an id of what it was about or belongs to, or a person's address."""
    rows = Event.objects.select_related("actor")
    if text:
        rows = rows.filter(Q(object_id=text) | Q(scope=text) | Q(actor__email=text.lower()) | Q(actor__public_id=text))
    if verb:
        rows = rows.filter(verb=verb)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-id")


def verbs() -> list[str]:
    """The verbs there are in the log."""
    return list(Event.objects.order_by("verb").values_list("verb", flat=True).distinct())


# --- Settings ---------------------------------------------------------------------------------------------------------
def effective_settings() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """(group, [(variable, value in force, what it means)]). No secrets: of addresses only the host is told."""
    mode = "embedded: SQLite and a folder" if settings.EMBEDDED else "server: PostgreSQL and Redis"
    return [
        (
            "Where things are",
            [
                ("DATABASE_URL, REDIS_URL", mode, "What Quorate stands on."),
                ("DATABASE_URL", _host(settings.DATABASE_URL), "Host of the database."),
                ("REDIS_URL", _host(settings.REDIS_URL), "Host of the broker and cache."),
                ("QUORATE_DATA", str(settings.DATA), "Folder for data."),
                ("QUORATE_S3_BUCKET", settings.S3_BUCKET or "not set: files on disk", "Bucket for media and exports."),
                ("QUORATE_URL", settings.PUBLIC_URL or "not set", "Public address."),
                ("QUORATE_HOSTS", ", ".join(settings.ALLOWED_HOSTS), "Host names that are answered."),
            ],
        ),
        (
            "People and safety",
            [
                ("QUORATE_SIGNUP_OPEN", _yes(settings.SIGNUP_OPEN), "Whether anybody may sign up."),
                ("QUORATE_DEBUG", _yes(settings.DEBUG), "Must be off where others can reach it."),
                ("QUORATE_URL", _yes(settings.HTTPS), "Whether HTTPS is enforced."),
                ("QUORATE_API_RATE", f"{settings.API_RATE_PER_MINUTE:,} a minute", "API requests of one caller."),
            ],
        ),
        (
            "The crowd",
            [
                ("QUORATE_CURRENCY", settings.CURRENCY, "The one currency."),
                ("QUORATE_MAX_ACTIVE", str(settings.MAX_ACTIVE_ASSIGNMENTS), "Unfinished pages of a worker in a pool."),
                ("QUORATE_MAX_UPLOAD_MB", f"{settings.MAX_UPLOAD_BYTES // 1024**2:,} MiB", "Largest upload."),
                ("QUORATE_MAX_MEGAPIXELS", f"{settings.MAX_IMAGE_PIXELS // 10**6} megapixels", "Largest picture."),
                (
                    "QUORATE_MAX_RECORDING_MB",
                    f"{settings.MAX_RECORDING_BYTES // 1024**2:,} MiB",
                    "Largest sound or film.",
                ),
                (
                    "QUORATE_RELAY_DEBOUNCE_MS",
                    f"{settings.RELAY_DEBOUNCE_MS} ms",
                    "Least time between two jobs of one subject.",
                ),
            ],
        ),
    ]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "not named") if url else "not set"


def _yes(value: object) -> str:
    return "yes" if value else "no"
