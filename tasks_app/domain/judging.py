"""The judging job: what answers to known items were worth, and what that says of their workers.

All of it is derived from answers and known answers, so the job may run twice, late, or beside another of its kind.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache

from django.db import transaction
from django.db.models import Count, Q, Sum

from aggregation.beta import beta_quantile
from quorate.common.chunks import chunked
from quorate.common.clock import database_now
from quorate.events import dirty
from tasks_app import tools
from tasks_app.domain.ruling import apply_rules
from tasks_app.enums import TaskKind, Topic
from tasks_app.models import Answer, Check, Project, Rule, Slot, Standing, Task
from tasks_app.queries.votes import truths

PART = 500
# The worker's accuracy is at least this with 95 % certainty → the share of known answers goes down to this part of it.
# Some go on for ever: whoever was reliable once may stop looking.
PROVEN = ((0.8, 0.25), (0.65, 0.5))


def ring_judging(project: Project, tasks: Iterable[int]) -> None:
    """Have the workers of these tasks looked at, where the project has anything to judge them by. Three queries at most."""
    ruled = Rule.objects.filter(project=project, enabled=True)
    if project.pools.filter(has_known=True).exists() or ruled.exists():
        dirty.mark_all(dirty.News(Topic.JUDGE, project.pk, task) for task in tasks)


def judge_project(project_id: int) -> int:
    """Work off the project's dirty rows: scores, standings, rules. Returns how many workers were looked at."""
    rows = dirty.take(Topic.JUDGE, project_id, limit=PART)
    project = Project.objects.filter(pk=project_id).first()
    workers: set[int] = set()
    if project is not None and rows:
        tasks = [row.key for row in rows]
        score_answers(project, tasks)
        workers.update(Answer.objects.filter(task__in=tasks).values_list("worker_id", flat=True))
        # Who skipped a task has a place in it and no answer.
        skipped = Slot.objects.filter(task__in=tasks, released_at__isnull=False)
        workers.update(skipped.values_list("worker_id", flat=True))
        for part in chunked(sorted(workers), PART):
            write_standings(project, part)
            apply_rules(project, part)
    dirty.done(rows)
    return len(workers)


def score_answers(project: Project, tasks: Collection[int]) -> None:
    """Score every answer to those of these tasks that are hidden known items; the others have no scores. Six queries."""
    tool = tools.get(project.kind)
    known = truths(Q(task__in=tasks))
    with transaction.atomic():
        # An item becomes or ceases to be known under this lock.
        golden = set(
            Task.objects.select_for_update()
            .filter(pk__in=tasks, kind=TaskKind.GOLD)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        Check.objects.filter(task__in=set(tasks) - golden).delete()
        # Of a page that was done again the first answers say nothing any more.
        Check.objects.filter(task__in=golden, answer__superseded_by__isnull=False).delete()
        answers = Answer.objects.filter(task__in=golden, superseded_by=None).order_by("pk")
        rows = [
            Check(
                answer_id=answer,
                task_id=task,
                worker_id=worker,
                project=project,
                score=min(max(tool.score(project.question, known.get(task, ()), value), 0.0), 1.0),
            )
            for answer, task, worker, value in answers.values_list("pk", "task_id", "worker_id", "value")
        ]
        Check.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["answer"], update_fields=["score"], batch_size=PART
        )


def write_standings(project: Project, workers: Collection[int]) -> None:
    """What these workers' scores in the project come to. Two queries."""
    sums = Check.objects.filter(project=project, worker__in=workers).values_list("worker_id").order_by()
    found = {worker: (number, total) for worker, number, total in sums.annotate(n=Count("pk"), total=Sum("score"))}
    now = database_now()
    rows = []
    for worker in workers:
        number, total = found.get(worker, (0, 0.0))
        rows.append(
            Standing(
                project=project,
                worker_id=worker,
                known_answers=number,
                known_score=total,
                known_factor=known_factor(number, total),
                updated_at=now,
            )
        )
    Standing.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "worker"],
        update_fields=["known_answers", "known_score", "known_factor", "updated_at"],
    )


@lru_cache(maxsize=1 << 14)
def known_factor(answers: int, score: float) -> float:
    """Which part of the pool's share of known answers a worker with this sum of scores still gets.

    The 5 % quantile of Beta(1 + score, 1 + answers − score), the accuracy after a flat prior, decides.
    """
    least = float(beta_quantile(0.05, 1 + score, 1 + max(answers - score, 0.0)))
    return next((factor for bound, factor in PROVEN if least >= bound), 1.0)
