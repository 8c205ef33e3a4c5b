"""Writing what a fit found: results, and by the overlap rule what each task needs next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from quorate.common.chunks import chunked
from tasks_app.domain.overlap import Verdict, apply_rule
from tasks_app.domain.reopening import Reopened, note_reopened, why_reopened
from tasks_app.enums import ResultState, TaskKind
from tasks_app.models import Answer, Pool, Project, Result, Task
from tasks_app.queries.policies import evidence_of
from tasks_app.tools.base import Fit, TaskResult, Tool

# Tasks a transaction: their rows are locked meanwhile, and a submission to one of them waits.
CHUNK = 400
# A result is written again only if one of these differs; the version counts such changes.
COMPARED = (
    "value",
    "summary",
    "classes",
    "confidence",
    "votes",
    "posterior",
    "disputed",
    "answers",
    "method",
    "why",
    "reason",
)
STORED = (*COMPARED, "version", "updated_at")
PLACES = ("state", "slots_free", "lane", "queue_key")


class LeaseLostError(Exception):
    """Another job took over the project: stop, it does the same work."""


@dataclass
class Changes:
    """What one transaction will write."""

    results: list[Result] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    reopened: list[Reopened] = field(default_factory=list)


class Decider:
    """Writes a project's fits. `guard` is called first in each transaction and raises when the lease is lost."""

    def __init__(self, *, project: Project, tool: Tool, guard: Callable[[], None]) -> None:
        self.project = project
        self.tool = tool
        self.guard = guard

    def write(self, fit: Fit, newest: int, task_ids: Sequence[int]) -> None:
        """Results and places of these tasks, in short transactions; five queries each.

        Skips tasks with answers newer than answer id `newest`: those have a dirty row of their own, and a decision on
        old answers could ask for one more than is needed.
        """
        for part in chunked(task_ids, CHUNK):
            with transaction.atomic():
                self.guard()
                pools = {pool.pk: pool for pool in Pool.objects.filter(project=self.project)}
                locked = Task.objects.select_for_update().filter(pk__in=part, kind=TaskKind.MAIN).order_by("pk")
                tasks = list(locked)
                late = set(Answer.objects.filter(task__in=part, pk__gt=newest).values_list("task_id", flat=True))
                old = {row.pk: row for row in Result.objects.filter(task__in=part)}
                changes = Changes()
                for task in tasks:
                    if task.pk not in late:
                        self._decide(task, pools[task.pool_id], fit, old.get(task.pk), changes)
                store(changes)
                note_reopened(self.project, changes.reopened)

    def _decide(self, task: Task, pool: Pool, fit: Fit, old: Result | None, changes: Changes) -> None:
        """Collect what changes for one task."""
        found = fit.results.get(task.pk)
        before = (task.state, task.slots_free)
        verdict = apply_rule(task, pool, evidence_of(found))
        if (task.state, task.slots_free) != before:
            changes.tasks.append(task)
        if before[0] == ResultState.SETTLED and task.state == ResultState.OPEN:
            changes.reopened.append(Reopened(task, pool, why_reopened(old, found)))
        if found is None:
            if old is not None:
                changes.gone.append(task.pk)
            return
        new = self._result(task, found, fit.method, verdict, version=old.version + 1 if old else 1)
        if old is None or any(getattr(old, name) != getattr(new, name) for name in COMPARED):
            changes.results.append(new)

    def _result(self, task: Task, found: TaskResult, method: str, verdict: Verdict, *, version: int) -> Result:
        classes = sorted(set(self.tool.classes_in(found.value)))
        return Result(
            task=task,
            value=found.value,
            summary=self.tool.summary_of(self.project.question, found.value)[:200],
            classes="".join(f"|{key}" for key in classes) + "|" if classes else "",
            confidence=found.confidence,
            votes=found.votes,
            posterior=found.posterior,
            disputed=found.disputed,
            answers=found.answers,
            method=method,
            why=verdict.why,
            reason=verdict.reason,
            version=version,
            updated_at=timezone.now(),
        )


def store(changes: Changes) -> None:
    """Write the changes; at most three queries."""
    if changes.results:
        Result.objects.bulk_create(
            changes.results, update_conflicts=True, unique_fields=["task"], update_fields=list(STORED)
        )
    if changes.tasks:
        Task.objects.bulk_update(changes.tasks, list(PLACES))
    if changes.gone:
        Result.objects.filter(task__in=changes.gone).delete()
