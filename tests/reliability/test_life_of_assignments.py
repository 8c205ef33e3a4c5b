"""A state machine lives through random lives of assignments; after each step places, money and results must hold."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from quorate.events.models import Dirty
from quorate.ledger import book
from quorate.ledger.models import Entry, EntryKind
from tasks_app.domain import giving_back, handing_out, publishing, quality, rejecting, reviewing
from tasks_app.domain.consensus import aggregate_project
from tasks_app.domain.submitting import GRACE
from tasks_app.enums import AssignmentState, PoolState, ResultState
from tasks_app.errors import AssignmentOver, Conflict, KeyReused, TooManyActive
from tasks_app.models import Answer, Assignment, Pool, Restriction, Slot, Task
from tests import factories

HANDED_IN = {AssignmentState.SUBMITTED, AssignmentState.ACCEPTED}


class Lives(RuleBasedStateMachine):
    """One pool of four tasks, four workers, two tasks a page."""

    held = Bundle("held")
    handed_in = Bundle("handed_in")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.alice = factories.make_user("alice", is_requester=True)
        self.admin = factories.make_user("admin", is_admin=True)
        factories.fund(self.alice)
        self.workers = factories.make_workers(4)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(automatic=st.booleans(), maximum=st.integers(2, 4))
    def open(self, automatic: bool, maximum: int) -> None:
        self.pool = factories.make_open_pool(
            self.alice,
            tasks=4,
            tasks_per_assignment=2,
            reward=100_001,
            overlap_min=2,
            overlap_max=maximum,
            accept_automatically=automatic,
        )

    @rule(target=held, number=st.integers(0, 3))
    def take(self, number: int) -> Any:
        try:
            found = handing_out.take(worker=self.workers[number], pool=self.pool.public_id).assignment
        except TooManyActive:
            return multiple()
        return found or multiple()

    @rule(target=handed_in, one=held, label=st.sampled_from(["cat", "dog"]))
    def submit(self, one: Assignment, label: str) -> Any:
        before = Assignment.objects.get(pk=one.pk).state
        try:
            factories.hand_in(one.worker, one, label)
        except (AssignmentOver, KeyReused):
            assert before != AssignmentState.ACTIVE
            return multiple()
        return one

    @rule(one=held, unseen=st.booleans())
    def give_back(self, one: Assignment, unseen: bool) -> None:
        try:
            giving_back.give_back(worker=one.worker, assignment=one.public_id, unseen=unseen)
        except AssignmentOver:
            assert Assignment.objects.get(pk=one.pk).state != AssignmentState.ACTIVE

    @rule(one=held, position=st.integers(0, 1))
    def skip(self, one: Assignment, position: int) -> None:
        slots = list(one.slots.select_related("task").order_by("position"))
        if not slots:  # given back unseen
            return
        slot = slots[position % len(slots)]
        try:
            giving_back.skip(worker=one.worker, assignment=one.public_id, task=slot.task.public_id)
        except AssignmentOver:
            assert Assignment.objects.get(pk=one.pk).state != AssignmentState.ACTIVE

    @rule(one=held)
    def expire(self, one: Assignment) -> None:
        Assignment.objects.filter(pk=one.pk).update(expires_at=one.created_at - GRACE)
        giving_back.expire_due()
        giving_back.expire_due()

    @rule(one=consumes(handed_in))
    def reject(self, one: Assignment) -> None:
        try:
            rejecting.reject(
                assignment=one, actor=self.alice, reason="No animal here.", evidence="See the second photo."
            )
        except Conflict:
            assert Assignment.objects.get(pk=one.pk).state != AssignmentState.SUBMITTED

    @rule(one=handed_in)
    def accept(self, one: Assignment) -> None:
        reviewing.accept(pool=self.pool, assignment_ids=[one.pk], actor=self.alice)

    @rule(number=st.integers(0, 3))
    def ban(self, number: int) -> None:
        quality.ban_worker(worker=self.workers[number], actor=self.admin, reason="Answers without looking.")

    @rule()
    def lift(self) -> None:
        for restriction in Restriction.objects.filter(lifted_at=None):
            quality.lift(restriction=restriction, actor=self.admin, reason="A mistake.")

    @rule(times=st.integers(1, 2))
    def run_jobs(self, times: int) -> None:
        Dirty.objects.update(due_at="2000-01-01T00:00:00Z")
        for _ in range(times):
            aggregate_project(self.pool.project_id)
            reviewing.accept_due(self.pool.pk)

    @rule()
    def pause_and_resume(self) -> None:
        if Pool.objects.get(pk=self.pool.pk).state == PoolState.OPEN:
            publishing.pause(pool=self.pool, actor=self.alice)
            publishing.resume(pool=self.pool, actor=self.alice)

    @rule()
    def close(self) -> None:
        publishing.close(pool=self.pool, actor=self.alice)

    @invariant()
    def places_are_what_the_slots_say(self) -> None:
        if not hasattr(self, "pool"):
            return
        for task in Task.objects.filter(pool=self.pool):
            states = list(Slot.objects.filter(task=task, released_at=None).values_list("assignment__state", flat=True))
            live, done = states.count(AssignmentState.ACTIVE), sum(state in HANDED_IN for state in states)
            assert (task.slots_live, task.slots_done) == (live, done)
            assert task.slots_free + live + done <= task.overlap_max
            if task.state != ResultState.OPEN:
                assert task.slots_free == 0

    @invariant()
    def money_holds(self) -> None:
        if not hasattr(self, "pool"):
            return
        assert book.audit() == []
        accepted = Assignment.objects.filter(state=AssignmentState.ACCEPTED)
        paid = dict(Entry.objects.filter(kind=EntryKind.REWARD).values_list("ref", "amount"))
        assert paid == {one.public_id: one.reward for one in accepted}
        pending = sum(
            Assignment.objects.filter(state__in=[AssignmentState.ACTIVE, AssignmentState.SUBMITTED]).values_list(
                "reward", flat=True
            )
        )
        assert book.balance(book.held_account(self.pool.public_id)) >= pending

    @invariant()
    def no_answer_is_lost(self) -> None:
        if hasattr(self, "pool"):
            kept = Assignment.objects.filter(state__in=[*HANDED_IN, AssignmentState.REJECTED])
            assert Answer.objects.count() == sum(kept.values_list("task_count", flat=True))


@pytest.mark.django_db
@pytest.mark.long
def test_random_lives_keep_every_invariant() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
