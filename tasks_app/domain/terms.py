"""What admins set for the whole instance."""

from typing import Any

from django.db import transaction

from quorate.accounts.models import User
from quorate.events.log import record
from tasks_app.domain.pricing import MAX_REWARD
from tasks_app.errors import Forbidden
from tasks_app.models import Terms
from tasks_app.tools.fields import Problems, read_number

DAYS = (1, 90)


def set_terms(*, actor: User, least_per_hour: Any, dispute_days: Any) -> Terms:
    """The pay an hour below which a launch is warned of, in micro-units, 0 for none; and the days a rejection can be disputed.

    What was rejected before keeps its time. Raises Forbidden where `actor` is no admin, InvalidInput naming the field.
    """
    if not actor.is_admin:
        raise Forbidden("Only admins set this.")
    problems = Problems()
    least = read_number(least_per_hour, "least_per_hour", problems, minimum=0, maximum=MAX_REWARD)
    days = read_number(dispute_days, "dispute_days", problems, minimum=DAYS[0], maximum=DAYS[1])
    problems.check()
    values = {"least_per_hour": int(least or 0), "dispute_days": int(days or DAYS[0])}
    with transaction.atomic():
        made, _ = Terms.objects.update_or_create(pk=1, defaults=values)
        record(actor=actor, verb="terms.set", object_type="terms", object_id="1", data=values)
    return made
