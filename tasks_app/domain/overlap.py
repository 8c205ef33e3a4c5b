"""The overlap rule applied to task rows: settle, ask one more, or contested. The rule itself is aggregation.stopping's."""

from dataclasses import dataclass, replace

from aggregation.stopping import Decision, Evidence, Reason, decide
from tasks_app.domain.giving_back import wanted_key
from tasks_app.enums import Lane, PoolState, ResultState
from tasks_app.models import Pool, Task
from tasks_app.queries.policies import policy_of

# What a pool that has ended leaves undecided; beside the reasons of aggregation.stopping.
CLOSED = "closed"
# Expected gain of an answer from which on a task is as urgent as any: a coin's toss before a worker who is right 4 of 5.
URGENT = 0.15


@dataclass(frozen=True)
class Verdict:
    """What became of a task, why in words, and the same in one word."""

    state: ResultState
    why: str
    reason: str


def apply_rule(task: Task, pool: Pool, seen: Evidence) -> Verdict:
    """Set the locked task's state and places from what its counting answers say. Saves nothing.

    Places never exceed the task's maximum, and those already taken stay: only free ones are added or withdrawn. An
    answer that no longer counts (its worker is banned) has still used its place, so the maximum bounds what is paid.
    """
    room = task.overlap_max - task.slots_live - task.slots_done
    asking = pool.state in {PoolState.OPEN, PoolState.PAUSED} and room > 0
    least = min(pool.overlap_min + task.asked_more, task.overlap_max)
    policy = policy_of(pool)
    found = decide(replace(policy, minimum=min(least, policy.maximum)), seen)
    if found.decision is Decision.SETTLE:
        task.slots_free = 0
        return _set(task, ResultState.SETTLED, _why(found.reason, pool, seen), found.reason)
    if found.reason is Reason.SPREAD and task.slots_live == 0:
        task.slots_free = 0
        return _set(task, ResultState.CONTESTED, _why(found.reason, pool, seen), found.reason)
    if not asking and task.slots_live == 0:
        task.slots_free = 0
        reason = CLOSED if pool.state == PoolState.CLOSED else Reason.MAXIMUM
        return _set(task, ResultState.CONTESTED, _why(reason, pool, seen), reason)
    needed = max(least - seen.answers, 1)
    # Places that are free or in work already will bring answers: ask for more only if they are too few. What is on its way
    # to a task that looks hopeless is waited for, and nothing added to it.
    wanted = needed - task.slots_live if asking and found.reason is not Reason.SPREAD else 0
    free = min(max(wanted, 0), max(room, 0))
    if free > task.slots_free and (seen.answers > 0 or task.state != ResultState.OPEN):
        task.lane = Lane.WANTED
        task.queue_key = wanted_key(usefulness(seen))
    task.slots_free = free
    return _set(task, ResultState.OPEN, _why(found.reason, pool, seen), found.reason)


def usefulness(seen: Evidence) -> float:
    """How much one more answer is expected to bring, 0..1: what orders the wanted lane."""
    gain = (1 - seen.confidence) / 2 if seen.outlook is None else seen.outlook.gain
    return min(gain / URGENT, 1.0)


def _sure(seen: Evidence) -> str:
    return f"{seen.confidence:.1%} sure after {seen.answers} answers"


def _why(reason: str, pool: Pool, seen: Evidence) -> str:
    """A sentence for people."""
    tails = {
        Reason.CONFIDENCE: f"; {pool.confidence:.0%} was asked",
        Reason.NUMBER: f"; {pool.overlap_max} were asked for",
        Reason.AGREEMENT: f", {seen.most:g} of them equal; {pool.overlap_votes} was asked",
        Reason.MARGIN: f", {seen.most - seen.second:g} ahead; {pool.overlap_votes} was asked",
        Reason.VALUE: "; another answer is expected to gain less than it costs",
        Reason.SPREAD: f"; even {pool.overlap_max} would hardly settle it",
        Reason.MAXIMUM: ", and the maximum overlap is reached",
        CLOSED: ", and the pool is closed",
        Reason.HANDS: ", by nobody whose answers are known to be worth having: asking on",
    }
    return _sure(seen) + tails.get(reason, ": asking on")


def _set(task: Task, state: ResultState, why: str, reason: str) -> Verdict:
    task.state = state
    return Verdict(state, why, str(reason))
