"""The one way by which an object of a project, named by its public id, reaches a view or an API call.

Whoever may not see a thing is told that there is none (NotFound); whoever sees it but lacks the role is told so (Forbidden).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from quorate.accounts.models import User, good_key
from quorate.common.prepared import Names, Prepared
from tasks_app import rules
from tasks_app.enums import AssignmentState, PoolState, Sanction
from tasks_app.errors import Forbidden, NotFound
from tasks_app.models import (
    Assignment,
    Exclusion,
    Export,
    Import,
    Membership,
    Pool,
    Project,
    Restriction,
    Standing,
    Task,
    WorkerCursor,
)

M = TypeVar("M", bound=Model)


def may_be_id(public_id: str) -> bool:
    """Whether a text can be a public id at all; a NUL in it would be an error of the database, not an empty result."""
    return public_id.isascii() and public_id.isalnum()


def _role(user: User, project_path: str) -> Subquery:
    """The user's role in the project that `project_path` leads to, as an annotation: no extra query."""
    return Subquery(Membership.objects.filter(project=OuterRef(project_path), user_id=user.pk).values("role")[:1])


def _pass(rows: QuerySet[M], user: User, public_id: str, project_path: str, need: rules.Need) -> M:
    """One query. Raises NotFound or Forbidden."""
    if not user.is_authenticated or not may_be_id(public_id):
        raise NotFound
    found = rows.annotate(gate_role=_role(user, project_path)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    role: str | None = found.gate_role  # type: ignore[attr-defined]  # the annotation above
    if not rules.view(role, user.is_admin):
        raise NotFound
    if not need(role, user.is_admin):
        raise Forbidden
    return found


def project(user: User, public_id: str, need: rules.Need = rules.view) -> Project:
    """A project; `.gate_role` on it is the user's role (None for an admin who is no member)."""
    return _pass(Project.objects.all(), user, public_id, "pk", need)


def pool(user: User, public_id: str, need: rules.Need = rules.view) -> Pool:
    """A pool with its project."""
    return _pass(Pool.objects.select_related("project"), user, public_id, "project", need)


def task(user: User, public_id: str, need: rules.Need = rules.view) -> Task:
    """A task with its pool, project and result."""
    return _pass(Task.objects.select_related("pool__project", "result"), user, public_id, "pool__project", need)


def import_(user: User, public_id: str, need: rules.Need = rules.view) -> Import:
    """An import with its pool and project."""
    return _pass(Import.objects.select_related("pool__project"), user, public_id, "pool__project", need)


def export(user: User, public_id: str, need: rules.Need = rules.view) -> Export:
    """An export with its project."""
    return _pass(Export.objects.select_related("project"), user, public_id, "project", need)


def assignment_for_review(user: User, public_id: str, need: rules.Need = rules.edit) -> Assignment:
    """Somebody's assignment, for the project's own people."""
    return _pass(Assignment.objects.select_related("pool__project"), user, public_id, "pool__project", need)


def own_assignment(user: User, public_id: str) -> Assignment:
    """The worker's own assignment with pool and project. Raises NotFound for anybody else's."""
    rows = Assignment.objects.select_related("pool__project")
    known = user.is_authenticated and may_be_id(public_id)
    found = rows.filter(public_id=public_id, worker_id=user.pk).first() if known else None
    if found is None:
        raise NotFound
    return found


def control(user: User) -> None:
    """Passes admins only. Others are told there is no such page."""
    if not (user.is_authenticated and user.is_admin):
        raise NotFound


@dataclass(frozen=True)
class Market:
    """A published pool as one worker meets it: with what decides whether and from where the worker is served."""

    pool: Pool
    restricted: bool
    active: int
    now: datetime
    taken_before: int | None
    fresh_key: int
    wanted_key: int
    lap_after: datetime | None
    known_factor: float
    slow_every: int | None  # seconds from one page to the next, by a rule
    person: int | None  # whose account this is, where it is one of several (quorate.accounts.linking)


FACTS = (
    "restricted",
    "active",
    "now",
    "taken_before",
    "fresh_key",
    "wanted_key",
    "lap_after",
    "known_factor",
    "slow_every",
    "person",
)


def _market(names: Names) -> QuerySet[Pool]:
    worker = names.number("worker")
    mine = WorkerCursor.objects.filter(worker_id=worker, pool=OuterRef("pk"))
    here = Q(pool=OuterRef("pk")) | Q(project=OuterRef("project")) | Q(requester=OuterRef("project__created_by"))
    excluded = in_force().filter(here, worker_id=worker)
    slowed = in_force(Sanction.SLOWED).filter(here, worker_id=worker).order_by("-every_seconds")
    standing = Standing.objects.filter(worker_id=worker, project=OuterRef("project"))
    held = Assignment.objects.filter(worker_id=worker, pool=OuterRef("pk"))
    active = held.filter(state=AssignmentState.ACTIVE).order_by().values("pool").annotate(n=Count("pk")).values("n")
    return (
        Pool.objects.select_related("project")
        .exclude(state=PoolState.DRAFT)
        .filter(public_id=names.text("pool"))
        .annotate(
            restricted=Exists(Restriction.objects.filter(worker_id=worker, lifted_at=None)) | Exists(excluded),
            active=Coalesce(Subquery(active), 0),
            now=Now(),
            taken_before=Subquery(held.filter(take_key=names.text("take_key")).values("pk")[:1]),
            fresh_key=Coalesce(Subquery(mine.values("fresh_key")), -1),
            wanted_key=Coalesce(Subquery(mine.values("wanted_key")), -1),
            lap_after=Subquery(mine.values("lap_after")),
            known_factor=Coalesce(Subquery(standing.values("known_factor")), 1.0),
            slow_every=Subquery(slowed.values("every_seconds")[:1]),
            person=Subquery(User.objects.filter(pk=worker).values("person")),
        )
    )


def in_force(what: Sanction = Sanction.EXCLUDED) -> QuerySet[Exclusion]:
    """Exclusions, or another kind of them, that are neither lifted nor over."""
    return Exclusion.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()), lifted_at=None, what=what)


def _market_by_key(names: Names) -> QuerySet[Pool]:
    good = good_key(key=names.number("key")).filter(user__is_worker=True)
    return _market(names).filter(Exists(good))


MARKET, MARKET_BY_KEY = Prepared(_market), Prepared(_market_by_key)


def market(worker: User, public_id: str, *, take_key: str | None = None, api_key: int | None = None) -> Market:
    """A published pool with its project, for any worker. One query.

    Raises NotFound for drafts, unknown ids and people who are no workers. `api_key`: the worker was known by this key from
    memory (quorate.api), and the query asks whether it still is good; NotFound if not.
    """
    if not (worker.is_authenticated and worker.is_worker and may_be_id(public_id)):
        raise NotFound
    given = {"worker": worker.pk, "pool": public_id, "take_key": take_key}
    found = MARKET.first(**given) if api_key is None else MARKET_BY_KEY.first(**given, key=api_key)
    if found is None:
        raise NotFound
    return Market(
        pool=found,
        **{name: getattr(found, name) for name in FACTS},
    )
