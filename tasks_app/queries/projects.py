"""A person's projects as cards, and the next thing that a project asks of its people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Count, OuterRef, QuerySet, Subquery

from quorate.accounts.models import User
from tasks_app.enums import ImportState, PoolState
from tasks_app.models import Import, Membership, Pool, Project
from tasks_app.queries import dashboards

SOON = timedelta(days=2)


@dataclass(frozen=True)
class Step:
    """The next thing to do: `tab` is the URL name of the page where it is done; `calm` when nothing is waiting."""

    text: str
    detail: str
    tab: str
    action: str
    calm: bool = False


@dataclass(frozen=True)
class Card:
    """A project in the list."""

    project: Project
    pool: Pool
    role: str
    progress: dashboards.Progress
    money: dashboards.PoolMoney
    step: Step


def mine(user: User, *, archived: bool = False) -> QuerySet[Project]:
    """Projects the person is a member of, newest first, each with `.role` and `.pool_id`, its current pool's."""
    role = Membership.objects.filter(project=OuterRef("pk"), user_id=user.pk).values("role")[:1]
    newest = Pool.objects.filter(project=OuterRef("pk")).order_by("-id").values("pk")[:1]
    return (
        Project.objects.filter(memberships__user_id=user.pk, archived_at__isnull=not archived)
        .annotate(role=Subquery(role), pool_id=Subquery(newest))
        .order_by("-id")
    )


def archived_count(user: User) -> int:
    """How many archived projects the person has."""
    return Project.objects.filter(memberships__user_id=user.pk, archived_at__isnull=False).count()


def cards(projects: list[Project], now: datetime) -> list[Card]:
    """Cards of projects from `mine`. Six queries, however many."""
    pools = Pool.objects.in_bulk([project.pool_id for project in projects])  # type: ignore[attr-defined]
    stands = dashboards.progress(pools.values())
    names = sha256(repr(sorted(pools)).encode()).hexdigest()
    sums = dashboards.remembered(f"cards:{names}", lambda: dashboards.money(pools.values()))
    importing = dict(
        Import.objects.filter(pool__in=pools, state=ImportState.RUNNING)
        .values_list("pool_id")
        .annotate(n=Count("*"))
        .order_by()
    )
    found = []
    for project in projects:
        pool = pools[project.pool_id]  # type: ignore[attr-defined]
        pool.project = project
        stand = stands.get(pool.pk, dashboards.Progress())
        found.append(
            Card(
                project=project,
                pool=pool,
                role=project.role,  # type: ignore[attr-defined]
                progress=stand,
                money=sums.get(pool.public_id, dashboards.PoolMoney()),
                step=next_step(pool, stand, now=now, importing=pool.pk in importing),
            )
        )
    return found


def next_step(pool: Pool, stand: dashboards.Progress, *, now: datetime, importing: bool = False) -> Step:
    """What to do next, from facts at hand; no query. `pool.project` must be loaded."""
    if pool.state == PoolState.DRAFT:
        return _before_launch(pool, stand, importing=importing)
    finished = stand.total > 0 and not stand.open
    if pool.state == PoolState.CLOSED:
        if stand.open:
            return Step(
                f"Closed with {stand.open:,} of {stand.total:,} open",
                "What was settled is in the results.",
                "results",
                "See results",
                calm=True,
            )
        return Step("Finished", "Every item has its result.", "results", "See results", calm=True)
    if finished:
        return Step("Every item is done", "Close the project to get back what is still held.", "launch", "Close it")
    if not stand.total:
        return Step("No items left to answer", "Add items, or close the project.", "items", "Add items")
    if pool.state == PoolState.PAUSED:
        return Step("Paused", "Workers get no new tasks until you resume.", "launch", "Resume")
    if pool.expires_at and pool.expires_at - now < SOON:
        return Step("Its lifetime ends soon", "After that no more work is handed out.", "launch", "Look at it")
    if stand.contested:
        return Step(
            f"{stand.contested:,} contested {'item' if stand.contested == 1 else 'items'}",
            "Workers do not agree on them, and the maximum is reached.",
            "results",
            "Look at them",
        )
    return Step("Open to workers", "Nothing needs you now.", "live", "Watch", calm=True)


def _before_launch(pool: Pool, stand: dashboards.Progress, *, importing: bool) -> Step:
    if not pool.project.question:
        return Step("Write the question", "What do you ask, and which answers are there?", "question", "Write it")
    if importing:
        return Step("Items are being read", "You can set the price meanwhile.", "price", "Set the price", calm=True)
    if not stand.total:
        return Step("Add items", "Photos, a ZIP, or a table of texts.", "items", "Add items")
    return Step("Ready to launch", "Check what it may cost, then start.", "launch", "Go to launch")
