"""Fields of a question besides prompt and classes: read from JSON, written into inputs, typed by people."""

from typing import Any

import pytest

from tasks_app.tools.asking import ExtraField
from tasks_app.tools.fields import Problems

NUMBER = ExtraField(name="x", label="", help="", default=4, minimum=1, maximum=10)
TEXT = ExtraField(name="x", label="", help="", kind="text", default="", maximum=5)
CHOICE = ExtraField(name="x", label="", help="", kind="choice", default="a", choices=(("a", "A"), ("b", "B")))
FLAG = ExtraField(name="x", label="", help="", kind="flag", default=False)
JSON = ExtraField(name="x", label="", help="", kind="json", default=[])


def read(field: ExtraField, raw: Any) -> tuple[Any, dict[str, str]]:
    problems = Problems()
    return field.read(raw, problems), problems.found


@pytest.mark.parametrize(
    ("field", "typed", "value", "written"),
    [
        (NUMBER, "2,5", 2.5, "2.5"),
        (NUMBER, " ", 4, "4"),
        (TEXT, "abc", "abc", "abc"),
        (CHOICE, "b", "b", "b"),
        (FLAG, "1", True, "1"),
        (FLAG, "", False, ""),
        (JSON, '[1, "é"]', [1, "é"], '[\n  1,\n  "é"\n]'),
        (JSON, "", [], "[]"),
    ],
)
def test_what_is_typed_is_read_and_written_again(field: ExtraField, typed: str, value: Any, written: str) -> None:
    assert read(field, field.typed(typed)) == (value, {})
    assert field.written(value) == written


@pytest.mark.parametrize(
    ("field", "raw", "message"),
    [
        (NUMBER, "abc", "Must be a number."),
        (NUMBER, 11, "Must be between 1 and 10."),
        (TEXT, "abcdef", "At most 5 characters."),
        (CHOICE, "c", "There is no such class."),
        (FLAG, 1, "Must be true or false."),
    ],
)
def test_a_wrong_value_is_named(field: ExtraField, raw: Any, message: str) -> None:
    assert read(field, raw)[1] == {"x": message}


def test_json_that_cannot_be_read_stays_text_for_the_kind_to_refuse() -> None:
    assert JSON.typed("[1,") == "[1,"
    assert JSON.typed("[" * 100_000) == "[" * 100_000
