"""What workers say of a project's work: clarity, pay, interface."""

from typing import Any

from django.db import transaction

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.log import record
from tasks_app.errors import Forbidden
from tasks_app.models import Project, Rating
from tasks_app.queries.ratings import ASPECTS, may_rate
from tasks_app.tools.fields import Problems, read_number

LEAST, MOST = 1, 5


def rate(*, worker: User, project: Project, **given: Any) -> Rating:
    """A worker's word on a project they handed work in to, 1 to 5 for each of ASPECTS; said again it takes the place of the first.

    Raises Forbidden where nothing was handed in, InvalidInput naming the aspect.
    """
    problems = Problems()
    values = {
        name: int(read_number(given.get(name), name, problems, minimum=LEAST, maximum=MOST) or LEAST)
        for name, _ in ASPECTS
    }
    problems.check()
    if not may_rate(worker, project):
        raise Forbidden("Hand in some work first.")
    with transaction.atomic():
        made, _ = Rating.objects.update_or_create(
            project=project, worker=worker, defaults={**values, "rated_at": database_now()}
        )
        # Who said what is for nobody to read: the event tells that it was said.
        record(
            actor=None,
            verb="project.rated",
            object_type="project",
            object_id=project.public_id,
            scope=project.public_id,
        )
    return made
