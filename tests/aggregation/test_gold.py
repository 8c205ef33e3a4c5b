import numpy as np
import pytest
from numpy.typing import ArrayLike

from aggregation.classes import Answers, Gold

ANSWERS = Answers.encode([1, 2, 3], [1, 1, 1], [0, 1, 1], n_classes=2)


def test_gold_reads_classes_and_shares_alike() -> None:
    classes = Gold.of([1, -1, 0], ANSWERS)
    shares = Gold.of([[0, 3], [0, 0], [1, 0]], ANSWERS)

    assert classes.task.tolist() == shares.task.tolist() == [0, 2]
    assert classes.truth.tolist() == shares.truth.tolist() == [[0, 1], [1, 0]]
    assert (len(classes), len(Gold.of(None, ANSWERS))) == (2, 0)


def test_gold_pins_rows_and_columns() -> None:
    gold = Gold.of([[0.5, 1.5], [0, 0], [1, 0]], ANSWERS)
    rows, columns = np.full((3, 2), 0.5), np.full((2, 3), 0.5)
    gold.pin(rows)
    gold.pin_columns(columns)

    assert rows.tolist() == columns.T.tolist() == [[0.25, 0.75], [0.5, 0.5], [1, 0]]


def test_gold_adds_the_joint_of_its_truth_to_the_likelihood() -> None:
    gold = Gold.of([[0, 1], [0.5, 0.5], [0, 0]], ANSWERS)
    log_joint = np.log([[0.3, 0.2], [0.4, 0.1]])

    assert gold.log_likelihood(log_joint) == pytest.approx([np.log(0.2), np.log(0.4 * 0.1) / 2 + np.log(2)])


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ([0, 1], "one class for each of the 3 tasks, not 2"),
        ([0, 2, 1], r"gold\[1\] = 2 is not one of the 2 classes"),
        ([0, -2, 1], r"gold\[1\] = -2 is below -1"),
        ([0, np.nan, 1], r"gold\[1\] = nan is not a finite number"),
        ([[1, 0]], r"gold must have the shape \(3, 2\), not \(1, 2\)"),
        ([[1, 0], [0, np.nan], [0, 0]], r"gold\[1\] = \[0\.0, nan\] holds"),
        ([[1, 0], [0, 0], [-1, 0]], r"gold\[2\] = \[-1\.0, 0\.0\] holds"),
    ],
)
def test_gold_without_sense_is_named(gold: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Gold.of(gold, ANSWERS)
