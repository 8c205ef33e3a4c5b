"""Projects: made, asked differently, copied, put away; each change with its event."""

from typing import Any

import pytest

from quorate.accounts.models import User
from quorate.events.models import Dirty, Event
from tasks_app import tools
from tasks_app.domain import projects, publishing
from tasks_app.enums import PoolState, Role, Topic
from tasks_app.errors import Conflict, Forbidden, InvalidInput
from tasks_app.models import MediaFile, Membership, Pool, Project
from tasks_app.queries.pools import current_pool
from tests import factories

ANIMALS: dict[str, Any] = factories.QUESTIONS["text_classification"]


def verbs(project: Project) -> list[str]:
    return list(Event.objects.filter(scope=project.public_id).order_by("id").values_list("verb", flat=True))


def question(*classes: dict[str, Any], prompt: str = "Which animal is it about?") -> dict[str, Any]:
    return {"prompt": prompt, "classes": list(classes)}


def keys(project: Project) -> list[str]:
    project.refresh_from_db()
    return [row["key"] for row in project.question["classes"]]


CAT: dict[str, Any] = {"key": "cat", "name": "Cat"}
DOG: dict[str, Any] = {"key": "dog", "name": "Dog"}
COW: dict[str, Any] = {"key": "cow", "name": "Cow"}


# --- Making -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [tool.kind for tool in tools.all_tools()])
def test_create_project_makes_pool_owner_and_event(alice: User, kind: str) -> None:
    made = projects.create_project(owner=alice, kind=kind, name="  Solar   panels ")
    pool = current_pool(made)
    assert (made.name, made.question, made.question_version, made.instructions) == ("Solar panels", {}, 1, "")
    assert (pool.title, pool.state) == ("Solar panels", PoolState.DRAFT)
    assert list(Membership.objects.values_list("project", "user", "role")) == [(made.pk, alice.pk, Role.OWNER)]
    assert verbs(made) == ["project.created"]


def test_create_project_takes_only_requesters(worker: User) -> None:
    with pytest.raises(Forbidden):
        projects.create_project(owner=worker, kind="bounding_box", name="Mine")
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"kind": "telepathy"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"instructions": "x" * 20_001}, "instructions"),
        ({"question": {"prompt": "", "classes": [CAT, DOG]}}, "prompt"),
        ({"question": {"prompt": "?", "classes": [CAT]}}, "classes"),
        ({"question": []}, "value"),
    ],
)
def test_create_project_names_the_wrong_field_and_makes_nothing(
    alice: User, values: dict[str, Any], field: str
) -> None:
    given: dict[str, Any] = {"kind": "text_classification", "name": "Animals"} | values
    with pytest.raises(InvalidInput) as caught:
        projects.create_project(owner=alice, **given)
    assert field in caught.value.fields
    assert not Project.objects.exists()


def test_current_pool_is_the_newest(project: Project) -> None:
    newer = Pool.objects.create(project=project, title="Second round")
    assert current_pool(project) == newer


# --- The question -----------------------------------------------------------------------------------------------------
def test_set_question_counts_versions_and_ignores_what_is_the_same(project: Project, alice: User) -> None:
    same = projects.set_question(project=project, actor=alice, question=project.question, seen_version=1)
    assert same.question_version == 1
    changed = projects.set_question(project=project, actor=alice, question=question(CAT, DOG, COW), seen_version=1)
    assert changed.question_version == 2
    assert keys(project) == ["cat", "dog", "cow"]
    assert verbs(project) == ["project.created", "project.question_changed"]


def test_set_question_refuses_what_overwrites_a_colleagues_save(project: Project, alice: User, bob: User) -> None:
    projects.set_question(project=project, actor=bob, question=question(CAT, COW), seen_version=1)
    with pytest.raises(Conflict) as caught:
        projects.set_question(project=project, actor=alice, question=question(DOG, COW), seen_version=1)
    assert caught.value.code == "stale_question"
    assert keys(project) == ["cat", "cow"]


def test_set_question_names_the_wrong_row(project: Project, alice: User) -> None:
    wrong = question(CAT, {"name": "Dog", "color": "red"}, {"name": ""})
    with pytest.raises(InvalidInput) as caught:
        projects.set_question(project=project, actor=alice, question=wrong, seen_version=1)
    assert set(caught.value.fields) == {"classes.1.color", "classes.2.name"}


def test_set_question_takes_only_the_projects_own_images(project: Project, alice: User) -> None:
    own, foreign = "a" * 64, "b" * 64
    other = factories.make_project(alice)
    for owner, sha256 in ((project, own), (other, foreign)):
        MediaFile.objects.create(
            project=owner, sha256=sha256, source_sha256=sha256, extension="png", width=1, height=1, size=1
        )
    projects.set_question(project=project, actor=alice, question=question(CAT | {"example": own}, DOG), seen_version=1)
    with pytest.raises(InvalidInput) as caught:
        projects.set_question(
            project=project, actor=alice, question=question(CAT, DOG | {"example": foreign}), seen_version=2
        )
    assert set(caught.value.fields) == {"classes.1.example"}


@pytest.fixture(params=["text_classification", "bounding_box"])
def answered(request: pytest.FixtureRequest, alice: User, worker: User) -> Project:
    """A live project in which somebody answered "cat" once."""
    pool = factories.make_open_pool(alice, kind=request.param)
    factories.answer(worker, pool, "cat")
    Dirty.objects.all().delete()
    return Project.objects.get(pk=pool.project_id)


