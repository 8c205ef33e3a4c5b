"""What every kind in the registry must do, whatever it asks."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.simulate import WorkerKind
from tasks_app import tools
from tasks_app.domain.crowd import Person
from tasks_app.errors import InvalidInput
from tasks_app.tools import AnswerBatch, Fit
from tests.tasks_app.tools.samples import PICTURE, RAW, TEXT, Sample, sample

KINDS = [tool.kind for tool in tools.all_tools()]
pytestmark = pytest.mark.parametrize("kind", KINDS)
HOSTILE: list[Any] = [
    None, True, -1, 1.5, 10**400, float("nan"), float("-inf"), "", "x", "\x00", "\ud800", "a" * 10**6, [], [[]], [None],
    ["cat"] * 3000, [{}], {}, {"": ""}, {"\ud800": 1}, {"text": 1}, json.loads("[" * 500 + "]" * 500),
]  # fmt: skip


def taken(call: Any, *args: Any) -> tuple[Any, bool]:
    """(value, True), or (None, False) where it was refused by name; anything else goes through and fails the test."""
    try:
        return call(*args), True
    except InvalidInput as error:
        json.dumps(error.fields, ensure_ascii=False).encode()
        return None, False


def crowd_answers(
    one: Sample, *, tasks: int = 24, people: int = 6, kind: WorkerKind = WorkerKind.HAMMER
) -> AnswerBatch:
    """Everybody answers every task; the truth of each is invented."""
    crowd = [Person(kind, number, seed=5) for number in range(people)]
    rows = []
    for task in range(tasks):
        truth = one.tool.invent(one.question, one.item, np.random.default_rng(task))
        for number, person in enumerate(crowd):
            answer = person.answer(one.tool, "p", one.question, one.item, truth)
            rows.append((100 + task, number, one.tool.clean_answer(one.question, one.item, answer)))
    columns = list(zip(*rows, strict=True))
    return AnswerBatch(np.array(columns[0]), np.array(columns[1]), columns[2])


def plain(fit: Fit) -> str:
    return repr(sorted(fit.results.items())) + repr(sorted(fit.workers.items())) + fit.method


def test_there_is_a_sample(kind: str) -> None:
    assert kind in RAW


def test_questions_items_and_answers_are_fixed_points_of_cleaning(kind: str) -> None:
    one = sample(kind)
    for question in (one.question, one.tool.demo.question):
        assert one.tool.clean_question(json.loads(json.dumps(question))) == question
        assert isinstance(question["classes"], list)
    assert one.tool.clean_item(json.loads(json.dumps(one.item))) == one.item
    for answer in one.answers:
        clean = one.tool.clean_answer(one.question, one.item, answer)
        assert one.tool.clean_answer(one.question, one.item, json.loads(json.dumps(clean))) == clean
    demo = one.tool.demo
    assert one.tool.clean_item(demo.item) == demo.item
    if demo.draft is not None:
        assert one.tool.clean_answer(demo.question, demo.item, demo.draft) == demo.draft


def test_whatever_comes_is_taken_clean_or_refused_by_name(kind: str) -> None:
    one = sample(kind)
    tool = one.tool
    for raw in HOSTILE:
        for call in (
            tool.clean_question,
            tool.clean_item,
            lambda value: tool.clean_answer(one.question, one.item, value),
        ):
            value, fine = taken(call, raw)
            assert not fine or call(value) == value
        for answer in one.answers:
            for name in answer:
                value, fine = taken(tool.clean_answer, one.question, one.item, answer | {name: raw})
                assert not fine or tool.clean_answer(one.question, one.item, value) == value
        for name in one.question:
            value, fine = taken(tool.clean_question, one.question | {name: raw})
            assert not fine or tool.clean_question(value) == value
        for name in (*one.item, *(column.name for column in tool.columns)):
            value, fine = taken(tool.clean_item, one.item | {name: raw})
            assert not fine or tool.clean_item(value) == value
    assert not taken(tool.clean_answer, one.question, one.item, one.answers[0] | {"more": 1})[1]
    assert not taken(tool.clean_item, one.item | {"more": 1})[1]


def test_agreement_is_symmetric_and_full_with_oneself(kind: str) -> None:
    one = sample(kind)
    for a in one.answers:
        assert one.tool.agreement(one.question, a, a) == pytest.approx(1.0)
        for b in one.answers:
            alike = one.tool.agreement(one.question, a, b)
            assert alike == one.tool.agreement(one.question, b, a)
            assert 0 <= alike <= 1
            assert (a == b) == (alike == pytest.approx(1.0))


def test_summaries_filters_and_rows_are_made_of_any_answer(kind: str) -> None:
    one = sample(kind)
    columns = one.tool.csv_columns(one.question)
    assert len(set(columns)) == len(columns)
    for answer in one.answers:
        assert one.tool.summary_of(one.question, answer)
        assert all(isinstance(key, str) for key in one.tool.classes_in(answer))
        row = one.tool.csv_row(one.question, answer)
        assert len(row) == len(columns)
        assert all(isinstance(cell, str | int | float) for cell in row)
        assert one.tool.size(answer) >= 0


def test_fit_of_nothing_is_empty(kind: str) -> None:
    one = sample(kind)
    none = AnswerBatch(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), [])
    assert one.tool.fit(one.question, none).results == {}


def test_one_answer_alone_is_the_result_and_is_not_sure(kind: str) -> None:
    one = sample(kind)
    batch = AnswerBatch(np.array([7]), np.array([1]), one.answers[:1])
    found = one.tool.fit(one.question, batch).results[7]
    assert found.answers == 1
    assert 0 < found.confidence < 0.95
    assert one.tool.agreement(one.question, found.value, one.answers[0]) > 0.99


def test_a_careful_crowd_is_right_and_sure_and_its_results_are_known_answers(kind: str) -> None:
    one = sample(kind)
    fit = one.tool.fit(one.question, crowd_answers(one))
    assert len(fit.results) == 24
    alike = []
    for task, found in fit.results.items():
        json.dumps([found.value, found.votes, found.posterior], allow_nan=False)
        assert 0 <= found.confidence <= 1
        assert found.answers == 6
        assert found.disputed >= 0
        one.tool.clean_answer(one.question, one.item, found.value)
        truth = one.tool.invent(one.question, one.item, np.random.default_rng(task - 100))
        alike.append(
            one.tool.agreement(one.question, found.value, one.tool.clean_answer(one.question, one.item, truth))
        )
    assert np.mean(alike) > 0.85
    assert np.mean([found.confidence for found in fit.results.values()]) > 0.75
    assert all(report.answers == 24 for report in fit.workers.values())


def test_workers_who_do_not_look_show(kind: str) -> None:
    one = sample(kind)
    good = crowd_answers(one, people=5)
    bad = crowd_answers(one, people=2, kind=WorkerKind.SPAMMER)
    both = AnswerBatch(
        np.concatenate([good.tasks, bad.tasks]),
        np.concatenate([good.workers, bad.workers + 50]),
        [*good.values, *bad.values],
    )
    workers = one.tool.fit(one.question, both).workers
    careful = [workers[number].agreement for number in range(5)]
    careless = [workers[number].agreement for number in (50, 51)]
    assert min(value for value in careful if value is not None) > max(value for value in careless if value is not None)


def test_the_same_answers_give_the_same_bits_in_any_order(kind: str) -> None:
    one = sample(kind)
    batch = crowd_answers(one, tasks=8, kind=WorkerKind.SLOPPY)
    order = np.random.default_rng(1).permutation(len(batch.values))
    mixed = AnswerBatch(batch.tasks[order], batch.workers[order], [batch.values[row] for row in order])
    first, second = one.tool.fit(one.question, batch), one.tool.fit(one.question, mixed)
    assert plain(first) == plain(second)
    assert first.state == second.state


def test_update_judges_touched_tasks_by_the_state_and_needs_none(kind: str) -> None:
    one = sample(kind)
    batch = crowd_answers(one)
    fit = one.tool.fit(one.question, batch)
    rows = np.flatnonzero(batch.tasks < 103)
    part = AnswerBatch(batch.tasks[rows], batch.workers[rows], [batch.values[row] for row in rows])
    updated = one.tool.update(one.question, fit.state, part)
    assert (updated.state, updated.workers, set(updated.results)) == (fit.state, {}, {100, 101, 102})
    for task, found in updated.results.items():
        assert one.tool.agreement(one.question, found.value, fit.results[task].value) > 0.9
    for stale in (b"", b"nonsense", fit.state[:-3]):
        assert set(one.tool.update(one.question, stale, part).results) == {100, 101, 102}


@pytest.mark.parametrize("who", list(WorkerKind))
def test_simulated_people_of_every_kind_are_taken(kind: str, who: WorkerKind) -> None:
    one = sample(kind)
    person = Person(who, 1, seed=3)
    for number in range(12):
        truth = one.tool.invent(one.question, one.item, np.random.default_rng(number))
        answer = person.answer(one.tool, "p", one.question, one.item, truth)
        assert one.tool.clean_answer(one.question, one.item, json.loads(json.dumps(answer))) == answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["cat", "dog"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["class", "x", "key"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(raw=JSON, place=st.integers(0, 20))
def test_any_json_in_any_field_is_cleaned_or_refused(kind: str, raw: Any, place: int) -> None:
    one = sample(kind)
    names = sorted({name for answer in one.answers for name in answer})
    answer = replace(one).answers[0] | {names[place % len(names)]: raw}
    value, fine = taken(one.tool.clean_answer, one.question, one.item, answer)
    assert not fine or one.tool.clean_answer(one.question, one.item, value) == value


def test_items_of_the_other_medium_are_refused(kind: str) -> None:
    other = PICTURE if sample(kind).tool.media == "text" else TEXT
    assert not taken(sample(kind).tool.clean_item, other)[1]
