import numpy as np
import pytest

from aggregation.classes import Answers
from aggregation.simulate import WorkerKind, confusion_matrix
from aggregation.workers import agreement, expected_accuracy, krippendorff_alpha, spam_score, support
from tests.aggregation.real_answers import RealSets


def test_spam_score_is_one_for_the_perfect_and_zero_for_the_blind() -> None:
    blind = np.tile([0.2, 0.3, 0.5], (3, 1))
    perfect = np.eye(3)
    adversary = np.roll(np.eye(3), 1, axis=1)

    assert spam_score(np.stack([perfect, blind, adversary])) == pytest.approx([1.0, 0.0, 1.0])


def test_spam_score_of_two_classes_is_youdens_j_squared() -> None:
    assert spam_score(np.array([[[0.9, 0.1], [0.2, 0.8]]])) == pytest.approx([0.7**2])


def test_spam_score_of_one_class_is_unknown() -> None:
    assert np.isnan(spam_score(np.ones((2, 1, 1)))).all()


@pytest.mark.parametrize("kind", [WorkerKind.SPAMMER, WorkerKind.CONSTANT])
def test_spam_score_of_simulated_spammers_is_zero(kind: WorkerKind) -> None:
    matrix = confusion_matrix(kind, 4, np.random.default_rng(1))
    assert spam_score(matrix[None]) == pytest.approx([0.0])


def test_expected_accuracy_weighs_the_diagonal_by_the_prior() -> None:
    confusion = np.array([[[0.9, 0.1], [0.5, 0.5]]])
    assert expected_accuracy(confusion, np.array([0.75, 0.25])) == pytest.approx([0.8])


def test_support_adds_up_posteriors() -> None:
    answers = Answers.encode([1, 2, 2], [5, 5, 6], [0, 1, 1], n_classes=2)
    posterior = np.array([[0.9, 0.1], [0.25, 0.75]])

    assert support(answers, posterior) == pytest.approx(np.array([[1.15, 0.85], [0.25, 0.75]]))


def test_agreement_counts_the_other_workers_only() -> None:
    answers = Answers.encode([1, 1, 1, 2], [1, 2, 3, 4], [0, 0, 1, 0], n_classes=2)

    assert agreement(answers)[:3] == pytest.approx([0.5, 0.5, 0.0])
    assert np.isnan(agreement(answers)[3])


def test_krippendorff_alpha_of_a_known_example() -> None:
    # Coincidences: tasks (0,0), (1,1), (0,1), (1,1): n0 = 3, n1 = 5, o01 = 1 each way.
    answers = Answers.encode([1, 1, 2, 2, 3, 3, 4, 4], [1, 2] * 4, [0, 0, 1, 1, 0, 1, 1, 1], n_classes=2)
    assert krippendorff_alpha(answers) == pytest.approx(1 - 7 * 2 / (2 * 3 * 5))


@pytest.mark.parametrize(
    ("tasks", "labels"), [([], []), ([1, 2, 3], [0, 1, 0]), ([1, 1, 2, 2], [0, 0, 0, 0])], ids=["none", "lone", "same"]
)
def test_krippendorff_alpha_is_unknown_without_pairs_or_variety(tasks: list[int], labels: list[int]) -> None:
    assert np.isnan(krippendorff_alpha(Answers.encode(tasks, range(len(tasks)), labels, n_classes=2)))


@pytest.mark.parametrize(
    ("name", "alpha"), [("bluebirds", 0.125501), ("labelme", 0.677357), ("rte", 0.241479), ("face", 0.494920)]
)
def test_krippendorff_alpha_of_real_answers(real: RealSets, name: str, alpha: float) -> None:
    assert krippendorff_alpha(real(name).answers) == pytest.approx(alpha, abs=1e-6)
