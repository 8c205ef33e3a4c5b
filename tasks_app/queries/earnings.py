"""What a worker has done and what it earned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from quorate.accounts.models import User
from quorate.ledger import book
from quorate.ledger.models import AccountKind, Entry, EntryKind
from tasks_app.enums import AssignmentState
from tasks_app.models import Answer, Assignment

# Pay per hour is a figure of the present: what was earned long ago, at other prices, says little.
RECENT = timedelta(days=30)
CENT = 10_000
EARNED = (EntryKind.REWARD, EntryKind.BONUS)


@dataclass(frozen=True)
class Earnings:
    """A worker's money in micro-units, days in UTC. `per_hour`: None until work of the last 30 days was measured."""

    today: int
    total: int
    balance: int
    pending: int
    pending_pages: int
    per_hour: int | None
    hours: float


@dataclass(frozen=True)
class Row:
    """A line of the statement, in words."""

    at: datetime
    what: str
    amount: int
    balance: int
    entry: int


def earnings(worker: User) -> Earnings:
    """The sums at the head of the earnings page. Five queries."""
    account = book.find(AccountKind.WORKER, owner_id=worker.pk)
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    recently = timezone.now() - RECENT
    paid = Entry.objects.filter(credit=account, kind__in=EARNED).aggregate(
        total=Coalesce(Sum("amount"), 0), today=Coalesce(Sum("amount", filter=Q(at__gte=midnight)), 0)
    )
    pages = Assignment.objects.filter(worker=worker).aggregate(
        pending=Coalesce(Sum("reward", filter=Q(state=AssignmentState.SUBMITTED)), 0),
        waiting=Count("pk", filter=Q(state=AssignmentState.SUBMITTED)),
        recent=Coalesce(
            Sum(
                "reward",
                filter=Q(state__in=(AssignmentState.SUBMITTED, AssignmentState.ACCEPTED), submitted_at__gte=recently),
            ),
            0,
        ),
    )
    seconds = (
        Answer.objects.filter(worker=worker, assignment__submitted_at__gte=recently)
        .exclude(assignment__state=AssignmentState.REJECTED)
        .aggregate(s=Coalesce(Sum("seconds"), 0.0))["s"]
    )
    return Earnings(
        today=int(paid["today"]),
        total=int(paid["total"]),
        balance=book.balance(account),
        pending=int(pages["pending"]),
        pending_pages=pages["waiting"],
        per_hour=round(int(pages["recent"]) * 3600 / seconds / CENT) * CENT if seconds >= 60 else None,
        hours=seconds / 3600,
    )


def by_day(worker: User, *, days: int = 14) -> list[tuple[date, int]]:
    """Micro-units paid on each of the last `days` days (UTC), today last; days without pay are 0. Two queries."""
    today = timezone.now().date()
    first = today - timedelta(days=days - 1)
    rows = (
        Entry.objects.filter(
            credit=book.find(AccountKind.WORKER, owner_id=worker.pk), kind__in=EARNED, at__date__gte=first
        )
        .annotate(day=TruncDate("at"))
        .values_list("day")
        .annotate(total=Sum("amount"))
    )
    found = dict(rows)
    every: Iterator[date] = (first + timedelta(days=number) for number in range(days))
    return [(day, int(found.get(day, 0))) for day in every]


def statement(worker: User, *, before: int | None = None, limit: int = 50) -> list[Row]:
    """The newest lines of the worker's account (before entry `before`), with what each was for. Five queries."""
    lines = book.statement(book.find(AccountKind.WORKER, owner_id=worker.pk), limit=limit, before=before)
    titles = dict(
        Assignment.objects.filter(
            worker=worker, public_id__in=[_page_of(line.entry) for line in lines if line.entry.kind in EARNED]
        ).values_list("public_id", "pool__title")
    )
    return [
        Row(
            at=line.entry.at,
            what=_what(line.entry, titles),
            amount=line.amount,
            balance=line.balance,
            entry=line.entry.pk,
        )
        for line in lines
    ]


def _page_of(entry: Entry) -> str:
    """The assignment that a reward or a bonus was for: what stands before the first colon of its ref."""
    return entry.ref.partition(":")[0]


def _what(entry: Entry, titles: dict[str, str]) -> str:
    title = titles.get(_page_of(entry), "")
    if entry.kind == EntryKind.BONUS:
        return f"Bonus: {entry.memo}" + (f" ({title})" if title else "")
    return title or entry.memo or entry.get_kind_display().capitalize()


def own_assignments(worker: User, *, state: str = "") -> QuerySet[Assignment]:
    """The worker's pages, newest first, each with its pool and the number of answers on it."""
    rows = Assignment.objects.filter(worker=worker).select_related("pool__project")
    if state in AssignmentState.values:
        rows = rows.filter(state=state)
    return rows.annotate(given=Count("answers")).order_by("-id")


def counts_by_state(worker: User) -> dict[str, int]:
    """How many of the worker's pages are in each state. One query."""
    return dict(Assignment.objects.filter(worker=worker).values_list("state").annotate(n=Count("pk")))
