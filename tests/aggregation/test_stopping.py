import math

import pytest

from aggregation.stopping import Decision, decide


@pytest.mark.parametrize(
    ("confidence", "answers", "decision"),
    [
        (0.99, 1, Decision.ONE_MORE),
        (0.99, 2, Decision.SETTLE),
        (0.95, 2, Decision.SETTLE),
        (0.94, 2, Decision.ONE_MORE),
        (0.94, 5, Decision.CONTESTED),
        (0.94, 6, Decision.CONTESTED),
        (0.95, 5, Decision.SETTLE),
        (0.0, 0, Decision.ONE_MORE),
    ],
)
def test_decide_settles_when_sure_and_gives_up_at_the_maximum(
    confidence: float, answers: int, decision: Decision
) -> None:
    assert decide(confidence, answers, minimum=2, maximum=5, threshold=0.95) is decision


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((math.nan, 1, 1, 2, 0.9), "confidence = nan"),
        ((0.5, 1, 1, 2, 1.1), "threshold = 1.1"),
        ((0.5, 1, 3, 2, 0.9), "1 <= minimum <= maximum, not 3..2"),
        ((0.5, 1, 0, 2, 0.9), "not 0..2"),
        ((0.5, -1, 1, 2, 0.9), "answers = -1 is below 0"),
    ],
)
def test_decide_names_a_number_that_makes_no_sense(arguments: tuple[float, int, int, int, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decide(*arguments)
