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


def page_task(public_id: str, position: int, data: dict[str, Any], *, released: bool = False) -> PageTask:
    """What only the requester may know stays behind: extra columns, and the file's name, which often gives the answer away."""
    item = {name: value for name, value in data.items() if name not in {"meta", "name"}}
    return PageTask(id=public_id, position=position, item=item, state="skipped" if released else "open")


PAGE = Prepared(
    lambda names: (
        Slot.objects.select_related("task")
        .only("position", "released_at", "task__public_id", "task__data")
        .filter(assignment_id=names.number("assignment"))
        .order_by("position")
    )
)


def page_of(assignment: Assignment) -> list[PageTask]:
    """The tasks of an assignment in the order they are shown. One query."""
    return [
        page_task(slot.task.public_id, slot.position, slot.task.data, released=slot.released_at is not None)
        for slot in PAGE.rows(assignment=assignment.pk)
    ]
