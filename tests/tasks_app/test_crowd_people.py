"""The simulated crowd: shares, answers that the platform accepts, truth files, scores, and a run's refusals."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain.crowd import TIRED_AFTER, Manner, Person, people, read_mix
from tasks_app.domain.crowd_truth import invent, read_truth, score
from tasks_app.errors import InvalidInput
from tasks_app.management.commands.crowd import account
from tests import factories

BOXES = tools.get("bounding_box")
CLASSES = tools.get("image_classification")
BOX_QUESTION = BOXES.clean_question(factories.QUESTIONS["bounding_box"])
QUESTION = CLASSES.clean_question(factories.QUESTIONS["image_classification"])
ITEM = factories.item("bounding_box", 1)


def test_a_mix_is_shared_out_whole() -> None:
    crowd = people(20, read_mix("hammer=.4, sloppy=.4,spammer=.2"), seed=1)
    assert Counter(person.kind for person in crowd) == {
        Manner.HAMMER: 8,
        Manner.SLOPPY: 8,
        Manner.SPAMMER: 4,
    }
    assert len(people(7, read_mix("hammer=1,sloppy=1,spammer=1"), seed=1)) == 7
    assert len({person.name for person in crowd}) == 20


@pytest.mark.parametrize("text", ["", "hammer", "hammer=x", "wizard=1", "hammer=-1", "hammer=0", "hammer=nan"])
def test_a_mix_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_mix(text)


@pytest.mark.parametrize("kind", list(Manner))
def test_every_kind_gives_answers_the_platform_accepts(kind: Manner) -> None:
    person = Person(kind, 1, seed=3)
    for number in range(30):
        truth = invent(BOXES, BOX_QUESTION, ITEM, (number,))
        answer = person.answer(BOXES, "p", BOX_QUESTION, ITEM, truth)
        assert BOXES.clean_answer(BOX_QUESTION, ITEM, answer) == answer
        answer = person.answer(CLASSES, "p", QUESTION, ITEM, invent(CLASSES, QUESTION, ITEM, (number,)))
        assert CLASSES.clean_answer(QUESTION, ITEM, answer) == answer
        assert 0 < person.seconds() < 120


def test_skill_shows() -> None:
    right = {}
    for kind in (Manner.HAMMER, Manner.SLOPPY, Manner.ADVERSARY):
        person = Person(kind, 1, seed=3)
        said = [person.answer(CLASSES, "p", QUESTION, ITEM, {"class": "cat"})["class"] for _ in range(300)]
        right[kind] = said.count("cat") / 300
    assert right[Manner.HAMMER] > 0.85 > right[Manner.SLOPPY] > 0.5 > right[Manner.ADVERSARY]


def said(person: Person, items: int, *, first: int = 0) -> list[str]:
    """What somebody says to so many items whose truth is a cat."""
    numbers = range(first, first + items)
    return [
        person.answer(CLASSES, "p", QUESTION, factories.item("image_classification", number), {"class": "cat"})["class"]
        for number in numbers
    ]


def test_who_copies_says_what_the_others_say_mistakes_and_all() -> None:
    one, other = (Person(Manner.COPYING, number, seed=3) for number in (1, 2))
    assert said(one, 100) == said(other, 100)
    assert 55 < said(one, 100).count("cat") < 90
    # In whatever order the items come.
    assert said(one, 50, first=50) == said(other, 100)[50:]


def test_who_drifts_is_good_at_first_and_blind_then() -> None:
    person = Person(Manner.DRIFTING, 1, seed=3)
    slow = [person.seconds() for _ in range(20)]
    assert said(person, TIRED_AFTER).count("cat") > 0.85 * TIRED_AFTER
    assert 50 < said(person, 300).count("cat") < 250
    assert sorted(person.seconds() for _ in range(20))[10] < sorted(slow)[10] / 2


def test_who_does_not_look_says_each_answer_alike_or_one_alone() -> None:
    assert 110 < said(Person(Manner.RANDOM, 1, seed=3), 300).count("cat") < 190
    assert len(set(said(Person(Manner.CONSTANT, 1, seed=3), 30))) == 1


def test_who_is_fast_takes_a_fraction_of_the_time() -> None:
    taken = {
        kind: sorted(Person(kind, 1, seed=3).seconds() for _ in range(50)) for kind in (Manner.HAMMER, Manner.FAST)
    }
    assert taken[Manner.FAST][-1] < taken[Manner.HAMMER][0]


@pytest.mark.django_db
def test_linked_people_are_one_person_in_pairs() -> None:
    crowd = people(7, read_mix("hammer=3,linked=4"), seed=5)
    for person in crowd:
        account(person)
    persons = list(User.objects.filter(email__startswith="linked").order_by("email").values_list("person", flat=True))
    assert persons[0] == persons[1] != persons[2] == persons[3]
    assert None not in persons
    assert not User.objects.filter(email__startswith="hammer").exclude(person=None).exists()


def test_truth_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("file,label\na.png,Cat\nb.png,dog\n")
    assert read_truth(path, CLASSES, QUESTION) == {"a.png": {"class": "cat"}, "b.png": {"class": "dog"}}
    path.write_text("file,label,xmin,ymin,xmax,ymax\na.png,CAT,1,2,30,40\na.png,dog,5,5,9,9\nb.png,,,,,\n")
    read = read_truth(path, BOXES, BOX_QUESTION)
    assert [box["class"] for box in read["a.png"]["boxes"]] == ["cat", "dog"]
    assert read["b.png"] == {"boxes": []}
    path.write_text("file,defect_probability,module_type\na.png,0.5,mono\nb.png,0.33,mono\n")
    defects = CLASSES.clean_question({"prompt": "?", "classes": [{"key": "ok", "name": "OK"}, {"name": "Defect"}]})
    assert read_truth(path, CLASSES, defects) == {"a.png": {"class": "defect"}, "b.png": {"class": "ok"}}


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "file,label\nx,bird\n", "file,defect_probability\nx,high\n"])
def test_a_truth_file_that_cannot_be_read_says_where(tmp_path: Path, text: str) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=r"truth\.csv"):
        read_truth(path, CLASSES, QUESTION)


def test_scores_count_what_is_known() -> None:
    truth = {"a": {"class": "cat"}, "b": {"class": "cat"}}
    found = score(CLASSES, QUESTION, [("a", {"class": "cat"}), ("b", {"class": "dog"}), ("c", {"class": "dog"})], truth)
    assert (found.tasks, found.value) == (2, 0.5)
    box = {"class": "cat", "x1": 0.0, "y1": 0.0, "x2": 10.0, "y2": 10.0}
    other = box | {"x1": 50.0, "x2": 60.0}
    known = {"a": {"boxes": [box, other]}, "b": {"boxes": [box]}}
    said = [("a", {"boxes": [box]}), ("b", {"boxes": [box, other]})]
    # Two of three boxes found, two of three boxes right.
    assert score(BOXES, BOX_QUESTION, said, known).value == pytest.approx(2 / 3)


@pytest.mark.django_db
def test_without_a_live_project_nobody_comes() -> None:
    with pytest.raises(CommandError, match="No project is live"):
        call_command("crowd", "--project", "all")
    with pytest.raises(CommandError, match="No live project"):
        call_command("crowd", "--project", "nothere")
