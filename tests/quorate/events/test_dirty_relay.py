"""Dirty rows and the relay that rings for them."""

import pytest
from django.db import IntegrityError, connection, transaction

from quorate.events import dirty
from quorate.events.log import record
from quorate.events.models import Dirty, Event, Heartbeat
from quorate.events.relay import Relay, Ring
from tests import factories

Call = tuple[str, list[int]]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def rung() -> list[Call]:
    return []


@pytest.fixture
def ring(rung: list[Call]) -> Ring:
    return lambda name, arguments: rung.append((name, arguments))


def subjects(rung: list[Call]) -> list[Call]:
    return [call for call in rung if call[0] != "tasks_app.jobs.tick"]


@pytest.mark.django_db
def test_mark_raises_seq_and_keeps_the_earlier_time() -> None:
    dirty.mark("aggregate", 1, [5], due_in=100)
    dirty.mark("aggregate", 1, [5, 6], due_in=0)
    dirty.mark("aggregate", 1, [5], due_in=1000)

    assert list(Dirty.objects.order_by("key").values_list("key", "seq")) == [(5, 3), (6, 1)]
    assert {row.key for row in dirty.take("aggregate", 1)} == {5, 6}


@pytest.mark.django_db
def test_take_leaves_what_is_not_due() -> None:
    dirty.mark("aggregate", 1, due_in=60)

    assert dirty.take("aggregate", 1) == []


@pytest.mark.django_db
def test_done_keeps_rows_with_news() -> None:
    dirty.mark("aggregate", 1, [1, 2])
    seen = dirty.take("aggregate", 1)
    dirty.mark("aggregate", 1, [2])
    dirty.done(seen)

    assert list(Dirty.objects.values_list("key", flat=True)) == [2]


@pytest.mark.django_db
def test_relay_rings_each_subject_once_a_debounce(rung: list[Call], ring: Ring) -> None:
    clock = Clock()
    relay = Relay(ring, clock=clock)
    dirty.mark("aggregate", 1, [1, 2])
    dirty.mark("accept", 9, [4])
    relay.round()
    relay.round()
    assert sorted(subjects(rung)) == [("tasks_app.jobs.accept", [9]), ("tasks_app.jobs.aggregate", [1])]

    clock.now += 1.0
    relay.round()
    assert len(subjects(rung)) == 4


@pytest.mark.django_db
def test_relay_is_silent_when_nothing_is_dirty_but_ticks(rung: list[Call], ring: Ring) -> None:
    Relay(ring, clock=Clock()).round()

    assert rung == [("tasks_app.jobs.tick", [])]
    assert Heartbeat.objects.filter(name="relay").exists()


@pytest.mark.django_db
def test_an_event_needs_the_transaction_of_its_change() -> None:
    with transaction.atomic():
        record(actor=None, verb="tested", object_type="thing", object_id="x")
    assert Event.objects.get().verb == "tested"


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["events_event", "ledger_entry"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_history_can_not_be_rewritten(table: str, verb: str) -> None:
    alice = factories.make_user("alice", is_requester=True)
    factories.fund(alice)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))
