"""One text from several transcriptions: against slow references, in any row order, on real answers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.texts import TextAnswers, TextCrowd, edit_distances, fuse_texts, medoids, spread_of, words

SAID = ["one", "two", "three", "four", "five"]
texts = st.lists(st.lists(st.sampled_from(SAID), max_size=8), min_size=2, max_size=8)


def distance_by_hand(one: list[str], two: list[str]) -> int:
    table = [[i + j if not i * j else 0 for j in range(len(two) + 1)] for i in range(len(one) + 1)]
    for i, first in enumerate(one, 1):
        for j, second in enumerate(two, 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (first != second))
    return table[-1][-1]


def answers_of(found: list[str], task: int = 1) -> TextAnswers:
    return TextAnswers.encode([task] * len(found), range(len(found)), found)


def test_words_are_compared_without_case_and_punctuation() -> None:
    assert words("It’s, SO! 'quoted' o'clock\r\n") == ["it's", "so", "quoted", "o'clock"]
    assert words("…!") == []


@given(texts)
def test_edit_distances_are_those_of_the_plain_table(found: list[list[str]]) -> None:
    answers = answers_of([" ".join(row) for row in found])
    first, second = np.indices((len(found), len(found))).reshape(2, -1)
    distances = edit_distances(answers.word, answers.length, first, second)
    by_hand = [
        distance_by_hand(answers.text[a].split(), answers.text[b].split()) for a, b in zip(first, second, strict=True)
    ]
    assert distances.tolist() == by_hand


def test_edit_distances_of_texts_of_very_different_length() -> None:
    long = ["word " * count for count in (0, 1, 3, 300, 40)]
    answers = answers_of(long)
    first, second = np.indices((5, 5)).reshape(2, -1)
    lengths = answers.length
    assert (
        edit_distances(answers.word, lengths, first, second).tolist()
        == np.abs(lengths[first] - lengths[second]).tolist()
    )


def test_each_word_is_what_most_say_at_its_place() -> None:
    fusion = fuse_texts(answers_of(["a big red fox ran", "a big fox ran", "the big red fox run", "a bag red fox ran"]))
    assert fusion.text == ("a big red fox ran",)
    assert len(fusion.word_confidence[0]) == 5
    assert 0.5 < fusion.confidence[0] < 1


def test_words_that_one_adds_are_left_out() -> None:
    fusion = fuse_texts(answers_of(["so he came home", "he came home", "he came back home", "he came home"]))
    assert fusion.text == ("he came home",)


def test_a_worker_who_is_far_from_all_weighs_little() -> None:
    good, bad = ["one two three four"] * 3, "nothing of that kind"
    columns = [(task, worker, bad if worker == 3 else good[worker]) for task in range(6) for worker in range(4)]
    fusion = fuse_texts(TextAnswers.encode(*zip(*columns, strict=True)))
    assert fusion.crowd.spread[3] > 2 * fusion.crowd.spread[:3].max()
    crowd = TextCrowd.from_bytes(fusion.crowd.to_bytes())
    # Two against each other: who is known to be good is believed.
    pair = TextAnswers.encode([9, 9], [0, 3], ["five one", "two two"])
    assert fuse_texts(pair, fixed=crowd).text == ("five one",)


def test_agreement_is_sure_and_disagreement_is_not() -> None:
    same = fuse_texts(answers_of(["one two", "One, two.", "one two"]))
    apart = fuse_texts(answers_of(["one two", "three four", "five one"]))
    assert same.confidence.tolist() == [1.0]
    assert apart.confidence[0] < 0.6


@settings(max_examples=30)
@given(texts, st.integers(0, 99))
def test_the_order_of_rows_and_other_tasks_do_not_matter(found: list[list[str]], seed: int) -> None:
    columns = [(1, worker, " ".join(row)) for worker, row in enumerate(found)]
    other = [(2, worker, "five five five") for worker in range(3)]
    shuffled = [columns[i] for i in np.random.default_rng(seed).permutation(len(columns))]
    one, two = (fuse_texts(TextAnswers.encode(*zip(*rows, strict=True))) for rows in (columns, shuffled))
    assert one.text == two.text
    assert one.weight.tobytes() == two.weight.tobytes()
    crowd = one.crowd
    three = fuse_texts(TextAnswers.encode(*zip(*[*other, *shuffled], strict=True)), fixed=crowd)
    assert three.text[0] == one.text[0]


def test_medoids_are_the_least_far_and_ties_are_drawn_by_seed() -> None:
    answers = answers_of(["one two three", "one two", "one two three four five"])
    spread = spread_of(answers)
    assert spread == pytest.approx([(1 / 3 + 2 / 5) / 2, (1 / 3 + 3 / 5) / 2, (2 / 5 + 3 / 5) / 2])
    assert medoids(answers, spread).tolist() == [0]
    tied = TextAnswers.encode(np.repeat(np.arange(40), 2), [1, 2] * 40, ["one", "two"] * 40)
    drawn = {seed: medoids(tied, spread_of(tied), seed=seed).tolist() for seed in (1, 2)}
    assert drawn[1] != drawn[2]
    assert 8 < sum(row % 2 for row in drawn[1]) < 32


def test_one_answer_no_words_and_nothing() -> None:
    assert fuse_texts(answers_of(["Just, this"])).text == ("just this",)
    silent = fuse_texts(answers_of(["", "..."]))
    assert (silent.text, silent.confidence.tolist()) == (("",), [1.0])
    assert fuse_texts(TextAnswers.encode([], [], [])).text == ()


def test_texts_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="must be of one length, not 1, 1 and 2"):
        TextAnswers.encode([1], [1], ["a", "b"])
    with pytest.raises(TypeError, match=r"texts\[1\] = nan is not a text"):
        TextAnswers.encode([1, 1], [1, 2], ["a", float("nan")])  # type: ignore[list-item]


def test_transcriptions_of_speech_are_better_than_the_best_single_choice(real_folder: Path) -> None:
    with (real_folder / "text_crowdspeech" / "answers.csv").open(newline="") as file:
        told = list(csv.DictReader(file))
    with (real_folder / "text_crowdspeech" / "gt.csv").open(newline="") as file:
        truth = {int(row["task"]): row["label"] for row in csv.DictReader(file)}
    answers = TextAnswers.encode(
        [int(row["task"]) for row in told], [int(row["worker"]) for row in told], [row["label"] for row in told]
    )
    fusion = fuse_texts(answers)
    real = [truth[task] for task in answers.task_ids.tolist()]

    assert word_error(fusion.text, real) <= 0.105
    assert word_error([answers.text[row] for row in fusion.medoid], real) <= 0.112


def word_error(found: list[str] | tuple[str, ...], truth: list[str]) -> float:
    """Words wrong, missing or too many, over the words of the truth."""
    both = answers_of([*found, *truth])
    rows = {text: row for row, text in enumerate(both.text)}
    first, second = (np.array([rows[text] for text in some]) for some in (found, truth))
    distance = edit_distances(both.word, both.length, first, second)
    return float(distance.sum() / both.length[second].sum())
