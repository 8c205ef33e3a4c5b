"""What other processes do in the reliability tests: `python tests/reliability/actors.py VERB JSON`, answering in JSON.

They run the product with its production settings on a database of their own, so that transactions really commit, locks
really wait and kill -9 really kills.
"""

import json
import multiprocessing
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from django.db import IntegrityError, OperationalError  # noqa: E402 - after setup
from django.db.models import Q  # noqa: E402

from quorate.accounts import linking  # noqa: E402
from quorate.accounts.models import User, make_api_key  # noqa: E402
from quorate.common.clock import database_now  # noqa: E402
from quorate.events.models import Dirty  # noqa: E402
from quorate.ledger import book  # noqa: E402
from quorate.ledger.models import Entry, EntryKind  # noqa: E402
from tasks_app import tools  # noqa: E402
from tasks_app.domain import giving_back, handing_out  # noqa: E402
from tasks_app.enums import AssignmentState, Topic  # noqa: E402
from tasks_app.errors import TooManyActive  # noqa: E402
from tasks_app.models import Answer, Assignment, Pool, Project, Result, Slot, Task  # noqa: E402
from tasks_app.queries.votes import counting_votes  # noqa: E402
from tests import factories  # noqa: E402

LEAST_TURNS = 20
HANDED_IN = (AssignmentState.SUBMITTED, AssignmentState.ACCEPTED)


def prepare(*, tasks: int, workers: int, linked: bool = False, **pool_values: Any) -> dict[str, Any]:
    """An open pool, and workers with API keys; `linked`: all of them on one browser."""
    alice = factories.make_user("alice", is_requester=True)
    factories.fund(alice, 10**12)
    pool = factories.make_open_pool(alice, tasks=tasks, **pool_values)
    keys = []
    for worker in factories.make_workers(workers):
        if linked:
            linking.came_in(user=worker, device="one browser")
        key, text = make_api_key(worker, name="test")
        key.save()
        keys.append(text)
    return {"pool": pool.public_id, "pool_id": pool.pk, "project_id": pool.project_id, "keys": keys}


