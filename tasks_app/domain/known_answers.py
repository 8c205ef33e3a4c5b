"""Known answers: making items known, from what people said or from a table, and taking that back.

A known item is an item of the pool whose kind is no longer "main": it leaves the results and the export, needs no overlap,
and is mixed into workers' pages (gold) or shown while they learn (training). Its places are counted and paid for like all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from quorate.accounts.models import User
from quorate.events import dirty
from tasks_app import tools
from tasks_app.domain.funding import hold_places
from tasks_app.domain.giving_back import wanted_key
from tasks_app.domain.noting import note_pool
from tasks_app.enums import Lane, PoolState, ResultState, TaskKind, Topic
from tasks_app.errors import InvalidInput
from tasks_app.models import KnownAnswer, Pool, Result, Task
from tasks_app.tools.fields import Problems, join, read_number, read_text

MAX_ANSWERS = 10
MAX_EXPLANATION = 1000
RUNNING = (PoolState.OPEN, PoolState.PAUSED)


@dataclass(frozen=True)
class RightAnswer:
    """A right answer as it came from outside, unchecked, and what saying it is worth."""

    value: Any
    weight: Any = 1.0


@dataclass(frozen=True)
class Known:
    """What is to be known of one item of a pool."""

    task: Task
    answers: Sequence[RightAnswer]
    explanation: Any = ""


def make_known(*, pool: Pool, actor: User, entries: Sequence[Known], kind: TaskKind = TaskKind.GOLD) -> int:
    """Make these items of the pool known; what was known of them before is replaced. Returns how many.

    Answers already given to them are scored, and count towards what is known of their workers. Each gold item of a running
    pool may be met by `known_overlap` more workers, which is held at once. Raises InvalidInput naming "3.answers.0.boxes",
    InsufficientFunds.
    """
    if kind not in {TaskKind.GOLD, TaskKind.TRAINING}:
        raise InvalidInput(fields={"kind": "Hidden or for training."})
    rows = _checked(pool, actor, entries)
    if not rows:
        return 0
    with transaction.atomic():
        locked = _lock(pool)
        ids = sorted({row.task_id for row in rows})
        tasks = list(Task.objects.select_for_update().filter(pool=locked, pk__in=ids).order_by("pk"))
        _place(locked, tasks, kind, actor)
        KnownAnswer.objects.filter(task__in=ids).delete()
        KnownAnswer.objects.bulk_create(rows)
        Result.objects.filter(task__in=ids).delete()
        _note_has_known(locked)
        note_pool(locked, actor, "known_added", items=len(tasks), kind=str(kind))
        _ring(locked, ids)
    return len(tasks)


def withdraw(*, task: Task, actor: User) -> Task:
    """An item is known no longer: it is asked like all others. Again changes nothing."""
    with transaction.atomic():
        pool = _lock(task.pool)
        locked = Task.objects.select_for_update().get(pk=task.pk)
        if locked.kind == TaskKind.MAIN:
            return locked
        KnownAnswer.objects.filter(task=locked).delete()
        locked.kind = TaskKind.MAIN
        locked.state = ResultState.OPEN
        locked.slots_free = 0
        locked.overlap_max = max(pool.overlap_max, locked.slots_live + locked.slots_done)
        locked.lane = Lane.WANTED
        locked.queue_key = wanted_key()
        locked.save(update_fields=["kind", "state", "slots_free", "overlap_max", "lane", "queue_key"])
        _note_has_known(pool)
        note_pool(pool, actor, "known_withdrawn", items=1)
        if pool.state != PoolState.DRAFT:
            # The job gives it the places it needs.
            _ring(pool, [locked.pk])
    return locked


def set_mixing(*, pool: Pool, actor: User, share: Any, overlap: Any) -> Pool:
    """Which share of the tasks handed out is to be known answers, 0 to 0.5, and how many workers may meet each of them.

    On a running pool the number of workers can only rise, and the difference is held. Raises InvalidInput, InsufficientFunds.
    """
    problems = Problems()
    clean_share = read_number(share, "share", problems, minimum=0, maximum=0.5)
    clean_overlap = int(read_number(overlap, "overlap", problems, minimum=1, maximum=1000) or 1)
    problems.check()
    with transaction.atomic():
        locked = _lock(pool)
        more = clean_overlap - locked.known_overlap
        if more < 0 and locked.state != PoolState.DRAFT:
            raise InvalidInput(fields={"overlap": "On a running pool this number can only be raised."})
        if clean_share == locked.known_share and not more:
            return locked
        locked.known_share, locked.known_overlap = clean_share or 0.0, clean_overlap
        locked.save(update_fields=["known_share", "known_overlap"])
        golden = list(Task.objects.select_for_update().filter(pool=locked, kind=TaskKind.GOLD).order_by("pk"))
        if more:
            _widen(locked, golden, more, actor)
        note_pool(locked, actor, "known_mixed", share=locked.known_share, overlap=locked.known_overlap)
    return locked


def _checked(pool: Pool, actor: User, entries: Sequence[Known]) -> list[KnownAnswer]:
    """Rows to write. Raises InvalidInput with the number of the entry in each field's name."""
    tool = tools.get(pool.project.kind)
    problems = Problems()
    rows: list[KnownAnswer] = []
    for number, entry in enumerate(entries):
        explanation = read_text(
            entry.explanation, f"{number}.explanation", problems, maximum=MAX_EXPLANATION, required=False, lines=True
        )
        if not 1 <= len(entry.answers) <= MAX_ANSWERS:
            problems.add(f"{number}.answers", f"1 to {MAX_ANSWERS} right answers.")
        for place, given in enumerate(entry.answers[:MAX_ANSWERS]):
            field = f"{number}.answers.{place}"
            weight = read_number(given.weight, join(field, "weight"), problems, minimum=0.01, maximum=1)
            try:
                value = tool.clean_answer(pool.project.question, entry.task.data, given.value)
            except InvalidInput as error:
                for name, texts in error.fields.items():
                    problems.add(join(field, name), texts[0])
                continue
            rows.append(
                KnownAnswer(
                    task=entry.task, value=value, weight=weight or 1.0, explanation=explanation, created_by=actor
                )
            )
    problems.check()
    return rows


