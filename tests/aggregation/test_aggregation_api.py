import numpy as np
import pytest

from aggregation import METHODS, aggregate, aggregate_table, encode

ROWS = [("t1", "ann", "cat"), ("t1", "ben", "cat"), ("t1", "cy", "dog"), ("t2", "ann", "dog"), ("t2", "ben", "dog")]


def test_rows_become_labels() -> None:
    found = aggregate(ROWS)

    assert found.as_dict() == {"t1": "cat", "t2": "dog"}
    assert [task for task, _, _ in found] == ["t1", "t2"]
    assert found.posterior.shape == (2, 2)
    assert found.classes == ("cat", "dog")
    assert found.confidence.tolist() == found.posterior.max(axis=1).tolist()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reads_rows_nested_answers_and_columns_alike(method: str) -> None:
    nested = {"t1": {"ann": "cat", "ben": "cat", "cy": "dog"}, "t2": {"ann": "dog", "ben": "dog"}}
    columns = encode(*(np.array(column) for column in zip(*ROWS, strict=True)))
    found = [aggregate(ROWS, method=method), aggregate(nested, method=method), aggregate_table(columns, method=method)]

    assert len({(f.tasks, f.labels, f.posterior.tobytes()) for f in found}) == 1


@pytest.mark.parametrize("method", METHODS)
def test_every_method_respects_known_truth_and_an_empty_table(method: str) -> None:
    assert aggregate(ROWS, method=method, gold={"t1": "dog"}).as_dict()["t1"] == "dog"
    assert aggregate([], method=method).as_dict() == {}


def test_numbers_are_names_too() -> None:
    found = aggregate([(7, 1, 0), ("7", 2, 0), (8, 1, 1)], gold={8: 2})
    assert found.as_dict() == {"7": "0", "8": "2"}


def test_weights_count_in_columns() -> None:
    table = encode([1, 1], [1, 2], ["a", "b"], weight=[1, 3])
    assert aggregate_table(table, method="mv").as_dict() == {"1": "b"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("t", "w")], r"answers\[0\] = \('t', 'w'\) is not \(task, worker, label\)"),
        (["twl"], r"answers\[0\] = 'twl' is not"),
        ([("t", "w", "l"), ("t", "w", None)], r"labels\[1\] = None names nothing"),
        ([("t", float("nan"), 1)], r"workers\[0\] = nan names nothing"),
        ([(" ", 1, 1)], r"tasks\[0\] = ' ' names nothing"),
    ],
)
def test_rows_without_sense_are_named(rows: list[tuple[object, object, object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        aggregate(rows)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="of one length, not 2, 1, 1"):
        encode([1, 2], [1], [1])


def test_a_method_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="there is no method 'magic'; there are auto"):
        aggregate(ROWS, method="magic")
