"""The overlap rule applied to task rows: settle, ask one more, or contested. The rule itself is aggregation.stopping's."""

from dataclasses import dataclass

from aggregation.stopping import Decision, decide
from tasks_app.domain.giving_back import wanted_key
from tasks_app.enums import Lane, PoolState, ResultState
from tasks_app.models import Pool, Task


@dataclass(frozen=True)
class Verdict:
    """What became of a task, and why in words."""

    state: ResultState
    why: str


def apply_rule(task: Task, pool: Pool, *, answers: int, confidence: float) -> Verdict:
    """Set the locked task's state and places from what its counting `answers` say. Saves nothing.

    Places never exceed the task's maximum, and those already taken stay: only free ones are added or withdrawn. An
    answer that no longer counts (its worker is banned) has still used its place, so the maximum bounds what is paid.
    """
    room = task.overlap_max - task.slots_live - task.slots_done
    asking = pool.state in {PoolState.OPEN, PoolState.PAUSED} and room > 0
    decision = decide(
        confidence=confidence,
        answers=answers,
        minimum=pool.overlap_min,
        maximum=max(pool.overlap_max, pool.overlap_min),
        threshold=pool.confidence,
    )
    percent = f"{confidence:.1%}"
    if decision is Decision.SETTLE:
        task.slots_free = 0
        return _set(
            task, ResultState.SETTLED, f"{percent} sure after {answers} answers; {pool.confidence:.0%} was asked"
        )
    if not asking and task.slots_live == 0:
        task.slots_free = 0
        ended = "the pool is closed" if pool.state == PoolState.CLOSED else "the maximum overlap is reached"
        return _set(task, ResultState.CONTESTED, f"{percent} sure after {answers} answers, and {ended}")
    needed = max(pool.overlap_min - answers, 1)
    # Places that are free or in work already will bring answers: ask for more only if they are too few.
    free = min(max(needed - task.slots_live, 0), max(room, 0)) if asking else 0
    if free > task.slots_free and (answers > 0 or task.state != ResultState.OPEN):
        task.lane = Lane.WANTED
        task.queue_key = wanted_key()
    task.slots_free = free
    return _set(task, ResultState.OPEN, f"{percent} sure after {answers} answers: asking on")


def _set(task: Task, state: ResultState, why: str) -> Verdict:
    task.state = state
    return Verdict(state, why)
