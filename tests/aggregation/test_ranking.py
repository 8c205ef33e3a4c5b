"""Orders of items from preferences: against slow references, in any row order, on real answers."""

import csv
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.arrays import Floats
from aggregation.ranking import BradleyTerry, Comparisons, NoisyBradleyTerry, PlackettLuce, Rankings

Model = BradleyTerry | NoisyBradleyTerry
MODELS = [BradleyTerry(), NoisyBradleyTerry()]
rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(5, 8), st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0])),
    min_size=1,
    max_size=25,
)


def pull_by_hand(comparisons: Comparisons, scores: Floats, prior: float) -> list[float]:
    """Derivative of the log-posterior by each score, one comparison at a time; all 0 at its only maximum."""
    pull = [prior * (1 - np.exp(s)) / (1 + np.exp(s)) for s in scores]
    for i, j, y in zip(comparisons.left, comparisons.right, comparisons.outcome, strict=True):
        expected = 1 / (1 + np.exp(scores[j] - scores[i]))
        pull[i] += y - expected
        pull[j] -= y - expected
    return pull


def encoded(found: list[tuple[int, int, int, float]]) -> Comparisons:
    left, right, worker, outcome = zip(*found, strict=True)
    return Comparisons.encode(left, right, worker, outcome)


def crowd_of(seed: int, spammers: int) -> tuple[Comparisons, Floats]:
    """Twelve items, ten workers of whom `spammers` always say left; 600 comparisons."""
    generator = np.random.default_rng(seed)
    true = np.linspace(-3, 3, 12)
    pair = np.array([generator.choice(12, 2, replace=False) for _ in range(600)])
    worker = generator.integers(10, size=600)
    chance = 1 / (1 + np.exp(true[pair[:, 1]] - true[pair[:, 0]]))
    outcome = np.where(worker < spammers, 1.0, generator.random(600) < chance)
    return Comparisons.encode(pair[:, 0], pair[:, 1], worker, outcome), true


def test_bradley_terry_finds_the_maximum() -> None:
    comparisons, _ = crowd_of(0, 2)
    pull = pull_by_hand(comparisons, BradleyTerry().fit(comparisons).scores_, 0.1)
    assert pull == pytest.approx([0.0] * 12, abs=1e-5)


def test_plackett_luce_of_pairs_is_bradley_terry() -> None:
    comparisons, _ = crowd_of(1, 0)
    c = comparisons
    pairs = [(a, b) if y else (b, a) for a, b, y in zip(c.left, c.right, c.outcome, strict=True)]
    model = PlackettLuce().fit(Rankings.encode(pairs))
    assert model.scores_ == pytest.approx(BradleyTerry().fit(comparisons).scores_, abs=1e-6)


def test_plackett_luce_finds_the_strengths_that_made_the_rankings() -> None:
    generator = np.random.default_rng(3)
    true = np.array([2.0, 1.0, 0.0, -1.0, -2.0])
    # Gumbel noise on log strengths sorts as Plackett & Luce choose.
    drawn = [np.argsort(-(true + generator.gumbel(size=5)))[: generator.integers(2, 6)] for _ in range(3000)]
    whole = [row for row in drawn if row.size == 5]
    model = PlackettLuce().fit(Rankings.encode(whole))
    assert model.scores_ - model.scores_.mean() == pytest.approx(true, abs=0.2)
    assert model.ranking().tolist() == [0, 1, 2, 3, 4]
    assert np.diff(model.objective_).min() >= -1e-9 * abs(model.objective_[-1])


@pytest.mark.parametrize("model", MODELS, ids=["plain", "noisy"])
def test_the_objective_never_falls_and_the_fit_ends(model: Model) -> None:
    model.fit(crowd_of(2, 3)[0])
    assert np.diff(model.objective_).min() >= -1e-9 * abs(model.objective_[-1])
    assert model.converged_


def test_noisy_bradley_terry_tells_who_does_not_look() -> None:
    comparisons, true = crowd_of(4, 4)
    noisy, plain = NoisyBradleyTerry().fit(comparisons), BradleyTerry().fit(comparisons)

    assert noisy.attention_[:4].max() < 0.4
    assert noisy.attention_[4:].min() > 0.6
    assert noisy.guess_[:4, 0].min() > 0.8
    assert np.abs(np.corrcoef(noisy.scores_, true)[0, 1]) > np.abs(np.corrcoef(plain.scores_, true)[0, 1])


@settings(max_examples=25)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(found: list[tuple[int, int, int, float]], shuffle: random.Random) -> None:
    again = list(found)
    shuffle.shuffle(again)
    for model in (BradleyTerry(max_iter=50), NoisyBradleyTerry(max_iter=50)):
        one, two = (model.fit(encoded(some)).scores_.tobytes() for some in (found, again))
        assert one == two


@settings(max_examples=25)
@given(rows)
def test_swapped_sides_turn_the_scores_of_swapped_outcomes(found: list[tuple[int, int, int, float]]) -> None:
    swapped = [(b, a, w, 1 - y) for a, b, w, y in found]
    one, two = (BradleyTerry().fit(encoded(some)).scores_ for some in (found, swapped))
    assert one == pytest.approx(two, abs=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=["plain", "noisy"])
