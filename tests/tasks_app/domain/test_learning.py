"""Training and exams: set up, gone through, passed and failed; what is told, what passing gives, how long one waits."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quorate.accounts.models import User
from quorate.events.models import Event
from tasks_app.domain import handing_out, known_answers, learning, skills
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.enums import Guard, TaskKind
from tasks_app.errors import Conflict, InvalidInput, NotFound
from tasks_app.models import Attempt, AttemptAnswer, Course, Pool, Skill, SkillGrant, Task
from tasks_app.queries import courses
from tests import factories
from tests.conftest import ClientFor

SIZES = {"questions": 3, "pass_mark": 60, "retry_hours": 24}


@pytest.fixture
def pool(alice: User) -> Pool:
    """Four of eight items are for training: all cats, because of the whiskers."""
    made = factories.make_open_pool(alice, tasks=8)
    entries = [Known(task, [RightAnswer({"class": "cat"})], "Whiskers.") for task in made.tasks.order_by("pk")[:4]]
    known_answers.make_known(pool=made, actor=alice, entries=entries, kind=TaskKind.TRAINING)
    return made


@pytest.fixture
def skill(alice: User) -> Skill:
    return skills.create_skill(owner=alice, name="Cats")


def offer(pool: Pool, *, feedback: bool = True, skill: str = "", **sizes: Any) -> Course:
    owner = pool.project.created_by
    values = {**SIZES, **sizes}
    return learning.set_course(
        project=pool.project, actor=owner, enabled=True, feedback=feedback, skill=skill, days=30, **values
    )


def go_through(worker: User, pool: Pool, labels: str) -> Attempt:
    """An attempt with c(at) and d(og) for its questions."""
    attempt = learning.begin(worker=worker, pool=pool)
    for label, task in zip(labels, courses.questions(attempt), strict=True):
        value = {"class": "cat" if label == "c" else "dog"}
        learning.answer(worker=worker, attempt=attempt.public_id, task=task.public_id, value=value)
    attempt.refresh_from_db()
    return attempt


def test_passing_gives_the_skill_with_the_score(worker: User, pool: Pool, skill: Skill) -> None:
    offer(pool, skill=skill.public_id)
    attempt = go_through(worker, pool, "ccd")
    assert (attempt.passed, round(attempt.score or 0, 3)) == (True, 0.667)
    held = SkillGrant.objects.get()
    assert (held.worker, held.value, held.source) == (worker, 67, "exam")
    assert held.expires_at is not None
    with pytest.raises(Conflict):
        learning.begin(worker=worker, pool=pool)
    assert Event.objects.filter(verb="course.passed").count() == 1


def test_failing_gives_nothing_and_waits(worker: User, pool: Pool, skill: Skill) -> None:
    offer(pool, skill=skill.public_id)
    attempt = go_through(worker, pool, "cdd")
    assert attempt.passed is False
    assert not SkillGrant.objects.exists()
    with pytest.raises(Conflict) as refused:
        learning.begin(worker=worker, pool=pool)
    assert refused.value.code == "too_early"
    Attempt.objects.update(finished_at=timezone.now() - timezone.timedelta(hours=25))
    assert learning.begin(worker=worker, pool=pool).pk != attempt.pk


def test_training_tells_what_is_right_and_the_first_answer_stands(worker: User, pool: Pool) -> None:
    offer(pool)
    attempt = learning.begin(worker=worker, pool=pool)
    assert learning.begin(worker=worker, pool=pool).pk == attempt.pk
    task = courses.questions(attempt)[0].public_id
    for said in ("dog", "cat"):
        told = learning.answer(worker=worker, attempt=attempt.public_id, task=task, value={"class": said})
        assert (told.score, told.right, told.explanation) == (0.0, {"class": "cat"}, "Whiskers.")
    assert AttemptAnswer.objects.count() == 1
    assert len(courses.questions(attempt)) == 2


def test_exam_tells_nothing_before_the_end(worker: User, pool: Pool) -> None:
    offer(pool, feedback=False)
    attempt = learning.begin(worker=worker, pool=pool)
    task = courses.questions(attempt)[0].public_id
    for said in ("dog", "cat"):
        told = learning.answer(worker=worker, attempt=attempt.public_id, task=task, value={"class": said})
        assert (told.score, told.right, told.explanation) == (0.0, None, "")


def test_answers_are_checked(worker: User, workers: list[User], pool: Pool) -> None:
    offer(pool)
    attempt = learning.begin(worker=worker, pool=pool)
    task = courses.questions(attempt)[0]
    with pytest.raises(InvalidInput) as refused:
        learning.answer(worker=worker, attempt=attempt.public_id, task=task.public_id, value={"class": "cow"})
    assert set(refused.value.fields) == {"answer.class"}
    with pytest.raises(NotFound):
        learning.answer(worker=workers[0], attempt=attempt.public_id, task=task.public_id, value={"class": "cat"})
    other = Task.objects.filter(kind=TaskKind.MAIN)[0]
    with pytest.raises(NotFound):
        learning.answer(worker=worker, attempt=attempt.public_id, task=other.public_id, value={"class": "cat"})


def test_item_withdrawn_meanwhile_asks_nothing(alice: User, worker: User, pool: Pool) -> None:
    offer(pool)
    attempt = learning.begin(worker=worker, pool=pool)
    first, second, third = courses.questions(attempt)
    known_answers.withdraw(task=Task.objects.select_related("pool").get(pk=third.pk), actor=alice)
    for task in (first, second):
        learning.answer(worker=worker, attempt=attempt.public_id, task=task.public_id, value={"class": "cat"})
    attempt.refresh_from_db()
    assert attempt.passed is True


def test_course_is_bounded(charlie: User, pool: Pool) -> None:
    with pytest.raises(Conflict):
        offer(pool, questions=5)
    foreign = skills.create_skill(owner=charlie, name="Cats")
    with pytest.raises(InvalidInput):
        offer(pool, skill=foreign.public_id)
    for name, value in (("questions", 0), ("pass_mark", 101), ("retry_hours", -1)):
        with pytest.raises(InvalidInput) as refused:
            offer(pool, **{name: value})
        assert set(refused.value.fields) == {name}


def test_who_lacks_the_skill_learns_it_and_works(
    alice: User, worker: User, pool: Pool, skill: Skill, client_for: ClientFor
) -> None:
    offer(pool, skill=skill.public_id)
    skills.set_audience(pool=pool, actor=alice, audience={"skill": skill.public_id, "from": 60}, guard=Guard.ACCEPT)
    assert handing_out.take(worker=worker, pool=pool.public_id).reason == "audience"
    client: Client = client_for(worker)
    base = f"/work/{pool.public_id}/learn/"
    assert base in client.get(f"/work/{pool.public_id}/").content.decode()
    assert b"Begin" in client.get(base).content
    html = client.post(base).content.decode()
    attempt = Attempt.objects.get()
    assert attempt.public_id in html
    assert "Whiskers" not in html
    for number, task in enumerate(courses.questions(attempt)):
        sent = {"attempt": attempt.public_id, "task": task.public_id, "answer": {"class": "cat"}}
        told = client.post(f"{base}answer/", json.dumps(sent), content_type="application/json").json()
        assert (told["score"], told["finished"]) == (1.0, number == 2)
    assert b"Passed with" in client.get(base).content
    assert client.post(base).status_code == 409
    assert factories.take(worker, pool).task_count == 1


@pytest.mark.parametrize(
    ("body", "status"), [("", 400), ("[" * 9999, 400), ("[]", 400), ("{}", 404), ('{"attempt": "\\u0000"}', 404)]
)
def test_malformed_answers_are_refused(worker: User, pool: Pool, client_for: ClientFor, body: str, status: int) -> None:
    offer(pool)
    path = f"/work/{pool.public_id}/learn/answer/"
    assert client_for(worker).post(path, body, content_type="application/json").status_code == status


def test_page_of_settings(alice: User, pool: Pool, skill: Skill, client_for: ClientFor) -> None:
    client = client_for(alice)
    path = f"/p/{pool.project.public_id}/training/"
    form = {"enabled": "on", "feedback": "0", "questions": "2", "pass_mark": "90", "retry_hours": "1"}
    assert client.post(path, form | {"skill": skill.public_id}).status_code == 303
    course = Course.objects.get()
    assert (course.enabled, course.feedback, course.questions, course.skill) == (True, False, 2, skill)
    assert client.post(path, form | {"questions": "9"}).status_code == 422
    assert client.get(path).status_code == 200
