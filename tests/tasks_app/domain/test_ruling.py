"""Rules applied: every action and its undoing, once whatever the job does; the dry run; appeals."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from quorate.accounts.models import User
from quorate.events.models import Dirty, Event
from tasks_app.domain import (
    appealing,
    giving_back,
    handing_out,
    known_answers,
    projects,
    rejecting,
    reviewing,
    ruling,
    skills,
)
from tasks_app.domain.judging import judge_project
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.domain.rule_presets import halfway, presets
from tasks_app.enums import AssignmentState, ResultState, Topic
from tasks_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from tasks_app.models import Answer, Appeal, Attempt, Exclusion, Firing, Pool, Rule, SkillGrant, Task
from tasks_app.queries.measures import measure, windows
from tasks_app.queries.workers import money_of
from tests import factories

EXCLUDE = {"do": "exclude", "from": "project", "days": 30}


def rule(pool: Pool, name: str, way: str, value: float, *then: Any, least: int = 3, window: int = 40) -> Rule:
    body = {
        "when": [{"measure": name, "is": way, "value": value, "least": least}],
        "window": window,
        "then": list(then),
    }
    return ruling.add_rule(project=pool.project, actor=pool.project.created_by, body=body)


def judge(pool: Pool) -> None:
    factories.aggregate(pool)
    while Dirty.objects.filter(topic=Topic.JUDGE).exists():
        judge_project(pool.project_id)


def served(worker: User, pool: Pool) -> str:
    """Why the worker gets nothing; empty where there is work."""
    taken = handing_out.take(worker=worker, pool=pool.public_id)
    if taken.assignment is not None:
        giving_back.give_back(worker=worker, assignment=taken.assignment.public_id, unseen=True)
    return taken.reason


@pytest.fixture
def pool(alice: User) -> Pool:
    """Twelve tasks; nothing settles before six answers, so that there is always work."""
    return factories.make_open_pool(alice, tasks=12, overlap_min=6, overlap_max=8)


@pytest.fixture
def crowd(pool: Pool, workers: list[User]) -> list[User]:
    """Four who agree and one who says the contrary, all through."""
    factories.answer_all(workers, pool, ["cat", "cat", "cat", "cat", "dog"])
    factories.add_tasks(pool, 3, first=100)
    Task.objects.filter(pool=pool, name__startswith="item-10").exclude(name="item-10").update(slots_free=6)
    return workers


def test_rule_stops_the_one_it_is_about(pool: Pool, crowd: list[User]) -> None:
    rule(pool, "agreement_at_most", "below", 0.6, EXCLUDE)
    judge(pool)
    firing = Firing.objects.get()
    assert (firing.worker, firing.evidence[0]["found"] < 0.3, firing.evidence[0]["count"]) == (crowd[4], True, 12)
    assert [served(worker, pool) for worker in crowd] == ["", "", "", "", "restricted"]
    event = Event.objects.get(verb="rule.fired")
    assert (event.object_id, event.scope) == (crowd[4].public_id, pool.project.public_id)
    assert event.data["evidence"][0]["measure"] == "agreement_at_most"


def test_running_twice_late_or_again_applies_once(pool: Pool, crowd: list[User]) -> None:
    rule(pool, "agreement", "below", 0.6, EXCLUDE)
    judge(pool)
    for _ in range(2):
        ruling.apply_rules(pool.project, [worker.pk for worker in crowd])
    assert Firing.objects.count() == Exclusion.objects.count() == 1


def test_two_jobs_at_once_apply_once(pool: Pool, crowd: list[User]) -> None:
    made = rule(pool, "agreement", "below", 0.6, EXCLUDE)
    factories.aggregate(pool)
    found = windows(pool.project, {crowd[4].pk: 0}, 40)
    measure(pool.project, found, {"agreement"})
    results = [ruling._fire(made, crowd[4].pk, found[crowd[4].pk]) for _ in range(2)]
    assert results == [1, 0]
    assert Exclusion.objects.count() == 1


@pytest.mark.parametrize(("place", "elsewhere"), [("pool", ""), ("project", ""), ("requester", "restricted")])
def test_exclusion_reaches_as_far_as_it_says(
    alice: User, pool: Pool, crowd: list[User], place: str, elsewhere: str
) -> None:
    rule(pool, "agreement", "below", 0.6, {"do": "exclude", "from": place, "days": None})
    judge(pool)
    other = factories.make_open_pool(alice, name="Another project")
    assert served(crowd[4], pool) == "restricted"
    assert served(crowd[4], other) == elsewhere
    assert served(crowd[0], other) == ""


def test_exclusion_ends_by_itself(pool: Pool, crowd: list[User]) -> None:
    rule(pool, "agreement", "below", 0.6, EXCLUDE)
    judge(pool)
    Exclusion.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert served(crowd[4], pool) == ""
    judge(pool)
    assert Firing.objects.count() == 1


def test_answers_are_asked_again_and_count_again_when_undone(alice: User, pool: Pool, crowd: list[User]) -> None:
    rule(pool, "agreement", "below", 0.6, {"do": "ask_again"})
    judge(pool)
    firing = Firing.objects.get()
    mine = Answer.objects.filter(worker=crowd[4])
    assert (firing.answers_out, set(mine.values_list("counts", flat=True))) == (12, {False})
    assert Answer.objects.filter(counts=False).count() == 12
    factories.aggregate(pool)
    # Four answers count of six that are wanted: two more places, within the maximum of eight.
    assert set(Task.objects.filter(slots_done=5).values_list("state", "slots_free")) == {(ResultState.OPEN, 2)}
    ruling.undo(firing=firing, actor=alice, reason="Known answers were wrong.")
    assert set(mine.values_list("counts", "excluded_reason")) == {(True, "")}
    ruling.undo(firing=firing, actor=alice, reason="Again.")
    assert Event.objects.filter(verb="rule.undone").count() == 1


def test_undone_firing_is_not_done_again_on_the_same_answers(alice: User, pool: Pool, crowd: list[User]) -> None:
    rule(pool, "agreement", "below", 0.6, EXCLUDE)
    judge(pool)
    ruling.undo(firing=Firing.objects.get(), actor=alice, reason="By mistake.")
    assert served(crowd[4], pool) == ""
    judge(pool)
    ruling.apply_rules(pool.project, [crowd[4].pk])
    assert Firing.objects.count() == 1
    with pytest.raises(InvalidInput):
        ruling.undo(firing=Firing.objects.get(), actor=alice, reason=" ")


def test_pay_is_never_withheld(alice: User, pool: Pool, crowd: list[User]) -> None:
    rule(pool, "agreement", "below", 0.6, EXCLUDE, {"do": "ask_again"})
    judge(pool)
    Dirty.objects.update(due_at="2000-01-01T00:00:00Z")
    reviewing.accept_due(pool.pk)
    assert set(crowd[4].assignments.values_list("state", flat=True)) == {AssignmentState.ACCEPTED}
    assert money_of(crowd[4]).earned == 12 * pool.reward


def test_skill_is_given_by_the_measure_and_taken_back(alice: User, pool: Pool, crowd: list[User]) -> None:
    skill = skills.create_skill(owner=alice, name="Cats")
    rule(pool, "agreement", "above", 0.9, {"do": "skill", "skill": skill.public_id, "days": 10})
    judge(pool)
    assert sorted(SkillGrant.objects.values_list("worker", "value")) == [(worker.pk, 100) for worker in crowd[:4]]
    firing = Firing.objects.get(worker=crowd[0])
    ruling.undo(firing=firing, actor=alice, reason="Not yet.")
    assert not SkillGrant.objects.filter(worker=crowd[0]).exists()


def test_switched_off_and_removed_rules_rest(alice: User, pool: Pool, crowd: list[User]) -> None:
    made = rule(pool, "agreement", "below", 0.6, EXCLUDE)
    ruling.switch(rule=made, actor=alice, on=False)
    judge(pool)
    ruling.remove(rule=made, actor=alice)
    ruling.apply_rules(pool.project, [worker.pk for worker in crowd])
    assert not Firing.objects.exists()
    verbs = list(Event.objects.filter(object_type="project", verb__startswith="rule.").values_list("verb", flat=True))
    assert sorted(verbs) == ["rule.added", "rule.removed", "rule.switched_off"]


def test_dry_run_tells_and_changes_nothing(alice: User, pool: Pool, crowd: list[User]) -> None:
    task = Task.objects.order_by("pk")[0]
    known_answers.make_known(pool=pool, actor=alice, entries=[Known(task, [RightAnswer({"class": "cat"})])])
    judge(pool)
    body = {
        "when": [{"measure": "agreement", "is": "below", "value": 0.6}],
        "window": 40,
        "then": [{"do": "ask_again"}],
    }
    found = ruling.dry_run(pool.project, ruling.grammar.clean(body))
    assert (found.looked_at, [worker for worker, _ in found.applied], found.good) == (5, [crowd[4].pk], 0)
    assert found.answers == 12
    assert not Firing.objects.exists()


def test_rule_asks_for_the_owners_skills_alone(charlie: User, pool: Pool) -> None:
    foreign = skills.create_skill(owner=charlie, name="Cats")
    with pytest.raises(InvalidInput):
        rule(pool, "agreement", "above", 0.9, {"do": "skill", "skill": foreign.public_id})


# --- Measures ---------------------------------------------------------------------------------------------------------
def measured(pool: Pool, worker: User, name: str) -> tuple[float | None, int]:
    found = windows(pool.project, {worker.pk: 0}, 40)
    measure(pool.project, found, {name})
    return found[worker.pk].measured[name].value, found[worker.pk].measured[name].count


def test_pace_is_against_others_on_the_same_items(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=2, tasks_per_assignment=2)
    for worker, seconds in zip(workers[:3], (10.0, 10.0, 2.0), strict=True):
        held = factories.take(worker, pool)
        type(held).objects.filter(pk=held.pk).update(created_at="2026-01-01T00:00:00Z")
        factories.hand_in(worker, held, seconds=seconds)
    assert measured(pool, workers[2], "pace") == (0.2, 2)
    assert measured(pool, workers[0], "pace")[0] == pytest.approx(10 / 6)


def test_skips_in_a_row_end_with_an_answer(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=5)
    factories.answer(worker, pool)
    for _ in range(2):
        held = factories.take(worker, pool)
        giving_back.skip(worker=worker, assignment=held.public_id, task=held.slots.get().task.public_id)
    assert measured(pool, worker, "skips") == (2.0, 2)
    factories.answer(worker, pool)
    assert measured(pool, worker, "skips") == (0.0, 0)


def test_known_and_fitted_measures(alice: User, pool: Pool, crowd: list[User]) -> None:
    tasks = list(Task.objects.order_by("pk")[:4])
    entries = [Known(task, [RightAnswer({"class": "cat"})]) for task in tasks]
    known_answers.make_known(pool=pool, actor=alice, entries=entries)
    judge(pool)
    assert measured(pool, crowd[0], "known_accuracy") == (1.0, 4)
    assert measured(pool, crowd[4], "known_accuracy") == (0.0, 4)
    assert measured(pool, crowd[4], "known_at_most")[0] == pytest.approx(1 - 0.05 ** (1 / 5))
    accuracy = measured(pool, crowd[4], "accuracy")
    assert accuracy[0] is not None
    assert accuracy[0] < 0.4
    assert accuracy[1] == 12


def test_acceptance_and_the_day(alice: User, pool: Pool, crowd: list[User]) -> None:
    rows = list(pool.assignments.filter(worker=crowd[0]).order_by("pk"))
    reviewing.accept(pool=pool, assignment_ids=[row.pk for row in rows[:3]], actor=alice)
    rejecting.reject(assignment=rows[3], actor=alice, reason="Empty.", evidence="See the second photo.")
    assert measured(pool, crowd[0], "accepted") == (0.75, 4)
    # One requester's rejections lower what holds everywhere by a tenth at most.
    assert measured(pool, crowd[0], "acceptance") == (0.9, 4)
    assert measured(pool, crowd[0], "answers_today") == (11.0, 11)
    assert measured(pool, crowd[0], "earned_today")[0] == 11 * pool.reward


def test_last_score_in_training(pool: Pool, crowd: list[User]) -> None:
    assert measured(pool, crowd[0], "training") == (None, 0)
    for score in (0.4, 0.8):
        values = {"score": score, "passed": score > 0.5, "finished_at": timezone.now()}
        Attempt.objects.create(project=pool.project, worker=crowd[0], tasks=[], **values)
    assert measured(pool, crowd[0], "training") == (0.8, 2)


# --- Presets and appeals ----------------------------------------------------------------------------------------------
def test_who_is_estimated_to_guess_is_turned_away_without_known_answers_told_and_let_in_again(
    alice: User, workers: list[User]
) -> None:
    pool = factories.make_open_pool(alice, tasks=30, overlap_min=5, overlap_max=6)
    proposed = next(one for one in presets(pool.project) if one.key == "estimate")
    ruling.add_rule(project=pool.project, actor=alice, body=proposed.body)
    held = 0
    for place, worker in enumerate(workers):
        while (taken := handing_out.take(worker=worker, pool=pool.public_id)).assignment is not None:
            number = int(taken.assignment.slots.get().task.name.removeprefix("item-"))
            truth = "cat" if number % 2 else "dog"
            factories.hand_in(worker, taken.assignment, "cat" if place == 4 else truth)
            held += 1
            if place == 4 and held == 4 * 30 + 20:
                break
    judge(pool)
    firing = Firing.objects.get()
    assert (firing.worker, firing.answers_out) == (workers[4], 0)
    assert firing.evidence[0]["found"] < 0.35
    factories.add_tasks(pool, 1, first=100)
    Task.objects.filter(name="item-100").update(slots_free=6)
    assert [served(worker, pool) for worker in workers] == ["", "", "", "", "restricted"]
    assert (
        Answer.objects.filter(worker=workers[4], counts=True).count() == 20
    )  # they still count, for what they are worth
    ruling.undo(firing=firing, actor=alice, reason="A colour-blind friend.")
    assert served(workers[4], pool) == ""


def test_presets_are_rules(alice: User, pool: Pool) -> None:
    for preset in presets(pool.project):
        assert ruling.grammar.clean(preset.body)
    assert halfway(pool.project) == 0.75
    boxes = projects.create_project(
        owner=alice, kind="bounding_box", name="B", question=factories.QUESTIONS["bounding_box"]
    )
    assert halfway(boxes) == 0.5


def test_appeal_granted_undoes_and_turned_down_does_not(
    alice: User, admin: User, pool: Pool, crowd: list[User]
) -> None:
    rule(pool, "agreement", "below", 0.6, EXCLUDE)
    judge(pool)
    firing = Firing.objects.get()
    with pytest.raises(NotFound):
        appealing.appeal(worker=crowd[0], firing=firing, text="Me too.")
    made = appealing.appeal(worker=crowd[4], firing=firing, text="They are dogs.")
    with pytest.raises(Conflict):
        appealing.appeal(worker=crowd[4], firing=firing, text="Again.")
    with pytest.raises(Forbidden):
        appealing.decide(appeal=made, actor=alice, granted=True, answer="Yes.")
    with pytest.raises(InvalidInput):
        appealing.decide(appeal=made, actor=admin, granted=True, answer="")
    appealing.decide(appeal=made, actor=admin, granted=True, answer="They are.")
    appealing.decide(appeal=made, actor=admin, granted=False, answer="Too late.")
    decided = Appeal.objects.get()
    assert (decided.granted, decided.answer) == (True, "They are.")
    assert served(crowd[4], pool) == ""


def test_appeal_turned_down_leaves_it(admin: User, pool: Pool, crowd: list[User]) -> None:
    rule(pool, "agreement", "below", 0.6, EXCLUDE)
    judge(pool)
    made = appealing.appeal(worker=crowd[4], firing=Firing.objects.get(), text="No.")
    appealing.decide(appeal=made, actor=admin, granted=False, answer="The known answers are right.")
    assert served(crowd[4], pool) == "restricted"
