"""Forms: what may be asked and answered, each refused field by its name, and what is asked only in some cases."""

from typing import Any

import numpy as np
import pytest

from tasks_app import tools
from tasks_app.errors import InvalidInput
from tasks_app.tools.base import AnswerBatch
from tests.tasks_app.tools.samples import TEXT, sample

TOOL = tools.get("questionnaire")


def wrong(call: Any, *args: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        call(*args)
    return caught.value.fields


def asked(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"prompt": "?", "fields": list(fields)}


CHOICE = {"name": "a", "kind": "choice", "options": ["x", "y"]}


@pytest.mark.parametrize(
    ("field", "named", "message"),
    [
        ({"name": "1a"}, "name", "A letter, then letters, digits and _ only."),
        ({"name": "a"}, "name", "Another field has this name."),
        ({"name": "b", "kind": "magic"}, "kind", "One of text, long_text, link, number, choice, choices, matrix, position."),
        ({"name": "b", "required": 1}, "required", "Must be true or false."),
        ({"name": "b", "options": ["x"]}, "options", "A field of kind text has none."),
        ({"name": "b", "kind": "choice"}, "options", "Must be a list."),
        ({"name": "b", "kind": "choice", "options": ["x"]}, "options", "At least 2 entries are needed, got 1."),
        ({"name": "b", "kind": "choice", "options": ["x", "x"]}, "options.1", "This is here twice."),
        ({"name": "b", "kind": "number", "minimum": 2, "maximum": 1}, "maximum", "Must not be below the minimum."),
        ({"name": "b", "when": {"field": "c", "is": ["x"]}}, "when.field", "Must be the name of an earlier field of kind choice or choices."),
        ({"name": "b", "when": {"field": "a", "is": ["z"]}}, "when.is.0", "There is no such class."),
        ({"name": "b", "surprise": 1}, "surprise", "Unknown field."),
    ],
)  # fmt: skip
def test_a_wrong_field_of_the_question_is_named(field: dict[str, Any], named: str, message: str) -> None:
    assert wrong(TOOL.clean_question, asked(CHOICE, field)) == {f"fields.1.{named}": [message]}


def test_a_form_that_is_no_list_is_named() -> None:
    assert wrong(TOOL.clean_question, {"prompt": "?", "fields": "[1,"}) == {"fields": ["Must be a list."]}


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        (
            {"open": "No", "site": "javascript:alert(1)"},
            "site",
            "Must be an address that begins with https:// or http://.",
        ),
        ({"open": "Maybe"}, "open", "There is no such class."),
        ({"open": "Yes"}, "hour", "This field is required."),
        ({"open": "Yes", "hour": 25}, "hour", "Must be between 0 and 24."),
        ({"open": "No", "sells": "Bread"}, "sells", "Must be a list."),
        ({"open": "No", "is": {"clean": "yes", "dear": "no"}}, "is.dear", "Unknown field."),
        ({"open": "No", "at": {"latitude": 91, "longitude": 0}}, "at.latitude", "Must be between -90 and 90."),
        ({"open": "No", "more": 1}, "more", "Unknown field."),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, Any], named: str, message: str) -> None:
    one = sample("questionnaire")
    assert wrong(TOOL.clean_answer, one.question, TEXT, {"fields": values}) == {f"fields.{named}": [message]}


def test_what_is_not_asked_any_more_is_not_said() -> None:
    one = sample("questionnaire")
    said = TOOL.clean_answer(one.question, TEXT, {"fields": {"open": "No", "hour": 9, "note": "", "sells": []}})
    assert said == {"fields": {"open": "No"}}


def test_fields_are_settled_each_by_its_own_kind_of_answer() -> None:
    one = sample("questionnaire")
    said = [
        {"open": "Yes", "hour": 8.0, "sells": ["Bread"], "note": "A red door."},
        {"open": "Yes", "hour": 8.0, "sells": ["Bread", "Cake"], "note": "a red door"},
        {"open": "Yes", "hour": 20.0, "sells": ["Bread"], "note": "A red door."},
        {"open": "No", "note": "A blue door."},
    ]
    batch = AnswerBatch(np.ones(4, dtype=np.int64), np.arange(4), [{"fields": values} for values in said])
    found = TOOL.fit(one.question, batch).results[1]
    values = found.value["fields"]
    assert (values["open"], values["sells"], values["note"]) == ("Yes", ["Bread"], "A red door.")
    assert values["hour"] == pytest.approx(8.0, abs=0.5)
    assert found.votes["open: Yes"] == 3
