"""Projects: making, describing, copying and putting them away. Who works on them: members.py."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from quorate.accounts.models import User
from quorate.events import dirty, log
from tasks_app import tools
from tasks_app.domain.keeping_media import examples_of, keep, keep_named
from tasks_app.enums import PoolState, Role, Topic
from tasks_app.errors import Conflict, Forbidden
from tasks_app.models import Answer, KnownAnswer, MediaFile, Membership, Pool, Project
from tasks_app.queries.pools import current_pool
from tasks_app.tools.fields import Json, Problems, read_text

MAX_NAME = 120
MAX_INSTRUCTIONS = 20_000
MAX_DESCRIPTION = 500
MAX_KEYWORDS = 200

# What a copy of a project takes over from the pool; its state, dates and measured seconds are its own.
_COPIED = (
    "description",
    "keywords",
    "reward",
    "tasks_per_assignment",
    "assignment_seconds",
    "lifetime_days",
    "overlap_min",
    "overlap_max",
    "overlap_mode",
    "overlap_votes",
    "overlap_worth",
    "confidence",
    "accept_automatically",
    "accept_delay_seconds",
    "price_steps",
    "audience",
    "guard",
    "known_share",
    "known_overlap",
)


def create_project(
    *,
    owner: User,
    kind: str,
    name: str,
    question: Any = None,
    instructions: str = "",
) -> Project:
    """A project with its first pool (draft) and `owner` as its owner.

    Without `question` there is none yet ({}): the launch checklist asks for it. Raises Forbidden where `owner` is no
    requester, InvalidInput naming "name", "kind", "instructions" or fields of the question.
    """
    if not owner.is_requester:
        raise Forbidden("Only requesters create projects. An admin can make you one.")
    problems = Problems()
    clean_name = read_text(name, "name", problems, maximum=MAX_NAME)
    clean_instructions = _read_instructions(instructions, problems)
    if kind not in {tool.kind for tool in tools.all_tools()}:
        problems.add("kind", "Choose a kind of task.")
    problems.check()
    clean_question = {} if question is None else tools.get(kind).clean_question(question)
    with transaction.atomic():
        project = Project.objects.create(
            name=clean_name,
            kind=kind,
            question=clean_question,
            instructions=clean_instructions,
            created_by=owner,
        )
        Membership.objects.create(project=project, user=owner, role=Role.OWNER)
        Pool.objects.create(project=project, title=clean_name)
        record(project, owner, "project.created", kind=kind, name=clean_name)
    return project


def set_question(*, project: Project, actor: User, question: Any, seen_version: int) -> Project:
    """Replace the question. Nothing happens where it is the same; else its version goes up by one.

    With answers given, wording, colours, keys on the keyboard, descriptions and order may change and classes may be
    added; a class whose key was answered cannot go. Raises InvalidInput naming the field ("classes.2.name"), Conflict
    for that class, and Conflict where somebody else saved after `seen_version`.
    """
    clean = tools.get(project.kind).clean_question(question)
    _check_examples(project, clean)
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        if locked.question == clean:
            return locked
        # Two people with the page open: the second would undo the first without having seen it.
        if locked.question_version != seen_version:
            raise Conflict(
                "Somebody else saved this question after you opened it. Open the page in another tab, compare, "
                "and save yours again to replace it.",
                code="stale_question",
            )
        before, after = _keys(locked.question), _keys(clean)
        _refuse_loss_of_answered(locked, [key for key in before if key not in after])
        keep_named(locked, examples_of(locked))  # those it no longer shows are looked at in a day
        locked.question = clean
        locked.question_version += 1
        locked.save(update_fields=["question", "question_version"])
        if before != after:
            # Fitted worker models have a row and a column a class: they no longer match.
            dirty.mark(Topic.AGGREGATE, locked.pk)
        record(locked, actor, "project.question_changed", version=locked.question_version, classes=after)
    return locked


def set_instructions(*, project: Project, actor: User, instructions: str) -> Project:
    """Replace the instructions (Markdown). Raises InvalidInput naming "instructions"."""
    problems = Problems()
    clean = _read_instructions(instructions, problems)
    problems.check()
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        if locked.instructions != clean:
            locked.instructions = clean
            locked.save(update_fields=["instructions"])
            record(locked, actor, "project.instructions_changed", characters=len(clean))
    return locked


def describe(*, pool: Pool, actor: User, name: str, title: str, description: str, keywords: str) -> None:
    """The project's name (for its members) and what workers read in the list of tasks.

    Raises InvalidInput naming "name", "title", "description" or "keywords".
    """
    problems = Problems()
    clean_name = read_text(name, "name", problems, maximum=MAX_NAME)
    texts = {
        "title": read_text(title, "title", problems, maximum=MAX_NAME),
        "description": read_text(description, "description", problems, maximum=MAX_DESCRIPTION, required=False),
        "keywords": read_text(keywords, "keywords", problems, maximum=MAX_KEYWORDS, required=False),
    }
    problems.check()
    with transaction.atomic():
        project = Project.objects.select_for_update().get(pk=pool.project_id)
        stored = Pool.objects.select_for_update().get(pk=pool.pk)
        changed = {field: text for field, text in texts.items() if getattr(stored, field) != text}
        if project.name != clean_name:
            Project.objects.filter(pk=project.pk).update(name=clean_name)
            changed["name"] = clean_name
        Pool.objects.filter(pk=stored.pk).update(**texts)
        if changed:
            record(project, actor, "project.described", **changed)


def archive(*, project: Project, actor: User) -> None:
    """Put a project away: it leaves the list, nothing is deleted. Raises Conflict while workers may be in it."""
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        if locked.archived_at is not None:
            return
        if locked.pools.filter(state__in=[PoolState.OPEN, PoolState.PAUSED]).exists():
            raise Conflict("Close the project first: money is still held for it.")
        Project.objects.filter(pk=locked.pk).update(archived_at=timezone.now())
        record(locked, actor, "project.archived")


def unarchive(*, project: Project, actor: User) -> None:
    """Take an archived project back into the list."""
    with transaction.atomic():
        if Project.objects.filter(pk=project.pk, archived_at__isnull=False).update(archived_at=None):
            record(project, actor, "project.unarchived")


def clone_project(*, project: Project, actor: User, name: str) -> Project:
    """A new draft of `actor`'s own with the same question, instructions and price; items, members and answers stay.

    Raises Forbidden where `actor` is no requester, InvalidInput naming "name".
    """
    source = current_pool(project)
    with transaction.atomic():
        copy = create_project(
            owner=actor,
            kind=project.kind,
            name=name,
            question=project.question or None,
            instructions=project.instructions,
        )
        Pool.objects.filter(project=copy).update(**{field: getattr(source, field) for field in _COPIED})
        share_media(project, copy, examples_of(copy))
        record(project, actor, "project.cloned", to=copy.public_id)
    return copy


def record(project: Project, actor: User | None, verb: str, **data: Any) -> None:
    """One event about a project, in the transaction of its change."""
    log.record(
        actor=actor,
        verb=verb,
        object_type="project",
        object_id=project.public_id,
        scope=project.public_id,
        data=data,
    )


def _read_instructions(raw: str, problems: Problems) -> str:
    return read_text(raw, "instructions", problems, maximum=MAX_INSTRUCTIONS, required=False, lines=True)


def _check_examples(project: Project, question: Json) -> None:
    """Raise InvalidInput for example images that are not this project's own. Two queries."""
    wanted = {place: row["example"] for place, row in enumerate(question["classes"]) if row["example"]}
    keep_named(project, wanted.values())
    own = set(MediaFile.objects.filter(project=project, sha256__in=wanted.values()).values_list("sha256", flat=True))
    problems = Problems()
    for place, sha256 in wanted.items():
        if sha256 not in own:
            problems.add(f"classes.{place}.example", "This image is not stored here; choose it again.")
    problems.check()


