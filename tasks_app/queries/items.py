"""Items and imports as the items page reads them."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from tasks_app.enums import ImportState, TaskKind
from tasks_app.models import Import, Pool, Task

PAGE = 60
SHOWN_IMPORTS = 8
SHOWN_PROBLEMS = 5


@dataclass(frozen=True)
class ItemPage:
    """Some tasks in the order in which they came; `before`/`after`: row ids to page on from, None at an end."""

    tasks: list[Task]
    before: int | None
    after: int | None


def item_page(pool: Pool, *, after: int | None = None, before: int | None = None, name: str = "") -> ItemPage:
    """At most PAGE items following the task `after`, or preceding `before`. One query, whatever the page's number."""
    rows = Task.objects.filter(pool=pool, kind=TaskKind.MAIN)
    if name:
        rows = rows.filter(name__icontains=name)
    if before is not None:
        found = list(rows.filter(pk__lt=before).order_by("-pk")[: PAGE + 1])
        more_before, more_after = len(found) > PAGE, True
        tasks = found[:PAGE][::-1]
    else:
        found = list(rows.filter(pk__gt=after or 0).order_by("pk")[: PAGE + 1])
        more_before, more_after = bool(after), len(found) > PAGE
        tasks = found[:PAGE]
    return ItemPage(
        tasks=tasks,
        before=tasks[0].pk if tasks and more_before else None,
        after=tasks[-1].pk if tasks and more_after else None,
    )


def neighbours(task: Task) -> tuple[Task | None, Task | None]:
    """The items before and after one. Two queries."""
    rows = Task.objects.filter(pool_id=task.pool_id, kind=task.kind).only("public_id")
    return rows.filter(pk__lt=task.pk).order_by("-pk").first(), rows.filter(pk__gt=task.pk).order_by("pk").first()


def recent_imports(pool: Pool) -> list[Import]:
    """The newest imports with `files_there` and, for those with problems, the first few as `first_problems`."""
    rows: QuerySet[Import] = Import.objects.filter(pool=pool).annotate(files_there=Count("files"))
    found = list(rows.select_related("created_by").order_by("-id")[:SHOWN_IMPORTS])
    for batch in found:
        some = batch.problems.order_by("row")[:SHOWN_PROBLEMS] if batch.bad_rows else []
        batch.first_problems = list(some)  # type: ignore[attr-defined]
        batch.more_problems = batch.bad_rows - len(batch.first_problems)  # type: ignore[attr-defined]
    return found


def any_running(imports: list[Import]) -> bool:
    """Whether one of them is being worked on."""
    return any(batch.state == ImportState.RUNNING for batch in imports)
