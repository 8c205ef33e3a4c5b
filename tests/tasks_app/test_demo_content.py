"""The demo: made once, whole, ready to be worked on."""

import stat
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from quorate.accounts.models import User
from quorate.ledger import book
from tasks_app import tools
from tasks_app.domain import demo, demo_blood, demo_cells, demo_texts
from tasks_app.domain.crowd_truth import read_truth
from tasks_app.enums import PoolState
from tasks_app.models import MediaFile, Pool, Project, Task


@pytest.mark.django_db
def test_the_demo_is_made_once(tmp_path: Path) -> None:
    made = demo.make_demo(data=tmp_path)
    assert len(made.people) == len(made.projects) == 3
    kinds = {project.kind for project in Project.objects.all()}
    assert kinds == {"bounding_box", "image_classification", "text_classification"}
    assert set(Pool.objects.values_list("state", flat=True)) == {PoolState.OPEN}
    counts = (User.objects.count(), Project.objects.count(), Task.objects.count(), MediaFile.objects.count())
    assert counts == (3, 3, 144, 84)
    assert book.audit() == []
    passwords = (tmp_path / demo.PASSWORDS).read_text()
    assert demo.make_demo(data=tmp_path) == demo.Made((), ())
    assert (tmp_path / demo.PASSWORDS).read_text() == passwords
    assert (User.objects.count(), Project.objects.count(), Task.objects.count(), MediaFile.objects.count()) == counts


@pytest.mark.django_db
def test_first_passwords_sign_in_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    demo.make_demo(data=tmp_path)
    path = tmp_path / demo.PASSWORDS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = [line.split() for line in path.read_text().splitlines()]
    assert [email for email, _ in rows] == [email for email, _, _ in demo.PEOPLE]
    for email, password in rows:
        assert authenticate(username=email, password=password) == User.objects.get(email=email)


@pytest.mark.django_db
def test_every_demo_item_has_its_truth(tmp_path: Path) -> None:
    demo.make_demo(data=tmp_path)
    for project in Project.objects.all():
        tool = tools.get(project.kind)
        truth = read_truth(tmp_path / demo.TRUTH_FOLDER / f"{project.public_id}.csv", tool, project.question)
        tasks = Task.objects.filter(pool__project=project)
        assert set(truth) == set(tasks.values_list("name", flat=True))
        for task in tasks:
            tool.clean_answer(project.question, task.data, truth[task.name])


def test_pictures_are_the_same_every_time() -> None:
    assert demo_cells.solar_cell(3, cracked=True) == demo_cells.solar_cell(3, cracked=True)
    assert demo_cells.solar_cell(3, cracked=True) != demo_cells.solar_cell(3, cracked=False)
    assert demo_blood.blood_smear(5) == demo_blood.blood_smear(5)
    _, things = demo_blood.blood_smear(5)
    assert all(0 <= x1 < x2 <= 640 and 0 <= y1 < y2 <= 480 for x1, y1, x2, y2 in (thing.box for thing in things))


def test_messages_differ_and_cover_every_class() -> None:
    rows = demo_texts.messages(60)
    assert len({text for text, _ in rows}) == 60
    assert {label for _, label in rows} == {"complaint", "question", "praise"}
