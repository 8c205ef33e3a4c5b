"""What banning a worker would do, told before it is done."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from aggregation.stopping import Decision, decide
from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.enums import AssignmentState, PoolState, ResultState, TaskKind
from tasks_app.models import AggregationState, Answer, Assignment, Pool, Project, Task
from tasks_app.queries.policies import evidence_of, policy_of
from tasks_app.queries.pools import top_reward
from tasks_app.queries.votes import counting_votes

# So many decided items are judged without the worker, some 50 ms a thousand; of more, all might be asked again.
MOST_JUDGED = 2000


@dataclass(frozen=True)
class BanEffect:
    """`answers` no longer count and `pages` end. Of `decided` items that have room for more answers, `reopened` are asked
    again: judged one by one under the worker models of now if `exact`, otherwise all of them, which is the most it can be.

    `cost` is the most that more answers to all the worker's items can cost, in micro-units; it is held already.
    """

    answers: int
    pages: int
    decided: int
    reopened: int
    exact: bool
    cost: int


def effect_of_ban(worker: User) -> BanEffect:
    """What a ban would do now. Four queries, and four for each project with decided items of the worker."""
    theirs = Answer.objects.filter(task=OuterRef("pk"), worker=worker, counts=True)
    running = Task.objects.filter(
        Exists(theirs), kind=TaskKind.MAIN, pool__state__in=(PoolState.OPEN, PoolState.PAUSED)
    ).annotate(room=F("overlap_max") - F("slots_live") - F("slots_done"))
    rooms: dict[int, int] = {}
    decided: dict[int, list[int]] = {}
    for task, pool, state, room in running.filter(room__gt=0).values_list("pk", "pool_id", "state", "room"):
        rooms[pool] = rooms.get(pool, 0) + room
        if state != ResultState.OPEN:
            decided.setdefault(pool, []).append(task)
    count = sum(len(tasks) for tasks in decided.values())
    pools = Pool.objects.select_related("project").in_bulk(rooms)
    exact = count <= MOST_JUDGED
    return BanEffect(
        answers=Answer.objects.filter(worker=worker, counts=True).count(),
        pages=Assignment.objects.filter(worker=worker, state=AssignmentState.ACTIVE).count(),
        decided=count,
        reopened=sum(_reopened(pools[pool], tasks, worker) for pool, tasks in decided.items()) if exact else count,
        exact=exact,
        cost=sum(
            -(-top_reward(pools[pool]) * room // pools[pool].tasks_per_assignment) for pool, room in rooms.items()
        ),
    )


def _reopened(pool: Pool, tasks: list[int], without: User) -> int:
    """How many of a pool's decided tasks with room the rule would ask again without this worker's answers."""
    project: Project = pool.project
    state = AggregationState.objects.filter(project=project).first()
    votes = counting_votes(Q(task__in=tasks) & ~Q(worker=without))
    fit = tools.get(project.kind).update(project.question, bytes(state.model) if state else b"", votes.batch)
    again, policy = 0, policy_of(pool)
    for task in tasks:
        verdict = decide(policy, evidence_of(fit.results.get(task)))
        again += verdict.decision is not Decision.SETTLE
    return again
