"""Workers as admins judge them: how much, how well, how fast, for how much."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from aggregation.beta import beta_quantile
from quorate.accounts.models import User
from quorate.ledger import book
from quorate.ledger.models import AccountKind, Entry, EntryKind
from tasks_app import tools
from tasks_app.enums import AssignmentState
from tasks_app.models import Answer, Assignment, Check, Project, Restriction, WorkerStats
from tasks_app.queries.changes import change_in

SORTS = ("name", "answer_count", "accuracy", "agreement", "spam", "seconds", "earned")
EARNED = (EntryKind.REWARD, EntryKind.BONUS)
# More dots than this make a cloud nobody can read.
DOTS = 300
KNOWN_SHOWN = 200


@dataclass(frozen=True)
class Money:
    """A worker's money in micro-units."""

    earned: int
    balance: int
    pending: int


@dataclass(frozen=True)
class Recent:
    """One of a worker's answers beside what the crowd says. `agrees`: None where there is no result yet."""

    answer: Answer
    project: Project
    said: str
    result: str
    agrees: bool | None


def workers(*, text: str = "", only: str = "", sort: str = "") -> QuerySet[Any]:
    """People who work or have worked, with `answer_count`, `accuracy`, `agreement`, `spam`, `seconds`, `earned`, `restriction`.

    Shares over several projects are means weighted by answers. One query a page. `only`: active, paused, banned.
    """
    measured = Exists(WorkerStats.objects.filter(worker=OuterRef("pk")))
    rows = _measured(User.objects.filter(Q(is_worker=True) | measured))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(public_id=text))
    if only == "active":
        rows = rows.filter(answer_count__gt=0, restriction=None)
    elif only in {"paused", "banned"}:
        rows = rows.filter(restriction=only)
    key = sort.removeprefix("-")
    if key not in SORTS:
        return rows.order_by(F("answer_count").desc(), "pk")
    order = F(key).desc(nulls_last=True) if sort.startswith("-") else F(key).asc(nulls_last=True)
    return rows.order_by(order, "pk")


def one_worker(public_id: str) -> Any:
    """A person with the figures of `workers`; None where there is nobody of this id. One query."""
    return _measured(User.objects.filter(public_id=public_id)).first()


def scatter_points() -> list[tuple[str, float, float, int]]:
    """(name, seconds per answer, accuracy 0..1, answers) of the workers with most answers. One query."""
    rows = _measured(User.objects.all()).filter(accuracy__isnull=False, seconds__isnull=False)
    return list(rows.order_by("-answer_count", "pk").values_list("name", "seconds", "accuracy", "answer_count")[:DOTS])


def stats_of(worker: User) -> list[WorkerStats]:
    """A worker's figures by project, most answers first. One query."""
    return list(WorkerStats.objects.select_related("project").filter(worker=worker).order_by("-answers", "pk"))


def confusion(stats: WorkerStats) -> tuple[list[str], list[list[float]], list[float] | None] | None:
    """(class names, matrix, answers per true class); None where there is none or the classes have changed since."""
    names = [str(row["name"]) for row in stats.project.question.get("classes", [])]
    matrix = stats.confusion
    if not matrix or len(matrix) != len(names):
        return None
    return names, matrix, stats.support


@dataclass(frozen=True)
class Drift:
    """A worker's known answers before and since a change: means of their scores, how many, and when it came."""

    since: datetime
    before: float
    after: float
    answers_before: int
    answers_after: int


@dataclass(frozen=True)
class KnownSoFar:
    """Accuracy on known answers after each of them, oldest first, with its 95 % interval (of a Beta, from a flat prior).

    `drift`: the most likely change on the way; None where none is likely.
    """

    mean: list[float]
    low: list[float]
    high: list[float]
    drift: Drift | None = None


