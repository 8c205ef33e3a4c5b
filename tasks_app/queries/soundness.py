"""Do the tasks' places, states and results agree with what they stand for? What `quorate tasks audit` reads.

Each question is one statement, so that it sees one moment: nothing is found amiss because something moved meanwhile.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from quorate.events.models import Dirty
from tasks_app.enums import AssignmentState, PoolState, ResultState, TaskKind, Topic
from tasks_app.models import Answer, Result, Slot, Task

SHOWN = 5


@dataclass(frozen=True)
class Fault:
    """What is wrong with how many tasks; `tasks` are (project id, task id) of all of them, `shown` some public ids."""

    text: str
    tasks: list[tuple[int, int]]
    shown: list[str]
    mendable: bool

    def __str__(self) -> str:
        more = f" and {len(self.tasks) - len(self.shown):,} more" if len(self.tasks) > len(self.shown) else ""
        return f"{len(self.tasks):,} {self.text}: {', '.join(self.shown)}{more}"


def faults() -> list[Fault]:
    """Every fault there is; empty where all is well. Five statements, each over all tasks."""
    launched = Task.objects.exclude(pool__state=PoolState.DRAFT)
    decided = launched.filter(kind=TaskKind.MAIN).annotate(awaited=_awaited()).filter(awaited=False)
    counted = launched.annotate(live=_slots(live=True), done=_slots(live=False))
    # An answer counts or not by whose it is, and has a result as soon as the job has seen it.
    answered = Exists(Answer.objects.filter(task=OuterRef("pk"), counts=True))
    known = Exists(Result.objects.filter(task=OuterRef("pk")))
    placeless = Q(state=ResultState.OPEN, slots_free=0, slots_live=0)
    found = [
        _fault("tasks count other places in work than there are", counted.exclude(slots_live=F("live"))),
        _fault("tasks count other answered places than there are", counted.exclude(slots_done=F("done"))),
        _fault(
            "tasks are asked, have no place, and wait for nothing",
            # Where nobody has answered when a pool closes, there is nothing to decide: those stay open.
            decided.filter(placeless).exclude(pool__state=PoolState.CLOSED, slots_done=0),
            mendable=True,
        ),
        _fault(
            "tasks are decided and still handed out",
            decided.exclude(state=ResultState.OPEN).filter(slots_free__gt=0),
            mendable=True,
        ),
        _fault("tasks have answers and no result", decided.filter(answered).exclude(known), mendable=True),
    ]
    return [fault for fault in found if fault.tasks]


def _fault(text: str, rows: QuerySet[Task], *, mendable: bool = False) -> Fault:
    found = list(rows.order_by("pk").values_list("pool__project_id", "pk", "public_id"))
    return Fault(
        text=text,
        tasks=[(project, task) for project, task, _ in found],
        shown=[public_id for _, _, public_id in found[:SHOWN]],
        mendable=mendable,
    )


def _awaited() -> Exists:
    """Whether the job has been told of the task, or of the whole project, and has not yet said that it is done."""
    mine = Dirty.objects.filter(topic=Topic.AGGREGATE, scope=OuterRef("pool__project_id"))
    return Exists(mine.filter(Q(key=OuterRef("pk")) | Q(key=0)))


def _slots(*, live: bool) -> Coalesce:
    """How many places of a task are in work, or answered and not rejected."""
    states = (AssignmentState.ACTIVE,) if live else (AssignmentState.SUBMITTED, AssignmentState.ACCEPTED)
    rows = Slot.objects.filter(task=OuterRef("pk"), released_at=None, assignment__state__in=states)
    counted = rows.order_by().values("task").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
