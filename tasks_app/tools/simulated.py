"""Somebody simulated, as a kind of task sees them: how well they answer, and the chance their answers are drawn with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.simulate import WorkerKind

Generator = np.random.Generator
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Simulated:
    """`confusion(n)` is this person's float64[n, n] over n classes, the same one each time within a project."""

    kind: WorkerKind
    random: Generator
    confusion: Callable[[int], Floats]

    def says(self, right: Thing, choices: Sequence[Thing]) -> Thing:
        """What this person answers where `right`, one of `choices`, is true."""
        row = self.confusion(len(choices))[choices.index(right)]
        return choices[int(self.random.choice(len(choices), p=row / row.sum()))]


def any_of(choices: Sequence[Thing], random: Generator) -> Thing:
    """One of `choices`, each as likely as the other."""
    return choices[int(random.integers(len(choices)))]
