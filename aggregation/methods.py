"""The methods for classes, once: the command, the documentation and the benchmarks read this list.

A new method adds its row to METHODS, a section with an example to the page it names, and its name to the table of
docs/aggregation.md (a test prints the table that is due).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, best_class
from aggregation.classes import (
    GLAD,
    MACE,
    Answers,
    Auto,
    ClusteredDawidSkene,
    DawidSkene,
    Gold,
    HierarchicalDawidSkene,
    MapDawidSkene,
    NaiveSoft,
    OneCoinDawidSkene,
    Wawa,
    ZeroBasedSkill,
    vote_shares,
)

# What is taken where nobody chose.
DEFAULT = "auto"


class Labeller(Protocol):
    """What the command needs of a method: every `ClassMethod` is one."""

    @property
    def posterior_(self) -> Floats:
        """Class probabilities float64[T, K]."""

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None) -> Self:
        """Fit all `answers`; `gold` as in `Gold.of`."""

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]."""


@dataclass(frozen=True)
class Method:
    """`make()` is an unfitted model. `source`: who described it. `page`: file#section below docs/aggregation/."""

    title: str
    make: Callable[[], Labeller]
    source: str
    page: str


class MajorityVote:
    """Votes as a method: `posterior_` float64[T, K] is the share of the votes; known tasks keep their truth."""

    posterior_: Floats
    _task_ids: Ints

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None) -> Self:
        """Count the votes of all `answers`."""
        self.posterior_, self._task_ids = vote_shares(answers), answers.task_ids
        Gold.of(gold, answers).pin(self.posterior_)
        return self

    def labels(self, *, seed: int = 0) -> Ints:
        """Most voted class of each task, int64[T]; ties drawn by task id."""
        return best_class(self.posterior_, self._task_ids, seed)


METHODS: dict[str, Method] = {
    "auto": Method("A committee of two fits and the votes", Auto, "ours", "classes.md#auto-auto"),
    "hds": Method(
        "Hierarchical Dawid-Skene",
        HierarchicalDawidSkene,
        "ours, after Dawid & Skene 1979",
        "classes.md#hierarchical-dawid-skene-hds",
    ),
    "cluster": Method(
        "Dawid-Skene of worker groups",
        ClusteredDawidSkene,
        "Moreno et al. 2015; Imamura et al. 2018",
        "classes.md#worker-groups-for-many-classes-cluster",
    ),
    "ds": Method("Dawid-Skene", DawidSkene, "Dawid & Skene 1979", "classical.md#dawid-skene-ds"),
    "map": Method("MAP Dawid-Skene", MapDawidSkene, "Dawid & Skene 1979, smoothed", "classical.md#map-dawid-skene-map"),
    "one-coin": Method(
        "One-coin Dawid-Skene", OneCoinDawidSkene, "Dawid & Skene 1979", "classical.md#one-coin-dawid-skene-one-coin"
    ),
    "glad": Method("GLAD", GLAD, "Whitehill et al. 2009", "classical.md#glad-glad"),
    "mace": Method("MACE", MACE, "Hovy et al. 2013", "classical.md#mace-mace"),
    "zbs": Method("ZeroBasedSkill", ZeroBasedSkill, "crowd-kit", "classical.md#zerobasedskill-zbs"),
    "wawa": Method("Wawa", Wawa, "Appen; crowd-kit", "classical.md#wawa-wawa"),
    "ns": Method("Naive soft", NaiveSoft, "–", "classical.md#naive-soft-ns"),
    "mv": Method("Majority vote", MajorityVote, "–", "classical.md#majority-vote-mv"),
}
