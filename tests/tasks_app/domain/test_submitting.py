"""Invariants c and g: what got its receipt is in the database, and saying it again changes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quorate.accounts.models import User
from quorate.events.models import Dirty, Event
from tasks_app.domain import giving_back, quality
from tasks_app.domain.handing_in_sql import Said, Submission, write
from tasks_app.domain.submitting import GRACE, Submitted, submit
from tasks_app.enums import AssignmentState, Topic
from tasks_app.errors import AssignmentOver, InvalidInput, KeyReused, NotFound
from tasks_app.models import Answer, Assignment, Pool, Restriction
from tasks_app.queries import held as reads
from tasks_app.queries.soundness import faults
from tasks_app.tools.signals import Signals
from tests import factories

CAT = {"class": "cat"}
DOG = {"class": "dog"}
FRAMING = ("SAVEPOINT", "RELEASE SAVEPOINT", "PREPARE")  # a test's own BEGIN and COMMIT; what a connection is told once


def task_of(held: Assignment) -> str:
    return str(held.slots.get().task.public_id)


def test_submit_writes_answer_places_event_and_dirty_rows(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    receipt = submit(
        worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), CAT, 0.5)], submit_key="k"
    )

    answer = Answer.objects.get()
    task = answer.task
    assert (answer.value, answer.worker, answer.question_version) == (CAT, worker, 1)
    assert (task.slots_free, task.slots_live, task.slots_done) == (2, 0, 1)
    assert (receipt.replayed, receipt.assignment.state) == (False, AssignmentState.SUBMITTED)
    assert Event.objects.filter(verb="submitted", object_id=held.public_id, actor=worker).count() == 1
    assert set(Dirty.objects.values_list("topic", "scope", "key")) == {
        (Topic.AGGREGATE, open_pool.project_id, task.pk),
        (Topic.ACCEPT, open_pool.pk, held.pk),
    }


def test_submit_bounds_seconds_by_the_time_the_assignment_was_held(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    submit(worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), CAT, 9e9)])

    assert 0 <= Answer.objects.get().seconds < 60


def test_submit_keeps_the_signals_with_the_answer(open_pool: Pool, worker: User) -> None:
    told = factories.take(worker, open_pool)
    submit(
        worker=worker,
        assignment=told.public_id,
        answers=[Submitted(task_of(told), CAT, 1.0, Signals(idle=2.5, left=1))],
    )
    factories.answer(worker, open_pool)

    first, second = Answer.objects.order_by("pk")
    assert first.signals == {"idle": 2.5, "hidden": 0.0, "left": 1, "pastes": 0, "pasted": 0, "changes": 0}
    assert second.signals is None


@pytest.mark.parametrize("key", ["k", "another"])
def test_submit_again_is_answered_like_the_first_time(open_pool: Pool, worker: User, key: str) -> None:
    held = factories.take(worker, open_pool)
    answers = [Submitted(task_of(held), CAT, 1.0)]
    submit(worker=worker, assignment=held.public_id, answers=answers, submit_key="k")
    again = submit(
        worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), CAT, 2.0)], submit_key=key
    )

    assert again.replayed
    assert again.assignment.public_id == held.public_id
    assert Answer.objects.count() == 1
    assert Dirty.objects.get(topic=Topic.AGGREGATE).seq == 1


def test_submit_other_answers_again_is_refused(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    submit(worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), CAT)], submit_key="k")

    with pytest.raises(KeyReused):
        submit(worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), DOG)], submit_key="k")
    assert Answer.objects.get().value == CAT


def test_submit_is_refused_after_the_time_and_its_grace(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    Assignment.objects.update(expires_at=held.created_at - GRACE)

    with pytest.raises(AssignmentOver):
        submit(worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), CAT)])
    assert Answer.objects.count() == 0


def test_submit_within_the_grace_is_taken(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    Assignment.objects.update(expires_at=held.created_at)

    receipt = submit(worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), CAT)])
    assert receipt.assignment.state == AssignmentState.SUBMITTED


def test_submit_somebody_elses_assignment_is_not_found(open_pool: Pool, worker: User, charlie: User) -> None:
    held = factories.take(worker, open_pool)

    with pytest.raises(NotFound):
        submit(worker=charlie, assignment=held.public_id, answers=[Submitted(task_of(held), CAT)])


def test_submit_names_what_is_wrong_and_keeps_nothing(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=3, tasks_per_assignment=3)
    held = factories.take(worker, pool)
    tasks = [slot.task.public_id for slot in held.slots.order_by("position").select_related("task")]

    with pytest.raises(InvalidInput) as missing:
        submit(worker=worker, assignment=held.public_id, answers=[Submitted(tasks[0], CAT)])
    with pytest.raises(InvalidInput) as wrong:
        submit(
            worker=worker,
            assignment=held.public_id,
            answers=[
                Submitted(tasks[0], CAT),
                Submitted("nonsense", CAT),
                Submitted(tasks[0], CAT),
                Submitted(tasks[1], {"class": "cow"}),
            ],
        )

    assert missing.value.fields == {"answers": ["2 of 3 tasks are not answered."]}
    assert set(wrong.value.fields) == {"answers.1.task", "answers.2.task", "answers.3.answer.class"}
    assert Answer.objects.count() == 0
    assert Assignment.objects.get().state == AssignmentState.ACTIVE


def test_submit_costs_the_same_queries_for_one_and_for_three_tasks(alice: User, workers: list[User]) -> None:
    counted = []
    for size in (1, 3):
        pool = factories.make_open_pool(alice, tasks=3, tasks_per_assignment=size)
        held = factories.take(workers[0], pool)
        answers = [Submitted(slot.task.public_id, CAT) for slot in held.slots.select_related("task")]
        with CaptureQueriesContext(connection) as queries:
            submit(worker=workers[0], assignment=held.public_id, answers=answers)
        counted.append([query["sql"] for query in queries if not query["sql"].startswith(FRAMING)])

    expected = 2 if connection.vendor == "postgresql" else 6
    assert [len(one) for one in counted] == [expected, expected]


@pytest.mark.postgres_only
@pytest.mark.parametrize("change", ["skipped", "returned", "handed in"])
def test_nothing_is_written_for_an_assignment_that_changed_since_it_was_read(
    alice: User, worker: User, change: str
) -> None:
    pool = factories.make_open_pool(alice, tasks=2, tasks_per_assignment=2)
    taken = factories.take(worker, pool)
    read = reads.held(worker, taken.public_id)
    rows = [Said(task.pk, CAT, 1.0, None) for task in read.tasks.values()]
    if change == "skipped":
        giving_back.skip(worker=worker, assignment=taken.public_id, task=next(iter(read.tasks)))
    elif change == "returned":
        giving_back.give_back(worker=worker, assignment=taken.public_id)
    else:
        factories.hand_in(worker, taken, "dog")
    before = (Answer.objects.count(), Event.objects.count(), Dirty.objects.count())

    assert write(Submission(read.assignment, rows, read.now, "k", "digest")) is False
    assert (Answer.objects.count(), Event.objects.count(), Dirty.objects.count()) == before
    assert read.assignment.state == AssignmentState.ACTIVE
    assert faults() == []


def test_submit_by_a_banned_worker_is_refused_though_the_page_escaped_the_ban(
    open_pool: Pool, worker: User, admin: User
) -> None:
    quality.ban_worker(worker=worker, actor=admin, reason="Answers without looking.")
    lifted = Restriction.objects.filter(worker=worker)
    since = lifted.get().created_at
    lifted.update(lifted_at=since)
    held = factories.take(worker, open_pool)
    lifted.update(lifted_at=None)  # as if the page had been taken in the very moment of the ban

    with pytest.raises(AssignmentOver):
        submit(worker=worker, assignment=held.public_id, answers=[Submitted(task_of(held), CAT)])
    assert Answer.objects.count() == 0
