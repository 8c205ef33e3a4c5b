"""Rules and what they did, as a project's people, the worker concerned and admins read it."""

from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery

from quorate.accounts.models import User
from tasks_app.enums import Sanction
from tasks_app.errors import NotFound
from tasks_app.grammar import rule as grammar
from tasks_app.models import Appeal, Exclusion, Firing, Pool, Project, Rule, Skill
from tasks_app.queries.api_pseudonyms import pseudonym
from tasks_app.queries.gate import in_force, may_be_id

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Told:
    """A firing in words: what was seen, what follows."""

    firing: Firing
    who: str
    seen: list[str]
    follows: str
    appeal: Appeal | None


def rules_of(project: Project) -> list[tuple[Any, str]]:
    """A project's rules with `fired` and `undone`, each as a sentence. Two queries."""
    rows = Rule.objects.filter(project=project, removed_at=None).annotate(
        fired=Count("firings"), undone=Count("firings", filter=Q(firings__undone_at__isnull=False))
    )
    names = skill_names(project)
    return [(row, grammar.sentence(row.body, names)) for row in rows.order_by("pk")]


def skill_names(project: Project) -> dict[str, str]:
    """Skills that rules of the project may give, by public id. One query."""
    return dict(Skill.objects.filter(owner=project.created_by_id).order_by("name").values_list("public_id", "name"))


def rule_of(project: Project, public_id: str) -> Rule:
    """A rule of this very project. One query. Raises NotFound."""
    rows = Rule.objects.filter(project=project, removed_at=None).select_related("project")
    return _one(rows, public_id)


def firing_of(project: Project, public_id: str) -> Firing:
    """A firing in this very project. One query. Raises NotFound."""
    return _one(Firing.objects.filter(project=project), public_id)


def firing_on(worker: User, public_id: str) -> Firing:
    """A firing on this worker. One query. Raises NotFound."""
    return _one(Firing.objects.filter(worker=worker).select_related("project", "worker"), public_id)


def appeal(public_id: str) -> Appeal:
    """Raises NotFound."""
    return _one(Appeal.objects.select_related("firing__project", "firing__worker"), public_id)


def _one(rows: QuerySet[M], public_id: str) -> M:
    found = rows.filter(public_id=public_id).first() if may_be_id(public_id) else None
    if found is None:
        raise NotFound
    return found


def firings_of(project: Project, *, limit: int = 50) -> list[Told]:
    """The newest firings; workers under their code names of the project. One query, and the skills'."""
    rows = Firing.objects.filter(project=project).select_related("appeal", "undone_by").order_by("-id")[:limit]
    names = skill_names(project)
    return [_told(row, pseudonym(project.pk, row.worker_id), names) for row in rows]


def notices_of(worker: User, *, limit: int = 100) -> list[Told]:
    """What rules did about this worker, newest first; skills alone are told on the page of skills. One query."""
    # The project's name is its members'; workers know the title of its pool.
    title = Pool.objects.filter(project=OuterRef("project")).order_by("-id").values("title")[:1]
    rows = Firing.objects.filter(worker=worker).select_related("appeal").annotate(title=Subquery(title)).order_by("-id")
    shown = [row for row in rows[:limit] if {one["do"] for one in row.body["then"]} != {"skill"}]
    return [replace(_told(row, row.title, {}), follows=grammar.to_worker(row.body["then"])) for row in shown]


def disputes(*, decided: bool) -> QuerySet[Appeal]:
    """Appeals to decide, the oldest first; or those decided, the newest first."""
    rows = Appeal.objects.select_related("firing__project", "firing__worker", "decided_by")
    if decided:
        return rows.filter(decided_at__isnull=False).order_by("-decided_at")
    return rows.filter(decided_at=None).order_by("created_at")


def dispute(appeal: Appeal) -> Told:
    """An appeal with what it is about, as an admin reads it. No query."""
    return _told(appeal.firing, appeal.firing.worker.name, {}, appeal)


def excluded_from(worker: User) -> list[Exclusion]:
    """What keeps the worker from some work now, or holds while it is done. One query."""
    now = in_force().filter(worker=worker) | in_force(Sanction.SLOWED).filter(worker=worker)
    now |= in_force(Sanction.REVIEWED).filter(worker=worker)
    return list(now.select_related("project", "pool", "requester", "firing"))


def _told(firing: Firing, who: str, names: dict[str, str], made: Appeal | None = None) -> Told:
    return Told(
        firing=firing,
        who=who,
        seen=[grammar.told(one) for one in firing.evidence],
        follows=grammar.in_words(firing.body["then"], names),
        appeal=made or getattr(firing, "appeal", None),
    )