def test_a_warm_start_ends_where_the_cold_one_does(model: Model) -> None:
    comparisons, _ = crowd_of(5, 2)
    cold = model.fit(comparisons).scores_.copy()
    steps = model.n_iter_
    warm = model.fit(comparisons, start=cold)
    assert warm.scores_ == pytest.approx(cold, abs=1e-3)
    assert warm.n_iter_ < steps


def test_ranks_are_compared_pair_by_pair_with_ties() -> None:
    found = Comparisons.from_ranks([7, 8], [[10, 20, 30], [20, 30]], [[1, 2, 2], [5, 5]])
    told = {
        (int(found.worker_ids[w]), *sorted([int(found.item_ids[a]), int(found.item_ids[b])])): (
            y if y == 0.5 else int(found.item_ids[a if y else b])
        )
        for a, b, w, y in zip(found.left, found.right, found.worker, found.outcome, strict=True)
    }
    assert told == {(7, 10, 20): 10, (7, 10, 30): 10, (7, 20, 30): 0.5, (8, 20, 30): 0.5}
    assert BradleyTerry().fit(found).ranking()[0] == 10


def test_equal_scores_are_drawn_by_seed_and_not_by_number() -> None:
    even = encoded([(item, item + 1, 1, 0.5) for item in range(0, 40, 2)])
    model = BradleyTerry().fit(even)
    assert model.ranking(seed=1).tolist() == model.ranking(seed=1).tolist()
    assert model.ranking(seed=1).tolist() != model.ranking(seed=2).tolist()


def test_preference_is_doubtful_where_little_was_said() -> None:
    little = BradleyTerry().fit(encoded([(0, 1, 1, 1.0)]))
    much = BradleyTerry().fit(encoded([(0, 1, w, 1.0) for w in range(30)]))
    first, second = np.array([0]), np.array([1])
    assert 0.5 < little.preference(first, second)[0] < 0.8 < much.preference(first, second)[0] < 1
    assert little.preference(first, second) + little.preference(second, first) == pytest.approx([1.0])


def test_nothing_compared_gives_nothing() -> None:
    for model in MODELS:
        assert model.fit(Comparisons.encode([], [], [], [])).ranking().size == 0
    assert PlackettLuce().fit(Rankings.encode([])).ranking().size == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1], [1], [1], [1.0]), r"left\[0\] = 1 is compared with itself"),
        (([1, 1], [2, 2], [1, 1], [1.0, 0.7]), r"outcome\[1\] = 0.7 is not 1, .5 or 0"),
        (([1], [2], [1], [np.nan]), r"outcome\[0\] = nan is not"),
        (([1], [2], [1], []), "must be of one length, not 1, 1, 1 and 0"),
        (([np.nan], [2], [1], [1.0]), r"left\[0\] = nan is not a finite number"),
    ],
)
def test_comparisons_name_what_is_wrong(columns: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Comparisons.encode(*columns)


def test_rankings_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"rankings\[1\] = \[3, 3\] must hold two or more different items"):
        Rankings.encode([[1, 2], [3, 3]])
    with pytest.raises(ValueError, match=r"items\[0\] must be different items with a rank each"):
        Comparisons.from_ranks([1], [[1, 1]], [[1, 2]])
    with pytest.raises(ValueError, match="prior must be above 0"):
        BradleyTerry(prior=0)
    with pytest.raises(ValueError, match="spread must be above 0"):
        NoisyBradleyTerry(spread=-1)


@pytest.mark.parametrize(
    ("model", "floor"), [(BradleyTerry(), 0.94), (NoisyBradleyTerry(), 0.93)], ids=["plain", "noisy"]
)
def test_similar_music_is_ordered_as_the_experts_order_it(real_folder: Path, model: Model, floor: float) -> None:
    comparisons, group = music(real_folder)
    model.fit(comparisons)
    assert pairs_in_order(model.scores_, group) >= floor


def music(folder: Path) -> tuple[Comparisons, list[tuple[str, int]]]:
    """Comparisons of (query, document) items, and each item's query and group of equally similar ones."""
    with (folder / "pairwise_musicsim" / "answers.csv").open(newline="") as file:
        told = list(csv.DictReader(file))
    with (folder / "pairwise_musicsim" / "gt.csv").open(newline="") as file:
        truth = {(row["query"], row["doc"]): int(row["group"]) for row in csv.DictReader(file)}
    items = {key: code for code, key in enumerate(sorted(truth))}
    comparisons = Comparisons.encode(
        [items[row["query"], row["left"]] for row in told],
        [items[row["query"], row["right"]] for row in told],
        [int(row["worker"]) for row in told],
        [{row["left"]: 1.0, row["right"]: 0.0}.get(row["label"], 0.5) for row in told],
    )
    return comparisons, [(query, truth[query, doc]) for query, doc in sorted(truth)]


def pairs_in_order(scores: Floats, group: list[tuple[str, int]]) -> float:
    """Share of all pairs of one query and of different groups that the scores order as the groups do."""
    right = [
        (scores[i] > scores[j]) == (group[i][1] < group[j][1])
        for i in range(len(group))
        for j in range(i)
        if group[i][0] == group[j][0] and group[i][1] != group[j][1]
    ]
    return float(np.mean(right))
