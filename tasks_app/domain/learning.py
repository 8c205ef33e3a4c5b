"""Training and exams: set up by a project's people, gone through by workers; passing gives a skill."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.log import record
from tasks_app import tools
from tasks_app.domain.skills import MAX_DAYS, grant
from tasks_app.enums import SkillSource, TaskKind
from tasks_app.errors import Conflict, InvalidInput, NotFound
from tasks_app.models import Attempt, AttemptAnswer, Course, KnownAnswer, Pool, Project, Skill, Task
from tasks_app.tools.base import Truth
from tasks_app.tools.fields import Json, Problems, read_number

# Bounds by field: the page shows the same.
BOUNDS = {"questions": (1, 50), "pass_mark": (1, 100), "retry_hours": (0, 24 * 365)}
RIGHT = 0.99  # from this score on there is nothing to explain


@dataclass(frozen=True)
class Feedback:
    """What an answer was worth; in training also what is right and why. `attempt` is finished after the last question."""

    score: float
    right: Json | None
    explanation: str
    attempt: Attempt


def set_course(
    *, project: Project, actor: User, enabled: bool, feedback: bool, skill: str, days: Any, **sizes: Any
) -> Course:
    """How the training items are taught: `sizes` as in BOUNDS; `skill` is the public id of one of the owner's, or "".

    Raises InvalidInput naming the field; Conflict where there are fewer training items than questions.
    """
    problems = Problems()
    values = {
        name: int(read_number(sizes.get(name), name, problems, minimum=low, maximum=high) or 0)
        for name, (low, high) in BOUNDS.items()
    }
    if days is not None:
        days = int(read_number(days, "days", problems, minimum=1, maximum=MAX_DAYS) or 1)
    given = Skill.objects.filter(owner=project.created_by_id, public_id=skill).first() if skill else None
    if skill and given is None:
        problems.add("skill", "Choose one of the project owner's skills.")
    problems.check()
    items = Task.objects.filter(pool__project=project, kind=TaskKind.TRAINING).count()
    if enabled and items < values["questions"]:
        raise Conflict(f"There are {items} training items: add some under Known answers, or ask fewer questions.")
    with transaction.atomic():
        fields = {**values, "enabled": enabled, "feedback": feedback, "skill": given, "skill_days": days}
        course, _ = Course.objects.update_or_create(project=project, defaults=fields)
        _note(project, actor, "course_set", enabled=enabled, feedback=feedback, **values)
    return course


def begin(*, worker: User, pool: Pool) -> Attempt:
    """The worker's unfinished attempt, or a new one. Raises NotFound without a course, Conflict when it was passed or must
    wait, naming until when.
    """
    course = Course.objects.filter(project=pool.project_id, enabled=True).first()
    if course is None:
        raise NotFound
    last = Attempt.objects.filter(worker=worker, project=pool.project_id).order_by("-id").first()
    if last is not None and last.finished_at is None:
        return last
    if last is not None and last.passed:
        raise Conflict("You have passed this.", code="passed")
    wait = waits_until(course, last)
    if wait is not None:
        raise Conflict(f"You can try again from {wait:%Y-%m-%d %H:%M} (UTC) on.", code="too_early")
    tasks = Task.objects.filter(pool__project=pool.project_id, kind=TaskKind.TRAINING)
    items = list(tasks.order_by("pk").values_list("pk", flat=True))
    drawn = secrets.SystemRandom().sample(items, min(course.questions, len(items)))
    if not drawn:
        raise NotFound
    try:
        with transaction.atomic():
            return Attempt.objects.create(worker=worker, project_id=pool.project_id, tasks=drawn)
    except IntegrityError:
        # Another tab was faster: its attempt is the one.
        return Attempt.objects.get(worker=worker, project=pool.project_id, finished_at=None)


def waits_until(course: Course, last: Attempt | None) -> datetime | None:
    """Until when there is no other attempt after the last one; None when there may be one now."""
    if last is None or last.finished_at is None or last.passed:
        return None
    until = last.finished_at + timedelta(hours=course.retry_hours)
    return until if until > database_now() else None


def answer(*, worker: User, attempt: str, task: str, value: Any) -> Feedback:
    """Answer one question. Again, whatever is said then, the first answer's feedback: what was told cannot be used.

    Raises NotFound, Conflict when the attempt is over, InvalidInput naming "answer.class".
    """
    with transaction.atomic():
        rows = Attempt.objects.select_for_update(of=("self",)).select_related("project")
        held = rows.filter(public_id=attempt, worker=worker).first()
        asked = Task.objects.filter(public_id=task, pk__in=held.tasks).first() if held else None
        if held is None or asked is None:
            raise NotFound
        course = Course.objects.select_related("skill").get(project=held.project_id)
        known = list(KnownAnswer.objects.filter(task=asked).order_by("-weight", "pk"))
        said = AttemptAnswer.objects.filter(attempt=held, task=asked).first()
        if said is None:
            if held.finished_at is not None:
                raise Conflict("This attempt is over.")
            said = _say(held, asked, known, value)
            _finish(held, course, worker)
    wrong = course.feedback and said.score < RIGHT and bool(known)
    return Feedback(
        score=said.score if course.feedback else 0.0,
        right=known[0].value if wrong else None,
        explanation=known[0].explanation if wrong else "",
        attempt=held,
    )


def _say(held: Attempt, task: Task, known: list[KnownAnswer], value: Any) -> AttemptAnswer:
    tool = tools.get(held.project.kind)
    question = held.project.question
    try:
        clean = tool.clean_answer(question, task.data, value)
    except InvalidInput as error:
        raise InvalidInput(
            fields={f"answer.{name}".rstrip("."): texts for name, texts in error.fields.items()}
        ) from error
    score = tool.score(question, [Truth(one.value, one.weight) for one in known], clean)
    return AttemptAnswer.objects.create(attempt=held, task=task, value=clean, score=min(max(score, 0.0), 1.0))


def _finish(held: Attempt, course: Course, worker: User) -> None:
    """After the last question: the score, whether it passes, and the skill. An item withdrawn meanwhile asks nothing."""
    scores = dict(held.answers.values_list("task_id", "score"))
    left = Task.objects.filter(pk__in=set(held.tasks) - set(scores), kind=TaskKind.TRAINING)
    if left.exists():
        return
    held.score = sum(scores.values()) / len(scores)
    held.passed = held.score >= course.pass_mark / 100
    held.finished_at = database_now()
    held.save(update_fields=["score", "passed", "finished_at"])
    record(
        actor=worker,
        verb="course.passed" if held.passed else "course.failed",
        object_type="user",
        object_id=worker.public_id,
        scope=held.project.public_id,
        data={"score": held.score, "pass_mark": course.pass_mark},
    )
    if held.passed and course.skill is not None:
        value = round(held.score * 100)
        grant(
            skill=course.skill,
            worker=worker,
            value=value,
            days=course.skill_days,
            source=SkillSource.EXAM,
            actor=None,
            reason=f"{value} of 100 in {'training' if course.feedback else 'an exam'}",
        )


def _note(project: Project, actor: User, verb: str, **data: object) -> None:
    record(
        actor=actor,
        verb=f"project.{verb}",
        object_type="project",
        object_id=project.public_id,
        scope=project.public_id,
        data=data,
    )
