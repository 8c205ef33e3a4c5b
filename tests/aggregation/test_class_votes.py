import numpy as np

from aggregation.arrays import best_class, entropy
from aggregation.classes import Answers, majority_vote, vote_counts, vote_shares, vote_weights


def test_votes_count_each_class() -> None:
    answers = Answers.encode([1, 1, 1, 2], [1, 2, 3, 1], [0, 2, 2, 1], n_classes=3)

    assert vote_counts(answers).tolist() == [[1, 0, 2], [0, 1, 0]]
    assert majority_vote(answers).tolist() == [2, 1]


def test_vote_shares_are_uniform_without_answers() -> None:
    answers = Answers.encode([1], [1], [0], n_classes=4, task_ids=[1, 2])

    assert vote_shares(answers).tolist() == [[1, 0, 0, 0], [0.25] * 4]


def test_tie_of_a_task_is_drawn_alike_in_any_batch() -> None:
    tasks = np.repeat(np.arange(200), 2)
    answers = Answers.encode(tasks, np.tile([1, 2], 200), np.tile([0, 1], 200), n_classes=2)
    drawn = majority_vote(answers)

    part = Answers.encode(tasks[100:200], np.tile([1, 2], 50), np.tile([0, 1], 50), n_classes=2)
    assert majority_vote(part).tolist() == drawn[50:100].tolist()


def test_ties_favour_no_class_and_change_with_the_seed() -> None:
    tasks = np.repeat(np.arange(3000), 3)
    answers = Answers.encode(tasks, np.tile([1, 2, 3], 3000), np.tile([0, 1, 2], 3000), n_classes=4)
    drawn = majority_vote(answers)

    assert np.abs(np.bincount(drawn, minlength=4) - [1000, 1000, 1000, 0]).max() < 120
    assert (majority_vote(answers, seed=1) != drawn).any()


def test_best_class_treats_the_last_bits_as_a_tie() -> None:
    keys = np.arange(64)
    exact = best_class(np.full((64, 2), 0.5), keys)
    nearly = best_class(np.tile([0.5 + 1e-13, 0.5 - 1e-13], (64, 1)), keys)

    assert nearly.tolist() == exact.tolist()
    assert set(exact.tolist()) == {0, 1}


def test_entropy_of_certainty_is_zero_and_of_doubt_is_ln_k() -> None:
    assert entropy(np.array([[1.0, 0.0], [0.5, 0.5]])).tolist() == [0.0, np.log(2)]


def test_votes_count_as_often_as_they_weigh() -> None:
    answers = Answers.encode([1, 1, 1], [1, 2, 3], [0, 0, 1], n_classes=2, weight=[0.5, 0.5, 3])

    assert vote_counts(answers).tolist() == [[2, 1]]
    assert vote_weights(answers).tolist() == [[1, 3]]
    assert vote_shares(answers).tolist() == [[0.25, 0.75]]
    assert majority_vote(answers).tolist() == [1]