def test_set_question_changes_words_and_order_under_answers(answered: Project, alice: User) -> None:
    reworded = question({"key": "dog", "name": "Hound", "hotkey": "h"}, CAT | {"color": "#123456"}, prompt="Now?")
    projects.set_question(project=answered, actor=alice, question=reworded, seen_version=1)
    assert keys(answered) == ["dog", "cat"]
    assert answered.question_version == 2


def test_set_question_adds_classes_under_answers_and_asks_for_a_new_fit(answered: Project, alice: User) -> None:
    projects.set_question(project=answered, actor=alice, question=question(CAT, DOG, COW), seen_version=1)
    assert list(Dirty.objects.values_list("topic", "scope", "key")) == [(Topic.AGGREGATE, answered.pk, 0)]


@pytest.mark.parametrize(
    "without", [question(DOG, COW), question({"key": "feline", "name": "Cat"}, DOG)], ids=["removed", "renamed"]
)
def test_set_question_keeps_classes_that_were_answered(answered: Project, alice: User, without: dict[str, Any]) -> None:
    with pytest.raises(Conflict, match="Workers have answered “Cat”") as caught:
        projects.set_question(project=answered, actor=alice, question=without, seen_version=1)
    assert caught.value.code == "class_answered"
    assert keys(answered) == ["cat", "dog"]
    assert answered.question_version == 1


def test_set_question_lets_go_of_classes_nobody_chose(answered: Project, alice: User) -> None:
    projects.set_question(project=answered, actor=alice, question=question(CAT, COW), seen_version=1)
    assert keys(answered) == ["cat", "cow"]


def test_set_question_knows_a_class_called_class(alice: User, worker: User) -> None:
    """The text search alone would find every answer: "class" is also the name of their field."""
    named = question({"key": "class", "name": "Class"}, CAT, DOG)
    project = factories.make_project(alice)
    projects.set_question(project=project, actor=alice, question=named, seen_version=1)
    pool = publishing.launch(pool=current_pool(project), actor=alice)
    factories.answer(worker, pool, "cat")
    projects.set_question(project=project, actor=alice, question=question(CAT, DOG), seen_version=2)
    assert keys(project) == ["cat", "dog"]


# --- Texts ------------------------------------------------------------------------------------------------------------
def test_set_instructions_saves_once(project: Project, alice: User) -> None:
    for _ in range(2):
        projects.set_instructions(project=project, actor=alice, instructions="Look.\r\nTwice.  ")
    project.refresh_from_db()
    assert project.instructions == "Look.\nTwice."
    assert verbs(project) == ["project.created", "project.instructions_changed"]


def test_describe_changes_name_and_what_workers_read(project: Project, alice: User) -> None:
    pool = current_pool(project)
    projects.describe(pool=pool, actor=alice, name="Zoo", title="Name the animal", description="Short.", keywords="zoo")
    pool.refresh_from_db()
    project.refresh_from_db()
    assert (project.name, pool.title, pool.description, pool.keywords) == ("Zoo", "Name the animal", "Short.", "zoo")
    assert Event.objects.get(verb="project.described").data == {
        "title": "Name the animal",
        "description": "Short.",
        "keywords": "zoo",
        "name": "Zoo",
    }


def test_describe_names_each_wrong_field(project: Project, alice: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        projects.describe(
            pool=current_pool(project), actor=alice, name="", title="x" * 121, description="x" * 501, keywords="\x00"
        )
    assert set(caught.value.fields) == {"name", "title", "description", "keywords"}


# --- Away and again ---------------------------------------------------------------------------------------------------
def test_archive_and_back(project: Project, alice: User) -> None:
    for _ in range(2):
        projects.archive(project=project, actor=alice)
    project.refresh_from_db()
    assert project.archived_at is not None
    for _ in range(2):
        projects.unarchive(project=project, actor=alice)
    project.refresh_from_db()
    assert project.archived_at is None
    assert verbs(project) == ["project.created", "project.archived", "project.unarchived"]


def test_archive_refuses_while_money_is_held(open_pool: Pool, alice: User) -> None:
    project = open_pool.project
    with pytest.raises(Conflict, match="Close the project first"):
        projects.archive(project=project, actor=alice)
    publishing.close(pool=open_pool, actor=alice)
    projects.archive(project=project, actor=alice)
    project.refresh_from_db()
    assert project.archived_at is not None


def test_clone_project_takes_question_instructions_price_and_examples(project: Project, alice: User, bob: User) -> None:
    MediaFile.objects.create(
        project=project, sha256="a" * 64, source_sha256="c" * 64, extension="png", width=9, height=9, size=1
    )
    projects.set_question(
        project=project, actor=alice, question=question(CAT | {"example": "a" * 64}, DOG), seen_version=1
    )
    project.refresh_from_db()
    Pool.objects.filter(project=project).update(reward=70_000, overlap_max=5, confidence=0.8, description="Easy.")
    copy = projects.clone_project(project=project, actor=bob, name="Again")
    pool = current_pool(copy)
    assert (copy.name, copy.question, copy.instructions) == ("Again", project.question, project.instructions)
    assert (pool.reward, pool.overlap_max, pool.confidence, pool.description) == (70_000, 5, 0.8, "Easy.")
    assert (pool.state, pool.title, pool.tasks.count(), pool.median_seconds) == (PoolState.DRAFT, "Again", 0, None)
    assert list(copy.media.values_list("sha256", flat=True)) == ["a" * 64]
    assert list(copy.memberships.values_list("user", "role")) == [(bob.pk, Role.OWNER)]


def test_clone_project_takes_a_draft_without_a_question(alice: User) -> None:
    empty = projects.create_project(owner=alice, kind="bounding_box", name="Empty")
    assert projects.clone_project(project=empty, actor=alice, name="Copy").question == {}
