"""Work as a worker finds it: what is on offer, what it pays an hour, how much of it is left for this worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Avg,
    BigIntegerField,
    Case,
    Count,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Now

from quorate.accounts import linking
from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.enums import AssignmentState, Guard, PoolState, ResultState, TaskKind
from tasks_app.models import Assignment, Pool, Rating, Restriction, Task
from tasks_app.queries.ratings import ENOUGH

# "1,000+" is all a worker wants to know, and counting 100,000 rows for it would make the list slow.
LEFT_MOST = 1000
_ICONS = {"image": "image", "text": "text", "audio": "sound", "video": "film"}
HOUR = 3600
CENT = 10_000
LEFT = """(SELECT count(*) FROM (
    SELECT 1 FROM tasks_app_task t WHERE t.pool_id = tasks_app_pool.id AND t.has_room AND t.state = %s AND t.kind = 'main'
    AND NOT EXISTS (SELECT 1 FROM tasks_app_slot s WHERE s.task_id = t.id AND s.worker_id IN ({who}))
    LIMIT %s) some_left)"""

SORTS: dict[str, tuple[Any, ...]] = {
    "pay": (F("per_hour").desc(nulls_last=True), F("opened_at").desc(nulls_last=True)),
    "new": (F("opened_at").desc(nulls_last=True),),
    "left": (F("left_for_you").desc(), F("opened_at").desc(nulls_last=True)),
}


@dataclass(frozen=True)
class Offer:
    """A pool as its would-be worker sees it. Money in micro-units; `per_hour` None until answers were measured."""

    pk: int
    public_id: str
    title: str
    description: str
    requester: str
    kind: str
    kind_title: str
    icon: str
    state: str
    reward: int
    tasks: int
    seconds: float | None
    per_hour: int | None
    left: int
    in_work: int
    opened_at: datetime | None
    ends_at: datetime | None
    # Mean of all that workers said of the project, 1 to 5; None before enough of them have.
    rating: float | None
    # Whether holders of some skill are paid more.
    rises: bool

    @property
    def left_text(self) -> str:
        """How many tasks are left for this worker; a lot is a lot."""
        return f"{LEFT_MOST:,}+" if self.left > LEFT_MOST else f"{self.left:,}"


def restrictions(worker: User) -> list[Restriction]:
    """What keeps a worker from new work, the graver first. One query."""
    return list(Restriction.objects.filter(worker=worker, lifted_at=None).order_by("kind", "created_at"))


def offers(worker: User, outside: Mapping[int, str], *, sort: str = "pay") -> QuerySet[Pool]:
    """Open pools for this worker to page through: what they hold unfinished first, then what has tasks left, then `sort`.

    `outside`: the guards of pools that are for others; what is hidden from others is left out. Each row carries all that `offer` needs: one query a page.
    """
    hidden = [pool for pool, guard in outside.items() if guard == Guard.SEE]
    rows = _priced(worker).filter(state=PoolState.OPEN).filter(Q(expires_at=None) | Q(expires_at__gt=Now()))
    if hidden:
        rows = rows.exclude(pk__in=hidden)
    begun = Case(When(in_work__gt=0, then=Value(0)), When(left_for_you__gt=0, then=Value(1)), default=Value(2))
    return rows.order_by(begun, *SORTS.get(sort, SORTS["pay"]), "-id")


def offer(pool: Pool) -> Offer:
    """A row of `offers` as its page shows it. No query."""
    row: Any = pool
    project = pool.project
    tool = tools.get(project.kind)
    return Offer(
        pk=pool.pk,
        public_id=pool.public_id,
        title=pool.title,
        description=pool.description,
        requester=project.created_by.name,
        kind=project.kind,
        kind_title=tool.title,
        icon=_ICONS[tool.media],
        state=pool.state,
        reward=pool.reward,
        tasks=pool.tasks_per_assignment,
        seconds=pool.median_seconds,
        per_hour=None if row.per_hour is None else round(row.per_hour / CENT) * CENT,
        left=row.left_for_you,
        in_work=row.in_work,
        opened_at=pool.opened_at,
        ends_at=pool.expires_at,
        rises=bool(pool.price_steps),
        rating=row.rating if (row.rated or 0) >= ENOUGH else None,
    )


def one_offer(worker: User, pool: Pool) -> Offer:
    """The offer of a pool that the gate let through. One query."""
    return offer(_priced(worker).get(pk=pool.pk))


def unfinished(worker: User, pool: Pool) -> list[str]:
    """Public ids of the pages this worker has taken here and not handed in, oldest first. One query."""
    mine = Assignment.objects.filter(
        worker=worker, pool=pool, state=AssignmentState.ACTIVE, expires_at__gt=Now()
    ).order_by("pk")
    return list(mine.values_list("public_id", flat=True))


def example_item(pool: Pool) -> dict[str, Any] | None:
    """One of the pool's items as workers see them (no extra columns, no file names); None without items. One query.

    The oldest one: always the same, so that looking again and again is no way to see the tasks before choosing.
    """
    data = Task.objects.filter(pool=pool, kind=TaskKind.MAIN).order_by("pk").values_list("data", flat=True).first()
    return None if data is None else {name: value for name, value in data.items() if name not in {"meta", "name"}}


def _priced(worker: User) -> QuerySet[Pool]:
    active = Assignment.objects.filter(
        pool=OuterRef("pk"), worker=worker, state=AssignmentState.ACTIVE, expires_at__gt=Now()
    )
    per_hour = Cast(F("reward"), FloatField()) * HOUR / F("tasks_per_assignment") / F("median_seconds")
    rated = Rating.objects.filter(project=OuterRef("project")).order_by().values("project")
    mean = Avg(F("clarity") + F("pay") + F("interface"), output_field=FloatField()) / 3.0
    return Pool.objects.select_related("project__created_by").annotate(
        rated=Subquery(rated.annotate(n=Count("pk")).values("n")),
        rating=Subquery(rated.annotate(mean=mean).values("mean"), output_field=FloatField()),
        per_hour=Case(When(median_seconds__gt=0, then=per_hour), output_field=FloatField()),
        in_work=Coalesce(Subquery(active.values("pool").annotate(n=Count("pk")).values("n")), 0),
        left_for_you=_left(worker),
    )


def _left(worker: User) -> RawSQL:
    """Tasks with a free place that this worker, in none of their accounts, ever had, counted up to LEFT_MOST + 1.

    By hand: the ORM cannot put a LIMIT under a COUNT inside an annotation.
    """
    accounts = linking.accounts_of(worker)
    sql = LEFT.format(who=", ".join(["%s"] * len(accounts)))
    return RawSQL(sql, (ResultState.OPEN.value, *accounts, LEFT_MOST + 1), output_field=BigIntegerField())  # noqa: S611
