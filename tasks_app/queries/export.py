"""Results in portions, for exports: constant memory and a fixed number of queries a portion, however many tasks there are."""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks_app.enums import TaskKind
from tasks_app.models import Answer, Project, Result, Task

PORTION = 500
MAX_META_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Exported:
    """One task with what is known of it; `answers` is empty where they were not asked for."""

    task: Task
    result: Result | None
    answers: tuple[Answer, ...] = ()


def task_count(project: Project) -> int:
    """How many rows an export has. One query."""
    return Task.objects.filter(pool__project=project, kind=TaskKind.MAIN).count()


def exported(project: Project, *, answers: bool) -> Iterator[Exported]:
    """Every main task of a project in the order in which they came. One query a portion, two with answers."""
    pools = list(project.pools.values_list("pk", flat=True))
    last = 0
    while True:
        tasks = list(
            Task.objects.filter(pool_id__in=pools, kind=TaskKind.MAIN, pk__gt=last)
            .select_related("result")
            .order_by("pk")[:PORTION]
        )
        if not tasks:
            return
        last = tasks[-1].pk
        given = _answers([task.pk for task in tasks]) if answers else {}
        for task in tasks:
            yield Exported(task, getattr(task, "result", None), tuple(given.get(task.pk, ())))


def meta_columns(project: Project) -> list[str]:
    """Names of the requester's own columns over all items, in the order of first appearance. Reads every item once."""
    names: dict[str, None] = {}
    rows = Task.objects.filter(pool__project=project, kind=TaskKind.MAIN).order_by("pk")
    for meta in rows.values_list("data__meta", flat=True).iterator(chunk_size=2000):
        if isinstance(meta, dict):
            names.update(dict.fromkeys(meta))
            if len(names) > MAX_META_COLUMNS:
                break
    return list(names)[:MAX_META_COLUMNS]


def _answers(tasks: list[int]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {}
    rows = Answer.objects.filter(task_id__in=tasks).select_related("assignment").order_by("pk")
    for answer in rows:
        found.setdefault(answer.task_id, []).append(answer)
    return found