def known_so_far(stats: WorkerStats) -> KnownSoFar | None:
    """The worker's known answers in one project, the newest KNOWN_SHOWN; None without any. One query."""
    rows = Check.objects.filter(project=stats.project_id, worker=stats.worker_id).order_by("-answer")
    found = list(rows.values_list("score", "answer__created_at")[:KNOWN_SHOWN])[::-1]
    scores = np.array([score for score, _ in found], dtype=np.float64)
    if not scores.size:
        return None
    right, number = np.cumsum(scores), np.arange(1, scores.size + 1)
    low, high = (beta_quantile(share, 1 + right, 1 + number - right) for share in (0.025, 0.975))
    return KnownSoFar((right / number).tolist(), low.tolist(), high.tolist(), _drift(found))


def _drift(found: list[tuple[float, datetime]]) -> Drift | None:
    scores = [score for score, _ in found]
    place = change_in(scores)
    if place is None:
        return None
    before, after = scores[:place], scores[place:]
    return Drift(
        since=found[place][1],
        before=sum(before) / len(before),
        after=sum(after) / len(after),
        answers_before=len(before),
        answers_after=len(after),
    )


def recent_answers(worker: User, *, limit: int = 25) -> list[Recent]:
    """The newest answers beside the results of their tasks. One query."""
    rows = (
        Answer.objects.filter(worker=worker)
        .select_related("project", "task__result", "task__pool", "assignment")
        .order_by("-id")[:limit]
    )
    return [_recent(answer) for answer in rows]


def money_of(worker: User) -> Money:
    """What a worker earned in total, has now, and waits for. Three queries."""
    account = book.find(AccountKind.WORKER, owner_id=worker.pk)
    earned = Entry.objects.filter(credit=account, kind__in=EARNED).aggregate(total=Coalesce(Sum("amount"), 0))
    waiting = Assignment.objects.filter(worker=worker, state=AssignmentState.SUBMITTED)
    return Money(
        earned=int(earned["total"]),
        balance=book.balance(account),
        pending=int(waiting.aggregate(total=Coalesce(Sum("reward"), 0))["total"]),
    )


def restrictions_of(worker: User) -> list[Restriction]:
    """Every pause and ban there was, newest first. One query."""
    return list(
        Restriction.objects.select_related("created_by", "lifted_by", "worker").filter(worker=worker).order_by("-id")
    )


def find_restriction(worker: User, public_id: str) -> Restriction | None:
    """One of a worker's restrictions. One query."""
    return Restriction.objects.select_related("worker").filter(worker=worker, public_id=public_id).first()


def _recent(answer: Answer) -> Recent:
    tool = tools.get(answer.project.kind)
    question = answer.project.question
    result = getattr(answer.task, "result", None)
    return Recent(
        answer=answer,
        project=answer.project,
        said=tool.summary_of(question, answer.value),
        result=result.summary if result else "",
        agrees=None if result is None else tool.agreement(question, answer.value, result.value) >= 0.5,
    )


def _measured(rows: QuerySet[User]) -> QuerySet[Any]:
    answers = Answer.objects.filter(worker=OuterRef("pk")).order_by().values("worker")
    paid = Entry.objects.filter(
        credit__kind=AccountKind.WORKER, credit__owner=OuterRef("pk"), kind__in=EARNED
    ).order_by()
    # "banned" sorts before "paused", which is also the order of gravity.
    open_restrictions = Restriction.objects.filter(worker=OuterRef("pk"), lifted_at=None).order_by("kind")
    return rows.annotate(
        answer_count=Coalesce(Subquery(answers.annotate(n=Count("pk")).values("n"), output_field=BigIntegerField()), 0),
        accuracy=_mean("accuracy"),
        agreement=_mean("agreement"),
        spam=_mean("spam_score"),
        seconds=_mean("median_seconds"),
        earned=Coalesce(
            Subquery(
                paid.values("credit__owner").annotate(total=Sum("amount")).values("total"),
                output_field=BigIntegerField(),
            ),
            0,
        ),
        restriction=Subquery(open_restrictions.values("kind")[:1]),
    )


def _mean(field: str) -> Any:
    """Mean over the worker's projects, weighted by answers; NULL where no project has a figure."""
    known = Q(**{f"stats__{field}__isnull": False})
    total = Sum(F(f"stats__{field}") * Cast(F("stats__answers"), FloatField()), filter=known, output_field=FloatField())
    return total / NullIf(Sum(Cast(F("stats__answers"), FloatField()), filter=known), 0.0)