def _lock(pool: Pool) -> Pool:
    return Pool.objects.select_for_update(of=("self",)).select_related("project").get(pk=pool.pk)


def _place(pool: Pool, tasks: Sequence[Task], kind: TaskKind, actor: User) -> None:
    """Give the locked tasks their kind and places, and hold what those can cost beyond what is held."""
    running = pool.state in RUNNING
    before = sum(task.overlap_max for task in tasks)
    for task in tasks:
        used = task.slots_live + task.slots_done
        fresh = pool.known_overlap if kind == TaskKind.GOLD else 0
        if task.kind == kind and running:
            fresh = task.slots_free  # known before: it keeps its places
        # What was held for the item stays held until the pool closes; training items are handed to nobody.
        task.overlap_max = max(task.overlap_max, used + fresh) if running else max(fresh, used)
        task.slots_free = fresh if running else 0
        task.kind, task.state, task.lane = kind, ResultState.OPEN, Lane.KNOWN
    Task.objects.bulk_update(tasks, ["overlap_max", "slots_free", "kind", "state", "lane"])
    more = sum(task.overlap_max for task in tasks) - before
    if running and more > 0:
        hold_places(pool=pool, places=more, actor=actor)


def _widen(pool: Pool, tasks: Sequence[Task], more: int, actor: User) -> None:
    running = pool.state in RUNNING
    for task in tasks:
        task.overlap_max += more
        task.slots_free += more if running else 0
    Task.objects.bulk_update(tasks, ["overlap_max", "slots_free"])
    if running and tasks:
        hold_places(pool=pool, places=more * len(tasks), actor=actor)


def _note_has_known(pool: Pool) -> None:
    """The hand-out asks the pool's row alone."""
    there = Task.objects.filter(pool=pool, kind=TaskKind.GOLD).exists()
    if pool.has_known != there:
        pool.has_known = there
        pool.save(update_fields=["has_known"])


def _ring(pool: Pool, tasks: Sequence[int]) -> None:
    """The items' answers are judged, and all is fitted anew with what is known now. Last in the transaction."""
    dirty.mark_all(
        [
            dirty.News(Topic.AGGREGATE, pool.project_id),
            *(dirty.News(Topic.AGGREGATE, pool.project_id, task) for task in tasks),
            *(dirty.News(Topic.JUDGE, pool.project_id, task) for task in tasks),
        ]
    )
