"""Who fits which pool, and which skills there are."""

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.enums import PoolState
from tasks_app.grammar.audience import Facts, fits, sentence, skills_in
from tasks_app.grammar.price import percent_for, sentences
from tasks_app.models import Pool, Skill, SkillGrant, WorkerProfile


def skills_held(worker: User) -> dict[str, int]:
    """The worker's skills that have not run out, by public id. One query."""
    held = SkillGrant.objects.filter(worker=worker).filter(Q(expires_at=None) | Q(expires_at__gt=Now()))
    return dict(held.values_list("skill__public_id", "value"))


def reward_for(worker: User, pool: Pool) -> int:
    """What a full page pays this worker, in micro-units. One query where the pool pays by skill, none where not."""
    if not pool.price_steps:
        return pool.reward
    return pool.reward * percent_for(pool.price_steps, skills_held(worker)) // 100


def facts_of(worker: User, device: str = "") -> Facts:
    """What is known of a worker now. Two queries, three where an age was given."""
    profile = WorkerProfile.objects.filter(worker=worker).first() or WorkerProfile()
    born = profile.birth_year
    return Facts(
        skills=skills_held(worker),
        device=device,
        languages=frozenset(profile.languages),
        country=profile.country,
        # Whole years that are certainly over: nobody is asked for a birthday.
        age=None if born is None else max(database_now().year - born - 1, 0),
    )


def belongs(worker: User, pool: Pool, device: str = "") -> bool:
    """Whether the worker is in the pool's audience, on this device. No query where it is for everybody."""
    return not pool.audience or fits(pool.audience, facts_of(worker, device))


def outside(worker: User, device: str = "") -> dict[int, str]:
    """Pool id → guard, of the open pools whose audience the worker is not in. One query, and what the facts take."""
    rows = Pool.objects.filter(state=PoolState.OPEN).exclude(audience={}).values_list("pk", "audience", "guard")
    found = list(rows)
    facts = facts_of(worker, device) if found else Facts()
    return {pool: guard for pool, audience, guard in found if not fits(audience, facts)}


def price_steps(pool: Pool) -> list[str]:
    """The pool's price by skill in words; nothing where it pays all alike. One query, none where it does."""
    wanted = {one["skill"] for one in pool.price_steps}
    names = dict(Skill.objects.filter(public_id__in=wanted).values_list("public_id", "name")) if wanted else {}
    return sentences(pool.price_steps, names)


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