def _keys(question: Json) -> list[str]:
    return [row["key"] for row in question.get("classes", [])]


def _refuse_loss_of_answered(project: Project, gone: list[str]) -> None:
    """Raise Conflict naming the classes of `gone` that answers name. One query a class."""
    names = {row["key"]: row["name"] for row in project.question.get("classes", [])}
    answered = [names[key] for key in gone if _is_answered(project, key)]
    if answered:
        listed = ", ".join(f"“{name}”" for name in answered)
        raise Conflict(
            f"Workers have answered {listed}: {'this class' if len(answered) == 1 else 'these classes'} cannot be "
            "removed or get another export key. Change the name instead, or clone the project to ask anew.",
            code="class_answered",
        )


def _is_answered(project: Project, key: str) -> bool:
    """Whether any answer, given or known, names the class. The text search narrows in the database; the kind has the last word."""
    tool = tools.get(project.kind)
    sources: tuple[QuerySet[Any], ...] = (
        Answer.objects.filter(project=project),
        KnownAnswer.objects.filter(task__pool__project=project),
    )
    return any(
        key in tool.classes_in(value)
        for rows in sources
        for value in rows.annotate(text=Cast("value", TextField()))
        .filter(text__contains=f'"{key}"')
        .values_list("value", flat=True)
        .iterator(chunk_size=500)
    )


def share_media(source: Project, copy: Project, wanted: Collection[str]) -> None:
    """Make stored images (sha256) the copy's own too: files are stored by content, so only rows are new."""
    had = MediaFile.objects.filter(project=copy).values("sha256")
    rows = MediaFile.objects.filter(project=source, sha256__in=wanted).exclude(sha256__in=had)
    keep(rows)
    for row in rows:
        row.pk = None
        row.project = copy
    MediaFile.objects.bulk_create(rows)
