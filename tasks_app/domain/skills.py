"""Skills: made, given and taken by a requester; what a worker says of themselves; who a pool is for."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from quorate.accounts.models import User, normal_email
from quorate.common.clock import database_now
from quorate.events.log import record
from tasks_app.domain.noting import note_pool
from tasks_app.enums import Guard, SkillSource
from tasks_app.errors import Forbidden, InvalidInput
from tasks_app.grammar import audience as conditions
from tasks_app.models import Pool, Skill, SkillGrant, WorkerProfile
from tasks_app.tools.fields import Problems, read_text

MAX_NAME = 80
MAX_TEXT = 300
MAX_DAYS = 3650
MAX_PEOPLE = 500
MAX_LANGUAGES = 20


def create_skill(*, owner: User, name: Any, description: Any = "") -> Skill:
    """A new skill of a requester's. Raises Forbidden, InvalidInput naming "name" or "description"."""
    if not owner.is_requester:
        raise Forbidden("Only requesters give skills.")
    problems = Problems()
    clean_name = read_text(name, "name", problems, maximum=MAX_NAME)
    clean_description = read_text(description, "description", problems, maximum=MAX_TEXT, required=False)
    problems.check()
    try:
        with transaction.atomic():
            skill = Skill.objects.create(owner=owner, name=clean_name, description=clean_description)
            _note(skill, owner, "created", name=clean_name)
    except IntegrityError as error:
        raise InvalidInput(fields={"name": "You have a skill of this name."}) from error
    return skill


def grant(
    *,
    skill: Skill,
    worker: User,
    value: int,
    source: SkillSource,
    actor: User | None,
    days: int | None = None,
    reason: str = "",
) -> SkillGrant:
    """Give a worker a skill with this value, or another value than before, for `days` (None: for good).

    Inside or outside a transaction. Raises InvalidInput naming "value" or "days".
    """
    problems = Problems()
    if isinstance(value, bool) or not 0 <= value <= 100:
        problems.add("value", "From 0 to 100.")
    if days is not None and not 1 <= days <= MAX_DAYS:
        problems.add("days", f"From 1 to {MAX_DAYS:,}.")
    clean_reason = read_text(reason, "reason", problems, maximum=MAX_TEXT, required=False)
    problems.check()
    now = database_now()
    with transaction.atomic():
        held, _ = SkillGrant.objects.update_or_create(
            skill=skill,
            worker=worker,
            defaults={
                "value": value,
                "expires_at": None if days is None else now + timedelta(days=days),
                "source": source,
                "reason": clean_reason,
                "granted_by": actor,
                "granted_at": now,
            },
        )
        _note(
            skill, actor, "granted", worker=worker.public_id, value=value, days=days, source=str(source), reason=reason
        )
    return held


def grant_to_people(*, skill: Skill, people: str, value: int, days: int | None, actor: User) -> int:
    """Give it by hand to everybody named by address or worker id, one or several a line. Returns to how many.

    Raises InvalidInput naming "people" with the first few that are no workers here; then nobody gets it.
    """
    named = [one for one in people.replace(",", " ").replace(";", " ").split() if one][: MAX_PEOPLE + 1]
    if not 1 <= len(named) <= MAX_PEOPLE or "\x00" in people:
        raise InvalidInput(fields={"people": f"1 to {MAX_PEOPLE} addresses or worker ids."})
    workers = User.objects.filter(is_worker=True)
    found = {user.email: user for user in workers.filter(email__in=[normal_email(one) for one in named])}
    found |= {user.public_id: user for user in workers.filter(public_id__in=named)}
    missing = [one for one in named if normal_email(one) not in found and one not in found]
    if missing:
        raise InvalidInput(fields={"people": f"No workers here: {', '.join(missing[:5])}"})
    chosen = {user.pk: user for one in named if (user := found.get(one) or found.get(normal_email(one)))}
    with transaction.atomic():
        for key in sorted(chosen):
            grant(skill=skill, worker=chosen[key], value=value, days=days, source=SkillSource.HAND, actor=actor)
    return len(chosen)


def revoke(*, skill: Skill, worker: User, actor: User) -> bool:
    """Take a skill back; False where it was not held."""
    with transaction.atomic():
        gone, _ = SkillGrant.objects.filter(skill=skill, worker=worker).delete()
        if gone:
            _note(skill, actor, "revoked", worker=worker.public_id)
    return bool(gone)


def describe_oneself(*, worker: User, languages: Any, country: Any, birth_year: Any) -> WorkerProfile:
    """What a worker says of themselves; empty is nothing. Raises InvalidInput naming the field."""
    problems = Problems()
    codes = [code for code in str(languages).lower().replace(",", " ").split() if code]
    if len(codes) > MAX_LANGUAGES or any(
        not (code.isascii() and code.isalpha() and len(code) in {2, 3}) for code in codes
    ):
        problems.add("languages", "Codes of two or three letters, such as “de, en”.")
    place = str(country).strip().upper()
    if place and not (place.isascii() and place.isalpha() and len(place) == 2):
        problems.add("country", "A code of two letters, such as “DE”.")
    year = database_now().year
    if birth_year is not None and not year - conditions.OLDEST <= birth_year <= year:
        problems.add("birth_year", f"From {year - conditions.OLDEST} to {year}.")
    problems.check()
    values = {"languages": sorted(set(codes)), "country": place, "birth_year": birth_year}
    profile, _ = WorkerProfile.objects.update_or_create(worker=worker, defaults=values)
    return profile


def set_audience(*, pool: Pool, actor: User, audience: Any, guard: Any) -> Pool:
    """Who may work on a pool, and what is kept from all others. Whoever holds a page may finish it.

    Raises InvalidInput naming "audience.all.0.skill" or "guard".
    """
    if guard not in Guard.values:
        raise InvalidInput(fields={"guard": "Choose what is kept from others."})
    clean = conditions.clean(audience)
    wanted = conditions.skills_in(clean)
    own = Skill.objects.filter(public_id__in=wanted, owner=pool.project.created_by_id)
    missing = wanted - set(own.values_list("public_id", flat=True))
    if missing:
        raise InvalidInput(fields={"audience": "A skill in it is none of the project owner's."})
    with transaction.atomic():
        locked = Pool.objects.select_for_update(of=("self",)).select_related("project").get(pk=pool.pk)
        if (locked.audience, locked.guard) != (clean, guard):
            locked.audience, locked.guard = clean, guard
            locked.save(update_fields=["audience", "guard"])
            note_pool(locked, actor, "audience_set", audience=clean, guard=guard)
    return locked


def _note(skill: Skill, actor: User | None, verb: str, **data: object) -> None:
    record(actor=actor, verb=f"skill.{verb}", object_type="skill", object_id=skill.public_id, data=data)
