"""What workers say of a project, told only when enough of them have: nobody is to be known by it."""

from dataclasses import dataclass

from django.db.models import Avg, Count

from quorate.accounts.models import User
from tasks_app.enums import AssignmentState
from tasks_app.models import Assignment, Project, Rating

ASPECTS = (("clarity", "Clarity"), ("pay", "Pay"), ("interface", "Interface"))
ENOUGH = 5


@dataclass(frozen=True)
class Rated:
    """Means of 1 to 5 by aspect, as (name, mean), and of all; empty and None where fewer than ENOUGH have rated."""

    count: int
    means: list[tuple[str, float]]
    overall: float | None


def ratings_of(project: Project) -> Rated:
    """One query."""
    found = Rating.objects.filter(project=project).aggregate(n=Count("pk"), **{name: Avg(name) for name, _ in ASPECTS})
    if found["n"] < ENOUGH:
        return Rated(found["n"], [], None)
    means = [(label, float(found[name])) for name, label in ASPECTS]
    return Rated(found["n"], means, sum(mean for _, mean in means) / len(means))


def own_rating(worker: User, project: Project) -> Rating | None:
    """What this worker said. One query."""
    return Rating.objects.filter(worker=worker, project=project).first()


def may_rate(worker: User, project: Project) -> bool:
    """Whether the worker has handed work in here. One query."""
    done = (AssignmentState.SUBMITTED, AssignmentState.ACCEPTED, AssignmentState.REJECTED)
    return Assignment.objects.filter(worker=worker, pool__project=project, state__in=done).exists()
