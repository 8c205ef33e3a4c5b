"""One text from several transcriptions of the same thing."""

from aggregation.texts.answers import TextAnswers, words
from aggregation.texts.distance import edit_distances, medoids, spread_of
from aggregation.texts.rover import TextCrowd, TextFusion, fuse_texts

__all__ = [
    "TextAnswers",
    "TextCrowd",
    "TextFusion",
    "edit_distances",
    "fuse_texts",
    "medoids",
    "spread_of",
    "words",
]
