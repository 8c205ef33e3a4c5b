"""What the API's hot path reads: the page of tasks of an assignment."""

from dataclasses import dataclass
from typing import Any

from quorate.common.prepared import Prepared
from tasks_app.models import Assignment, Slot


@dataclass(frozen=True, slots=True)
class PageTask:
    """One task of an assignment, as its worker may see it."""

    id: str
    position: int
    item: dict[str, Any]
    state: str  # "open", or "skipped" when its place was given back


PAGE = Prepared(
    lambda names: (
        Slot.objects.select_related("task")
        .only("position", "released_at", "task__public_id", "task__data")
        .filter(assignment_id=names.number("assignment"))
        .order_by("position")
    )
)


def page_of(assignment: Assignment) -> list[PageTask]:
    """The tasks of an assignment in the order they are shown. One query.

    What only the requester may know stays behind: extra columns, and the file's name, which often gives the answer away.
    """
    return [
        PageTask(
            id=slot.task.public_id,
            position=slot.position,
            item={name: value for name, value in slot.task.data.items() if name not in {"meta", "name"}},
            state="open" if slot.released_at is None else "skipped",
        )
        for slot in PAGE.rows(assignment=assignment.pk)
    ]
