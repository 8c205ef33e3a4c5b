"""Signals from outside: read, bounded, or refused by name."""

import pytest

from tasks_app.errors import InvalidInput
from tasks_app.tools.fields import Problems
from tasks_app.tools.signals import MAX_COUNT, Signals, read_signals


def read(raw: object) -> Signals | None:
    problems = Problems()
    found = read_signals(raw, "answers.0.signals", problems)
    problems.check()
    return found


def test_signals_are_read_and_bounded() -> None:
    assert read(None) is None
    assert read({}) == Signals()
    assert read({"idle": 1.5, "hidden": 1e8, "left": 2, "pastes": 1, "pasted": 99_999, "changes": 3.0}) == Signals(
        1.5, 86_400.0, 2, 1, MAX_COUNT, 3
    )


@pytest.mark.parametrize("raw", [{"idle": -1}, {"left": "2"}, {"pasted": None}, {"keys": "secret"}, [], 3])
def test_signals_that_are_none_are_refused_by_name(raw: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(raw)
    assert all(name.startswith("answers.0.signals") for name in caught.value.fields)
