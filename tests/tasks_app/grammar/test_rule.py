"""The language of rules: what is taken, what is refused by name, when it holds, how it reads."""

from typing import Any

import pytest

from tasks_app.errors import InvalidInput
from tasks_app.grammar.rule import MEASURES, Measured, clean, evidence, holds, sentence, told

CARELESS = {
    "when": [{"measure": "known_at_most", "is": "below", "value": 0.6, "least": 5}],
    "window": 40,
    "then": [{"do": "exclude", "from": "project", "days": 30}, {"do": "ask_again"}],
}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Measured(0.59, 5), True),
        (Measured(0.6, 5), False),
        (Measured(0.59, 4), False),
        (Measured(None, 9), False),
    ],
)
def test_holds(found: Measured, expected: bool) -> None:
    assert holds(clean(CARELESS), {"known_at_most": found}) is expected


def test_what_was_not_measured_does_not_hold() -> None:
    assert not holds(clean(CARELESS), {})


def test_all_conditions_must_hold() -> None:
    when = [
        {"measure": "pace", "is": "below", "value": 0.3, "least": 2},
        {"measure": "skips", "is": "above", "value": 3},
    ]
    rule = clean({"when": when, "window": 10, "then": [{"do": "warn"}]})
    assert holds(rule, {"pace": Measured(0.1, 2), "skips": Measured(4.0, 4)})
    assert not holds(rule, {"pace": Measured(0.1, 2), "skips": Measured(3.0, 3)})


def test_canonical_form_stays() -> None:
    assert clean(clean(CARELESS)) == clean(CARELESS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"when": []}, "rule.when"),
        ({"when": [{"measure": "luck", "is": "below", "value": 1}]}, "rule.when.0.measure"),
        ({"when": [{"measure": "accuracy", "is": "near", "value": 1}]}, "rule.when.0.is"),
        ({"when": [{"measure": "accuracy", "is": "below", "value": 1.2}]}, "rule.when.0.value"),
        ({"when": [{"measure": "accuracy", "is": "below", "value": 1, "least": 0}]}, "rule.when.0.least"),
        ({"window": 0}, "rule.window"),
        ({"then": []}, "rule.then"),
        ({"then": [{"do": "fine"}]}, "rule.then.0.do"),
        ({"then": [{"do": "exclude", "from": "town"}]}, "rule.then.0.from"),
        ({"then": [{"do": "exclude", "from": "pool", "days": 0}]}, "rule.then.0.days"),
        ({"then": [{"do": "skill", "skill": "\x00"}]}, "rule.then.0.skill"),
        ({"because": 1}, "rule.because"),
    ],
)
def test_refused_by_name(change: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean({**CARELESS, **change})
    assert field in refused.value.fields


@pytest.mark.parametrize("raw", [None, 7, "x", [], {"when": {}, "window": "x", "then": "y"}])
def test_nonsense_is_refused(raw: Any) -> None:
    with pytest.raises(InvalidInput):
        clean(raw)


def test_reads_as_a_sentence() -> None:
    assert sentence(clean(CARELESS)) == (
        "When “Right on known answers, at most (95 % sure)” is below 60% over at least 5 known answers (of the newest 40 "
        "answers), then no more work for the worker from this project for 30 days and no longer count these answers, and "
        "ask others again."
    )


def test_evidence_reads_plainly_for_every_measure() -> None:
    for name in MEASURES:
        rule = clean({**CARELESS, "when": [{"measure": name, "is": "below", "value": 1, "least": 1}]})
        seen = evidence(rule, {name: Measured(0.25, 12)})
        assert "(from 12" in told(seen[0])
    rule = clean(CARELESS)
    assert told(evidence(rule, {"known_at_most": Measured(0.25, 12)})[0]) == (
        "By the known answers you met, at most 25% of your answers are right (from 12 known answers; the limit is 60%)."
    )
