"""Who fits which pool, and which skills there are."""

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.enums import PoolState
from tasks_app.grammar.audience import Facts, fits, sentence, skills_in
from tasks_app.models import Pool, Skill, SkillGrant, WorkerProfile


def facts_of(worker: User) -> Facts:
    """What is known of a worker now. Two queries, three where an age was given."""
    held = SkillGrant.objects.filter(worker=worker).filter(Q(expires_at=None) | Q(expires_at__gt=Now()))
    profile = WorkerProfile.objects.filter(worker=worker).first() or WorkerProfile()
    born = profile.birth_year
    return Facts(
        skills=dict(held.values_list("skill__public_id", "value")),
        languages=frozenset(profile.languages),
        country=profile.country,
        # Whole years that are certainly over: nobody is asked for a birthday.
        age=None if born is None else max(database_now().year - born - 1, 0),
    )


def belongs(worker: User, pool: Pool) -> bool:
    """Whether the worker is in the pool's audience. No query where it is for everybody."""
    return not pool.audience or fits(pool.audience, facts_of(worker))


def outside(worker: User) -> dict[int, str]:
    """Pool id → guard, of the open pools whose audience the worker is not in. One query, and what the facts take."""
    rows = Pool.objects.filter(state=PoolState.OPEN).exclude(audience={}).values_list("pk", "audience", "guard")
    found = list(rows)
    facts = facts_of(worker) if found else Facts()
    return {pool: guard for pool, audience, guard in found if not fits(audience, facts)}


def in_words(pool: Pool) -> str:
    """Who a pool is for. One query, none for everybody."""
    wanted = skills_in(pool.audience)
    names = dict(Skill.objects.filter(public_id__in=wanted).values_list("public_id", "name")) if wanted else {}
    text = sentence(pool.audience, names)
    return text[:1].upper() + text[1:]


def skills_of(owner: User) -> QuerySet[Skill]:
    """A requester's skills with `holders`, by name."""
    live = Q(grants__expires_at=None) | Q(grants__expires_at__gt=Now())
    return Skill.objects.filter(owner=owner).annotate(holders=Count("grants", filter=live)).order_by("name")


def holders(skill: Skill) -> QuerySet[SkillGrant]:
    """Who holds a skill, the newest grant first."""
    return SkillGrant.objects.filter(skill=skill).select_related("worker", "granted_by").order_by("-granted_at", "-pk")


def held_by(worker: User) -> list[SkillGrant]:
    """What a worker holds, expired ones last. One query."""
    rows = SkillGrant.objects.filter(worker=worker).select_related("skill__owner")
    now = database_now()
    return sorted(rows, key=lambda row: (row.expires_at is not None and row.expires_at <= now, row.skill.name))
