"""Texts of several people as one: the words are voted on, the writing is somebody's own."""

import numpy as np
import pytest

from tasks_app.tools.base import AnswerBatch
from tasks_app.tools.text_models import TextModel, likeness


def fused(*texts: str) -> tuple[str, float]:
    size = len(texts)
    batch = AnswerBatch(np.ones(size, dtype=np.int64), np.arange(size), [{"text": text} for text in texts])
    found = TextModel().fit(batch, final=True).results[1]
    return found.value["text"], found.confidence


def test_the_words_most_wrote_win_with_their_punctuation() -> None:
    text, sure = fused("Total: 11.80", "Total: 11.80", "total 11.30")
    assert text == "Total: 11.80"
    assert 0.6 < sure < 0.99


def test_nothing_is_made_up_where_nobody_wrote_the_fused_words() -> None:
    texts = ("one two tree four", "one too three four", "won two three four")
    assert fused(*texts)[0] in texts


def test_one_alone_is_less_sure_than_two_who_agree_and_those_than_three() -> None:
    sure = [fused(*["The same words."] * count)[1] for count in (1, 2, 3)]
    assert sure == sorted(sure)
    assert sure[0] < 0.95 < sure[1]


def test_texts_without_words_are_fused_as_well() -> None:
    assert fused("…", "…")[0] == "…"
    assert fused("", "")[0] == ""


@pytest.mark.parametrize(
    ("a", "b", "alike"), [("a b c d", "A, b! x d", 0.75), ("", "", 1.0), ("…", "?", 0.0), ("a", "", 0.0)]
)
def test_likeness_counts_words(a: str, b: str, alike: float) -> None:
    assert likeness(a, b) == likeness(b, a) == alike
