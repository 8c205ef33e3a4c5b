"""What the API lists, and the numbers beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from quorate.accounts.models import User
from quorate.ledger import book
from quorate.ledger.models import Account, AccountKind
from tasks_app.enums import TaskKind
from tasks_app.models import Assignment, Export, Membership, Pool, Project, Result, Task
from tasks_app.queries.dashboards import stand


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's money in micro-units."""

    balance: int
    earned: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A pool's tasks by state, and the answers they have."""

    tasks: int
    open: int
    settled: int
    contested: int
    answers: int


def wallet(user: User) -> Wallet:
    """Three queries; makes no account."""
    mine = list(Account.objects.filter(owner=user, ref=""))
    totals = book.balances(mine)
    found = {account.kind: totals[account.pk] for account in mine}
    return Wallet(balance=found.get(AccountKind.REQUESTER, 0), earned=found.get(AccountKind.WORKER, 0))


def progress(pool: Pool) -> Progress:
    """One query; of a pool so large that counting takes long, the count may be up to 4 s old."""
    found = stand(pool)
    return Progress(
        tasks=found.progress.total,
        open=found.progress.open,
        settled=found.progress.settled,
        contested=found.progress.contested,
        answers=found.spread.answers,
    )


def projects_of(user: User, *, archived: bool) -> QuerySet[Project]:
    """The projects this person is a member of, each with `gate_role`; what others share with nobody is not listed."""
    mine = Membership.objects.filter(user=user).values("project")
    rows = Project.objects.filter(pk__in=mine, archived_at__isnull=not archived)
    role = Membership.objects.filter(project=OuterRef("pk"), user=user).values("role")[:1]
    return rows.annotate(gate_role=Subquery(role))


def pools_of(user: User, *, project: str, state: str) -> QuerySet[Pool]:
    """The pools of this person's projects; `project` and `state` narrow it where given."""
    mine = Membership.objects.filter(user=user).values("project")
    rows = Pool.objects.filter(project__in=mine).select_related("project")
    if project:
        rows = rows.filter(project__public_id=project)
    return rows.filter(state=state) if state else rows


def tasks_of(pool: Pool, *, state: str) -> QuerySet[Task]:
    """A pool's tasks with their results."""
    rows = Task.objects.filter(pool=pool).select_related("pool", "result")
    return rows.filter(state=state) if state else rows


def results_of(project: Project, filters: Mapping[str, Any]) -> QuerySet[Result]:
    """A project's results; filters: state, class, confidence_min, confidence_max, updated_after."""
    rows = Result.objects.filter(task__pool__project=project, task__kind=TaskKind.MAIN).select_related("task")
    found = Q()
    if filters.get("state"):
        found &= Q(task__state=filters["state"])
    if filters.get("class"):
        found &= Q(classes__contains=f"|{filters['class']}|")
    if filters.get("confidence_min") is not None:
        found &= Q(confidence__gte=filters["confidence_min"])
    if filters.get("confidence_max") is not None:
        found &= Q(confidence__lte=filters["confidence_max"])
    if filters.get("updated_after") is not None:
        found &= Q(updated_at__gt=filters["updated_after"])
    return rows.filter(found)


def assignments_of(worker: User, *, state: str) -> QuerySet[Assignment]:
    """A worker's own assignments."""
    rows = Assignment.objects.filter(worker=worker).select_related("pool")
    return rows.filter(state=state) if state else rows


def assignments_in(pool: Pool, *, state: str) -> QuerySet[Assignment]:
    """A pool's assignments, for its requester."""
    rows = Assignment.objects.filter(pool=pool).select_related("pool", "worker")
    return rows.filter(state=state) if state else rows


def exports_of(project: Project) -> QuerySet[Export]:
    """A project's exports."""
    return Export.objects.filter(project=project).select_related("project")
