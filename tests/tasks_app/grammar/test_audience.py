"""The language of audiences: what is taken, what is refused by name, whom it fits, how it reads."""

from typing import Any

import pytest

from tasks_app.errors import InvalidInput
from tasks_app.grammar.audience import Facts, clean, fits, sentence, skills_in

ANNOTATOR = "abcdefghij01"
WHO = Facts(skills={ANNOTATOR: 70}, languages=frozenset({"de", "en"}), country="AT", age=30)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"skill": ANNOTATOR}, True),
        ({"skill": ANNOTATOR, "from": 70}, True),
        ({"skill": ANNOTATOR, "from": 71}, False),
        ({"skill": ANNOTATOR, "to": 69}, False),
        ({"skill": "zzzzzzzzzzzz"}, False),
        ({"language": "de"}, True),
        ({"language": "fr"}, False),
        ({"country": ["DE", "AT"]}, True),
        ({"country": ["DE"]}, False),
        ({"age": {"from": 18, "to": 30}}, True),
        ({"age": {"from": 31}}, False),
        ({"not": {"country": ["DE"]}}, True),
        ({"all": [{"language": "de"}, {"language": "fr"}]}, False),
        ({"any": [{"language": "de"}, {"language": "fr"}]}, True),
        ({"all": [{"any": [{"language": "fr"}, {"skill": ANNOTATOR}]}, {"not": {"age": {"from": 60}}}]}, True),
    ],
)
def test_fits(condition: Any, expected: bool) -> None:
    canonical = clean(condition)
    assert fits(canonical, WHO) is expected
    assert clean(canonical) == canonical


@pytest.mark.parametrize(
    "condition", [{"language": "de"}, {"country": ["AT"]}, {"age": {"from": 0}}, {"skill": ANNOTATOR}]
)
def test_what_is_not_known_fulfils_nothing(condition: Any) -> None:
    assert not fits(clean(condition), Facts())


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ([1], "audience"),
        ("x", "audience"),
        ({"all": []}, "audience.all"),
        ({"all": [{"language": "de"}], "any": []}, "audience"),
        ({"skil": "x"}, "audience.skil"),
        ({"skill": "x"}, "audience.skill"),
        ({"skill": ANNOTATOR, "from": 80, "to": 70}, "audience.to"),
        ({"skill": ANNOTATOR, "from": 101}, "audience.from"),
        ({"all": [{"language": "german"}]}, "audience.all.0.language"),
        ({"country": ["Germany"]}, "audience.country.0"),
        ({"age": 18}, "audience.age"),
        ({"not": {"not": {"not": {"not": {"language": "de"}}}}}, "audience.not.not.not.not"),
        ({"all": [{"any": [{"language": "de"}] * 30}, {"language": "en"}]}, "audience"),
    ],
)
def test_refused_by_name(raw: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean(raw)
    assert field in refused.value.fields


def test_in_words() -> None:
    condition = clean(
        {"all": [{"skill": ANNOTATOR, "from": 70}, {"any": [{"language": "de"}, {"not": {"country": ["US"]}}]}]}
    )
    assert sentence(condition, {ANNOTATOR: "Cells"}) == "“Cells” from 70 and (speaks de or not lives in US)"
    assert skills_in(condition) == {ANNOTATOR}
    assert sentence({}, {}) == "Everybody"
