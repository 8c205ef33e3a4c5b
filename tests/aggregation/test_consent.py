import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.classes import Answers
from aggregation.consent import Level, coincidences, disagreement, krippendorff_alpha
from tests.aggregation.real_answers import RealSets

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units, 0 = missing.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
)


def published() -> Answers:
    worker, task = np.nonzero(PUBLISHED)
    return Answers.encode(task, worker, PUBLISHED[worker, task] - 1, n_classes=5)


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_the_published_example(level: str, alpha: float) -> None:
    assert krippendorff_alpha(published(), level=level) == pytest.approx(alpha, abs=5e-4)


def slow_alpha(answers: Answers, level: str) -> float:
    """From the definition: mean disagreement of pairs within tasks over that of all pairs, by loops."""
    said = {t: answers.label[answers.task == t].tolist() for t in range(answers.n_tasks)}
    said = {t: labels for t, labels in said.items() if len(labels) > 1}
    every = [label for labels in said.values() for label in labels]

    def distance(a: int, b: int) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return float((a - b) ** 2)
        low, high = min(a, b), max(a, b)
        between = sum(low <= c <= high for c in every) - (every.count(a) + every.count(b)) / 2
        return float(between**2) if a != b else 0.0

    observed = sum(
        distance(a, b) / (len(labels) - 1) for labels in said.values() for a, b in itertools.permutations(labels, 2)
    )
    expected = sum(distance(a, b) for a, b in itertools.permutations(every, 2)) / (len(every) - 1)
    return 1 - observed / expected


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=4, max_size=25),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_alpha_is_that_of_the_definition(rows: list[tuple[int, int]], level: str) -> None:
    answers = Answers.encode([t for t, _ in rows], range(len(rows)), [label for _, label in rows], n_classes=3)
    alpha = krippendorff_alpha(answers, level=level)

    if not np.isnan(alpha):
        assert alpha == pytest.approx(slow_alpha(answers, level))
        assert alpha <= 1


def test_alpha_of_names_does_not_depend_on_the_names_and_of_numbers_not_on_their_scale() -> None:
    answers = published()
    renamed = Answers.encode(answers.task, answers.worker, np.array([3, 0, 4, 2, 1])[answers.label], n_classes=5)

    assert krippendorff_alpha(renamed) == pytest.approx(krippendorff_alpha(answers))
    assert krippendorff_alpha(answers, level="interval", values=[10, 12, 14, 16, 18]) == pytest.approx(
        krippendorff_alpha(answers, level=Level.INTERVAL)
    )


@pytest.mark.parametrize("values", [[1, 2], [1, 2, 3, 4, np.nan]])
def test_alpha_refuses_numbers_that_are_not_one_a_class(values: list[float]) -> None:
    with pytest.raises(ValueError, match="5 finite numbers"):
        krippendorff_alpha(published(), level="interval", values=values)


def test_alpha_of_a_known_small_example() -> None:
    # Tasks (0,0), (1,1), (0,1), (1,1): n0 = 3, n1 = 5, o01 = 1 each way.
    answers = Answers.encode([1, 1, 2, 2, 3, 3, 4, 4], [1, 2] * 4, [0, 0, 1, 1, 0, 1, 1, 1], n_classes=2)

    assert coincidences(answers).tolist() == [[2, 1], [1, 4]]
    assert krippendorff_alpha(answers) == pytest.approx(1 - 7 * 2 / (2 * 3 * 5))


@pytest.mark.parametrize(
    ("tasks", "labels"), [([], []), ([1, 2, 3], [0, 1, 0]), ([1, 1, 2, 2], [0, 0, 0, 0])], ids=["none", "lone", "same"]
)
def test_alpha_is_unknown_without_pairs_or_variety(tasks: list[int], labels: list[int]) -> None:
    assert np.isnan(krippendorff_alpha(Answers.encode(tasks, range(len(tasks)), labels, n_classes=2)))


@pytest.mark.parametrize(
    ("name", "alpha"), [("bluebirds", 0.125501), ("labelme", 0.677357), ("rte", 0.241479), ("face", 0.494920)]
)
def test_alpha_of_real_answers(real: RealSets, name: str, alpha: float) -> None:
    assert krippendorff_alpha(real(name).answers) == pytest.approx(alpha, abs=1e-6)


def test_disagreement_is_what_met_what() -> None:
    answers = Answers.encode([1, 1, 1, 2, 2, 3], range(6), [0, 0, 1, 1, 1, 2], n_classes=3)
    shares = disagreement(answers)

    assert shares[0].tolist() == [0.5, 0.5, 0.0]  # each of the two 0s met a 0 and a 1
    assert shares[1] == pytest.approx([1 / 3, 2 / 3, 0])  # one 1 met two 0s, half each; two met one another
    assert np.isnan(shares[2]).all()