def race(*, processes: int, **options: Any) -> dict[str, int]:
    """`hammer` in so many processes at the same time; what they did, summed. No connection is open yet to be inherited."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, initializer=start.wait) as pool:
        done = [pool.submit(hammer, number=number * 5, **options) for number in range(processes)]
    return dict(sum((Counter(one.result()) for one in done), Counter()))


def hammer(*, pool: str, number: int, workers: int, seconds: float, naive: bool = False) -> Counter[str]:
    """For so many seconds, and some turns at least, take tasks and hand in or give back, as one worker after the other."""
    people = list(User.objects.filter(email__startswith="worker").order_by("pk")[:workers])
    done: Counter[str] = Counter()
    turn = number
    end = time.monotonic() + seconds
    while time.monotonic() < end or turn < number + LEAST_TURNS:
        worker = people[turn % len(people)]
        turn += 1
        if naive:
            done["naive"] += take_naively(worker, pool)
            continue
        try:
            held = handing_out.take(worker=worker, pool=pool).assignment
        except TooManyActive:
            done["too_many"] += 1
            continue
        if held is None:
            done["nothing"] += 1
        elif turn % 7 == 0:
            giving_back.give_back(worker=worker, assignment=held.public_id)
            done["returned"] += 1
        else:
            factories.hand_in(worker, held, ["cat", "dog"][turn % 2])
            done["submitted"] += 1
    return done


def take_naively(worker: User, pool: str) -> int:
    """Hand-out as it comes to mind first: look, count in Python, write. What the tests must catch."""
    task = Task.objects.filter(pool__public_id=pool, slots_free__gt=0).exclude(slots__worker=worker).first()
    if task is None:
        return 0
    try:
        held = Assignment.objects.create(
            pool=task.pool, worker=worker, reward=0, task_count=1, expires_at=database_now()
        )
        Slot.objects.create(task=task, worker=worker, assignment=held, position=1)
        Task.objects.filter(pk=task.pk).update(slots_free=task.slots_free - 1, slots_live=task.slots_live + 1)
    except (IntegrityError, OperationalError):
        return 0
    return 1


def verify(*, pool_id: int, results: bool = False) -> list[str]:
    """What of the invariants a to f does not hold, in words."""
    pool = Pool.objects.select_related("project").get(pk=pool_id)
    found = [*wrong_places(pool), *wrong_money(pool)]
    twice = Counter(Slot.objects.filter(task__pool=pool).values_list("task_id", "worker_id"))
    found += [f"worker {worker} has task {task} {count} times" for (task, worker), count in twice.items() if count > 1]
    persons = dict(User.objects.exclude(person=None).values_list("pk", "person"))
    of_one = Counter((task, persons[worker]) for task, worker in twice if worker in persons)
    found += [f"person {person} has task {task} {n} times" for (task, person), n in of_one.items() if n > 1]
    if results:
        found += wrong_results(pool.project)
    return found


def wrong_places(pool: Pool) -> list[str]:
    """Tasks whose counters are not what their slots say, or exceed the maximum."""
    live: Counter[int] = Counter()
    done: Counter[int] = Counter()
    slots = Slot.objects.filter(task__pool=pool, released_at=None).values_list("task_id", "assignment__state")
    for task_id, state in slots:
        live[task_id] += state == AssignmentState.ACTIVE
        done[task_id] += state in HANDED_IN
    found = []
    for task in pool.tasks.all():
        if (task.slots_live, task.slots_done) != (live[task.pk], done[task.pk]):
            counted = (live[task.pk], done[task.pk])
            found.append(f"task {task.pk}: live, done are {task.slots_live, task.slots_done}, its slots say {counted}")
        if live[task.pk] + done[task.pk] > task.overlap_max:
            found.append(f"task {task.pk} is over-assigned")
    if Answer.objects.filter(task__pool=pool).count() != sum(done.values()):
        found.append("answers and places handed in differ in number")
    return found


def wrong_money(pool: Pool) -> list[str]:
    """Assignments accepted and not paid, paid and not accepted; books that do not hold."""
    accepted = set(pool.assignments.filter(state=AssignmentState.ACCEPTED).values_list("public_id", flat=True))
    rewards = list(Entry.objects.filter(kind=EntryKind.REWARD).values_list("ref", flat=True))
    found = book.audit()
    if set(rewards) != accepted or len(rewards) != len(set(rewards)):
        found.append(f"{len(accepted)} accepted, {len(rewards)} paid, {len(set(rewards) ^ accepted)} differ")
    return found


def wrong_results(project: Project) -> list[str]:
    """Results that are not those of a batch fit over all answers."""
    fit = tools.get(project.kind).fit(project.question, counting_votes(Q(project=project)).batch)
    stored = {row.pk: (row.value, row.confidence) for row in Result.objects.filter(task__pool__project=project)}
    batch = {key: (one.value, one.confidence) for key, one in fit.results.items()}
    differ = [key for key in stored.keys() | batch.keys() if stored.get(key) != batch.get(key)]
    return [f"{len(differ)} of {len(batch)} results differ from the batch fit"] if differ else []


def state(*, pool_id: int) -> dict[str, int]:
    """How far it is: answers, dirty rows, assignments that wait for their payment."""
    pool = Pool.objects.get(pk=pool_id)
    return {
        "answers": Answer.objects.filter(task__pool=pool).count(),
        "dirty": Dirty.objects.filter(topic__in=[Topic.AGGREGATE, Topic.ACCEPT]).count(),
        "unpaid": pool.assignments.filter(state=AssignmentState.SUBMITTED).count(),
    }


def answers(*, pool_id: int) -> list[str]:
    """The public ids of the assignments that were handed in."""
    return list(Answer.objects.filter(task__pool_id=pool_id).values_list("assignment__public_id", flat=True))


VERBS = {"prepare": prepare, "race": race, "verify": verify, "state": state, "answers": answers}

if __name__ == "__main__":
    verb, arguments = sys.argv[1:]
    json.dump(VERBS[verb](**json.loads(arguments)), sys.stdout)
