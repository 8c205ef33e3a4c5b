"""Rules that slow down, ask more about items, and hold work for review; and undoing them."""

from datetime import timedelta

import pytest

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.models import Dirty
from tasks_app.domain import handing_out, reviewing, ruling, skills
from tasks_app.domain.rule_presets import presets
from tasks_app.enums import AssignmentState, ResultState, Sanction, Topic
from tasks_app.errors import InvalidInput
from tasks_app.grammar import rule as grammar
from tasks_app.models import Assignment, Exclusion, Firing, Pool, Rule, Task
from tasks_app.queries import reviews, ruled
from tests import factories


@pytest.fixture
def pool(alice: User) -> Pool:
    return factories.make_open_pool(alice, tasks=4, overlap_min=3, overlap_max=7)


def fire(pool: Pool, worker: User, *then: dict[str, object]) -> Firing:
    """A rule that the worker's answers so far meet, applied."""
    body = {"when": [{"measure": "answers_today", "is": "above", "value": 0}], "window": 40, "then": list(then)}
    made = ruling.add_rule(project=pool.project, actor=pool.project.created_by, body=body)
    assert ruling.apply_rules(pool.project, [worker.pk]) == 1
    Rule.objects.filter(pk=made.pk).update(enabled=False)
    return Firing.objects.get(rule=made)


def test_slowed_the_next_page_comes_after_its_seconds_and_at_once_when_undone(
    pool: Pool, alice: User, workers: list[User]
) -> None:
    worker = workers[0]
    factories.answer(worker, pool)
    firing = fire(pool, worker, {"do": "slow", "from": "project", "seconds": 600, "days": 1})
    waits = handing_out.take(worker=worker, pool=pool.public_id)
    assert (waits.assignment, waits.reason) == (None, "no_tasks")
    assert "600 seconds" in waits.message
    assert "every 600 seconds" in grammar.to_worker(firing.body["then"])
    assert handing_out.take(worker=workers[1], pool=pool.public_id).assignment is not None
    Assignment.objects.filter(worker=worker).update(created_at=database_now() - timedelta(seconds=601))
    factories.answer(worker, pool)
    assert handing_out.take(worker=worker, pool=pool.public_id).assignment is None
    ruling.undo(firing=firing, actor=alice, reason="Careful after all.")
    assert handing_out.take(worker=worker, pool=pool.public_id).assignment is not None


def test_what_is_held_waits_for_a_person_and_is_paid_after_a_fortnight_all_the_same(
    pool: Pool, alice: User, workers: list[User]
) -> None:
    worker, other = workers[:2]
    factories.answer(worker, pool)
    reviewing.accept_due(pool.pk)
    firing = fire(pool, worker, {"do": "review", "from": "project", "days": None})
    held, free = factories.answer(worker, pool), factories.answer(other, pool)
    assert reviewing.accept_due(pool.pk) == 1
    held.refresh_from_db()
    free.refresh_from_db()
    assert (held.state, free.state) == (AssignmentState.SUBMITTED, AssignmentState.ACCEPTED)
    row = Dirty.objects.get(topic=Topic.ACCEPT, scope=pool.pk, key=held.pk)
    assert row.due_at > database_now() + timedelta(days=13)
    due = reviews.due_at(held, {worker.pk})
    assert due is not None
    assert abs(row.due_at - due) < timedelta(seconds=5)

    Assignment.objects.filter(pk=held.pk).update(submitted_at=database_now() - timedelta(days=15))
    Dirty.objects.filter(pk=row.pk).update(due_at=database_now() - timedelta(seconds=1))
    assert reviewing.accept_due(pool.pk) == 1

    again = factories.answer(worker, pool)
    assert reviewing.accept_due(pool.pk) == 0
    ruling.undo(firing=firing, actor=alice, reason="Careful after all.")
    assert reviewing.accept_due(pool.pk) == 1
    again.refresh_from_db()
    assert again.state == AssignmentState.ACCEPTED


def test_more_answers_are_asked_within_the_maximum_and_no_longer_when_undone(
    pool: Pool, alice: User, workers: list[User]
) -> None:
    factories.answer_all(workers[:3], pool, ["cat", "cat", "cat"])
    factories.aggregate(pool)
    assert set(pool.tasks.values_list("state", flat=True)) == {ResultState.SETTLED}
    firing = fire(pool, workers[0], {"do": "add_overlap", "count": 2})
    factories.aggregate(pool)
    assert set(pool.tasks.values_list("state", "slots_free", "asked_more")) == {(ResultState.OPEN, 2, 2)}
    factories.answer_all(workers[3:], pool, ["cat", "cat"])
    factories.aggregate(pool)
    assert set(pool.tasks.values_list("state", "slots_done")) == {(ResultState.SETTLED, 5)}
    ruling.undo(firing=firing, actor=alice, reason="No need.")
    assert set(pool.tasks.values_list("asked_more", flat=True)) == {0}

    fire(pool, workers[1], {"do": "add_overlap", "count": 10})
    factories.aggregate(pool)
    assert all(task.slots_free + task.slots_done == 7 for task in Task.objects.filter(pool=pool))


def test_a_skill_is_given_with_the_value_that_was_set(pool: Pool, alice: User, worker: User) -> None:
    factories.answer(worker, pool)
    skill = skills.create_skill(owner=alice, name="Steady")
    fire(pool, worker, {"do": "skill", "skill": skill.public_id, "value": 75, "days": 30})
    assert worker.skills.get().value == 75


def test_sanctions_end_and_the_worker_sees_them(pool: Pool, worker: User) -> None:
    factories.answer(worker, pool)
    fire(pool, worker, {"do": "slow", "from": "pool", "seconds": 600, "days": 1})
    assert [row.what for row in ruled.excluded_from(worker)] == [Sanction.SLOWED]
    Exclusion.objects.update(ends_at=database_now() - timedelta(seconds=1))
    assert ruled.excluded_from(worker) == []
    assert handing_out.take(worker=worker, pool=pool.public_id).assignment is not None


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({"do": "slow", "from": "project", "days": 1}, "rule.then.0.seconds"),
        ({"do": "slow", "from": "moon", "days": 1, "seconds": 5}, "rule.then.0.from"),
        ({"do": "add_overlap", "count": 99}, "rule.then.0.count"),
        ({"do": "review", "from": "project", "days": 0}, "rule.then.0.days"),
    ],
)
def test_a_wrong_action_is_refused_by_name(action: dict[str, object], field: str) -> None:
    when = [{"measure": "pace", "is": "below", "value": 0.5}]
    with pytest.raises(InvalidInput) as refused:
        grammar.clean({"when": when, "window": 5, "then": [action]})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(("kind", "key"), [("text_classification", "hurried"), ("bounding_box", "drawn")])
def test_each_kind_has_proposals_of_its_own(alice: User, kind: str, key: str) -> None:
    proposed = presets(factories.make_project(alice, kind=kind))
    assert proposed[-1].key == key
    for one in proposed:
        assert grammar.clean(one.body) == one.body | grammar.clean(one.body)
        assert grammar.sentence(one.body).endswith(".")
