"""Results as the requester's pages read them: filtered, sorted and paged by key, so that page 1,000 costs what page 1 does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from tasks_app.enums import ResultState, TaskKind
from tasks_app.models import Answer, Project, Task
from tasks_app.queries.api_pseudonyms import pseudonym

__all__ = ["Filter", "Given", "ResultPage", "given_answers", "neighbours", "page_of", "pseudonym", "read_filter"]

PAGE = 50
# `?sort=` → the column and whether the largest comes first. Ties, and everything else, go by the task's own order.
SORTS: dict[str, tuple[str, bool]] = {
    "": ("", False),
    "confidence": ("result__confidence", False),
    "-confidence": ("result__confidence", True),
    "disputed": ("result__disputed", False),
    "-disputed": ("result__disputed", True),
    "answers": ("result__answers", False),
    "-answers": ("result__answers", True),
}


@dataclass(frozen=True)
class Filter:
    """What a reader asked to see. `low` and `high` bound the confidence, 0..1."""

    state: str = ""
    class_key: str = ""
    low: float | None = None
    high: float | None = None
    name: str = ""
    sort: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self != Filter(sort=self.sort)


@dataclass(frozen=True)
class ResultPage:
    """Tasks with their results (absent where nobody has answered); cursors to page on from, "" at an end."""

    tasks: list[Task]
    newer: str
    older: str


@dataclass(frozen=True)
class Given:
    """One answer as its requester may see it: by whom under a name of this project alone."""

    worker: str
    answer: Answer


def read_filter(raw: dict[str, str]) -> Filter:
    """A filter from the texts of a query string; what makes no sense is no filter. Confidence is in percent there."""
    state = raw.get("state", "")
    sort = raw.get("sort", "")
    return Filter(
        state=state if state in ResultState.values else "",
        class_key=raw.get("class", "")[:40],
        low=_percent(raw.get("low", "")),
        high=_percent(raw.get("high", "")),
        name=raw.get("q", ""),
        sort=sort if sort in SORTS else "",
    )


def page_of(project: Project, wanted: Filter, *, after: str = "", before: str = "", size: int = PAGE) -> ResultPage:
    """At most `size` tasks following the one at cursor `after`, or preceding `before`. One query."""
    rows = _rows(project, wanted)
    back = bool(before) and not after
    place = _read_cursor(before if back else after, wanted)
    if place is not None:
        rows = rows.filter(_beyond(wanted, place, back=back))
    found = list(rows.order_by(*_order(wanted, back=back))[: size + 1])
    more = len(found) > size
    tasks = found[:size][::-1] if back and place is not None else found[:size]
    more_newer, more_older = (more, True) if back and place is not None else (place is not None, more)
    return ResultPage(
        tasks=tasks,
        newer=cursor_of(tasks[0], wanted) if tasks and more_newer else "",
        older=cursor_of(tasks[-1], wanted) if tasks and more_older else "",
    )


def neighbours(project: Project, wanted: Filter, task: Task) -> tuple[Task | None, Task | None]:
    """The tasks before and after one under the same filter and order. Two queries."""
    if SORTS[wanted.sort][0] and not hasattr(task, "result"):
        wanted = replace(wanted, sort="")
    place = cursor_of(task, wanted)
    before = page_of(project, wanted, before=place, size=1).tasks
    after = page_of(project, wanted, after=place, size=1).tasks
    return (before[0] if before else None), (after[0] if after else None)


def state_counts(project: Project) -> dict[str, int]:
    """How many tasks are in each state, all of them named. One query."""
    rows = _all(project).values("state").annotate(n=Count("pk")).order_by()
    found = {row["state"]: row["n"] for row in rows}
    return {state: found.get(state, 0) for state in ResultState.values}


def given_answers(task: Task) -> list[Given]:
    """Every answer to a task, those that no longer count included, in the order of arrival. One query."""
    project_id = task.pool.project_id
    rows = Answer.objects.filter(task=task).select_related("assignment").order_by("pk")
    return [Given(pseudonym(project_id, answer.worker_id), answer) for answer in rows]


def _all(project: Project) -> QuerySet[Task]:
    return Task.objects.filter(pool__project=project, kind=TaskKind.MAIN)


def _rows(project: Project, wanted: Filter) -> QuerySet[Task]:
    rows = _all(project).select_related("result")
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.class_key:
        rows = rows.filter(result__classes__contains=f"|{wanted.class_key}|")
    if wanted.low is not None:
        rows = rows.filter(result__confidence__gte=wanted.low)
    if wanted.high is not None:
        rows = rows.filter(result__confidence__lte=wanted.high)
    if wanted.name:
        rows = rows.filter(name__icontains=wanted.name)
    if SORTS[wanted.sort][0]:
        rows = rows.filter(result__isnull=False)
    return rows


# --- Paging by key ----------------------------------------------------------------------------------------------------
def cursor_of(task: Task, wanted: Filter) -> str:
    """The task's place in this order: "<sort value>~<row id>"."""
    column = SORTS[wanted.sort][0].removeprefix("result__")
    value = repr(getattr(task.result, column)) if column else ""
    return f"{value}~{task.pk}"


def _read_cursor(text: str, wanted: Filter) -> tuple[float, int] | None:
    value, _, row = text.partition("~")
    if not (row.isascii() and row.isdigit() and len(row) < 19):
        return None
    if not SORTS[wanted.sort][0]:
        return 0.0, int(row)
    try:
        number = float(value)
    except ValueError:
        return None
    return (number, int(row)) if number == number and abs(number) < 1e15 else None  # noqa: PLR0124 - NaN is not itself


def _beyond(wanted: Filter, place: tuple[float, int], *, back: bool) -> Q:
    column, descending = SORTS[wanted.sort]
    way = "lt" if back else "gt"
    rest = Q(**{f"pk__{way}": place[1]})
    if not column:
        return rest
    beyond = "lt" if descending != back else "gt"
    return Q(**{f"{column}__{beyond}": place[0]}) | (Q(**{column: place[0]}) & rest)


def _order(wanted: Filter, *, back: bool) -> Sequence[Any]:
    column, descending = SORTS[wanted.sort]
    last = F("pk").desc() if back else F("pk").asc()
    if not column:
        return [last]
    return [F(column).desc() if descending != back else F(column).asc(), last]


def _percent(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return min(max(value, 0.0), 100.0) / 100 if value == value else None  # noqa: PLR0124 - NaN is not itself
