import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.arrays import Floats
from aggregation.classes import Answers, DawidSkene, HierarchicalDawidSkene, majority_vote
from aggregation.simulate import WorkerKind, class_world, confusion_matrix
from aggregation.workers import (
    Verdict,
    accuracy_interval,
    agreement,
    confusion_interval,
    drift,
    expected_accuracy,
    informedness,
    mutual_information,
    spam_score,
    support,
    verdicts,
)
from aggregation.workers.drift import kolmogorov
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


def test_mutual_information_of_known_matrices() -> None:
    sure, blind, turned = np.eye(4), np.full((4, 4), 0.25), np.roll(np.eye(4), 1, axis=1)
    half = np.kron(np.eye(2), np.full((2, 2), 0.5))  # tells which half, not which of it

    bits = mutual_information(np.stack([sure, blind, turned, half]), np.full(4, 0.25))
    assert bits == pytest.approx([2.0, 0.0, 2.0, 1.0])


def test_mutual_information_of_two_classes_is_the_capacity_of_the_symmetric_channel() -> None:
    p = 0.9
    bits = mutual_information(np.array([[[p, 1 - p], [1 - p, p]]]), np.array([0.5, 0.5]))
    assert bits == pytest.approx([1 + p * np.log2(p) + (1 - p) * np.log2(1 - p)])


def test_informedness_is_one_nought_or_below() -> None:
    blind = np.tile([0.2, 0.3, 0.5], (3, 1))
    matrices = np.stack([np.eye(3), blind, np.roll(np.eye(3), 1, axis=1)])

    assert informedness(matrices, np.full(3, 1 / 3)) == pytest.approx([1.0, 0.0, -0.5])
    assert np.isnan(informedness(np.ones((1, 1, 1)), np.ones(1))).all()


matrices = st.integers(0, 1000).map(lambda seed: np.random.default_rng(seed).dirichlet(np.ones(3), size=(5, 3)))


@given(matrices, st.permutations(range(3)))
def test_measures_do_not_depend_on_the_order_of_classes(confusion: Floats, order: list[int]) -> None:
    prior = np.array([0.2, 0.3, 0.5])
    turned = confusion[:, order][:, :, order]

    for measure in (mutual_information, informedness, expected_accuracy):
        assert measure(turned, prior[order]) == pytest.approx(measure(confusion, prior))
    assert spam_score(turned) == pytest.approx(spam_score(confusion))


@given(matrices, st.floats(0, 1))
def test_information_falls_when_answers_are_diluted_by_blind_ones(confusion: Floats, share: float) -> None:
    prior = np.array([0.2, 0.3, 0.5])
    diluted = (1 - share) * confusion + share / 3

    assert (mutual_information(diluted, prior) <= mutual_information(confusion, prior) + 1e-12).all()
    assert (mutual_information(confusion, prior) <= -(prior * np.log2(prior)).sum() + 1e-12).all()


def test_confusion_interval_is_that_of_the_beta_distribution() -> None:
    # Seven of eight right and one pseudo-answer on each cell: Beta(8, 2) and Beta(1, 9)… by scipy 1.17.1.
    confusion, counts = np.array([[[0.8, 0.2], [0.1, 0.9]]]), np.array([[8.0, 8.0]])
    found = confusion_interval(confusion, counts)

    assert found.low[0] == pytest.approx(np.array([[0.51750, 0.02815], [0.00281, 0.66373]]), abs=1e-5)
    assert found.high[0] == pytest.approx(np.array([[0.97185, 0.48250], [0.33627, 0.99719]]), abs=1e-5)


def test_interval_narrows_with_answers_and_widens_with_the_level() -> None:
    confusion = np.array([[[0.8, 0.2], [0.1, 0.9]]])
    prior = np.array([0.5, 0.5])

    def width(n: float, level: float) -> float:
        found = accuracy_interval(confusion, np.full((1, 2), n), prior, level=level)
        assert found.low[0] < 0.85 < found.high[0]
        return float(found.high[0] - found.low[0])

    assert width(100, 0.95) < width(10, 0.95) < width(10, 0.99)


def test_accuracy_interval_of_known_workers_covers_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    prior, n = np.array([0.5, 0.5]), 30
    true = generator.beta(8, 2, size=(2000, 2))
    hits = generator.binomial(n, true)
    right = (hits + 1) / (n + 2)
    confusion = np.stack([np.stack([right[:, 0], 1 - right[:, 0]], 1), np.stack([1 - right[:, 1], right[:, 1]], 1)], 1)
    found = accuracy_interval(confusion, np.full((2000, 2), float(n)), prior)
    covered = (found.low <= true @ prior) & (true @ prior <= found.high)

    assert 0.93 < covered.mean() < 0.98


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_interval_refuses_a_level_that_is_none(level: float) -> None:
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        confusion_interval(np.eye(2)[None], np.ones((1, 2)), level=level)


def test_interval_of_one_class_is_certain() -> None:
    found = confusion_interval(np.ones((1, 1, 1)), np.ones((1, 1)))
    assert (found.low.item(), found.high.item()) == (1.0, 1.0)


def test_verdicts_tell_adversaries_from_spammers() -> None:
    crowd = {WorkerKind.HAMMER: 6, WorkerKind.SPAMMER: 2, WorkerKind.CONSTANT: 2, WorkerKind.ADVERSARY: 2}
    world = class_world(seed=4, n_tasks=200, n_classes=3, workers=crowd, answers_per_task=12)
    model = HierarchicalDawidSkene().fit(world.answers)
    seen = verdicts(model.confusion_, support(world.answers, model.posterior_), model.prior_)
    spammers = {WorkerKind.SPAMMER, WorkerKind.CONSTANT}

    for kind, verdict in zip(world.kinds, seen, strict=True):
        wanted = {WorkerKind.HAMMER: Verdict.USEFUL, WorkerKind.ADVERSARY: Verdict.ADVERSARY}
        assert verdict is (Verdict.SPAMMER if kind in spammers else wanted[kind])


def test_verdict_waits_for_answers() -> None:
    adversary = np.roll(np.eye(2), 1, axis=1)[None]
    prior = np.array([0.5, 0.5])

    assert verdicts(adversary, np.full((1, 2), 1.0), prior) == [Verdict.UNKNOWN]
    assert verdicts(adversary, np.full((1, 2), 20.0), prior) == [Verdict.ADVERSARY]
    assert verdicts(np.full((1, 2, 2), 0.5), np.full((1, 2), 4.0), prior) == [Verdict.UNKNOWN]
    assert verdicts(np.ones((1, 1, 1)), np.full((1, 1), 50.0), np.ones(1)) == [Verdict.UNKNOWN]


def rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman's, with mean ranks for ties."""

    def ranks(values: Floats) -> Floats:
        return (values[:, None] > values).sum(axis=1) + ((values[:, None] == values).sum(axis=1) - 1) / 2

    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def test_measures_rank_the_workers_of_bluebirds(real: RealSets) -> None:
    """Spearman's correlation with the true accuracy, as published for plain Dawid-Skene: .97, trace .95, spam .85 to .89,
    agreement with the majority .80.
    """
    answers, truth = real("bluebirds").answers, real("bluebirds").truth
    model = DawidSkene().fit(answers)
    matrices, prior = model.confusion_, model.prior_
    of_worker = answers.answers_per_worker()
    right = np.bincount(answers.worker, weights=answers.label == truth[answers.task]) / of_worker
    majority = np.bincount(answers.worker, weights=answers.label == majority_vote(answers)[answers.task]) / of_worker

    assert rank_correlation(expected_accuracy(matrices, prior), right) == pytest.approx(0.97, abs=0.005)
    assert rank_correlation(np.einsum("wkk->w", matrices), right) == pytest.approx(0.95, abs=0.005)
    assert rank_correlation(spam_score(matrices), right) == pytest.approx(0.85, abs=0.005)
    assert rank_correlation(majority, right) == pytest.approx(0.80, abs=0.005)
    assert rank_correlation(mutual_information(matrices, prior), right) > 0.86
    assert rank_correlation(informedness(matrices, prior), right) > 0.94


def tired_and_steady(seed: int) -> tuple[Answers, Floats, Floats]:
    """Worker 0 drops from .95 to .5 after 60 of 100 answers, the others stay at .8; times in random row order."""
    generator = np.random.default_rng(seed)
    workers, when = np.repeat(np.arange(5), 100), np.tile(np.arange(100.0), 5)
    chance = np.where(workers == 0, np.where(when < 60, 0.95, 0.5), 0.8)
    said = (generator.random(500) > chance).astype(np.int64)  # the truth is 0
    answers = Answers.encode(np.tile(np.arange(100), 5), workers, said, n_classes=2)
    return answers, np.tile([1.0, 0.0], (100, 1)), answers.task.astype(float)


def test_drift_finds_who_changed_and_when() -> None:
    found = drift(*tired_and_steady(2))

    assert found.p_value[0] < 0.001
    assert found.change[0] == pytest.approx(0.6, abs=0.1)
    assert found.before[0] > 0.85
    assert found.after[0] < 0.65
    assert found.p_value[1:].min() > 0.01


def test_drift_cries_wolf_as_seldom_as_it_says() -> None:
    values = np.concatenate([drift(*tired_and_steady(seed)).p_value[1:] for seed in range(60)])
    assert (values < 0.05).mean() < 0.08


def test_drift_of_few_or_equal_answers_is_unknown() -> None:
    rows = [1, 2, 3, 1, 2, 3, 4, 5], [7, 7, 7, 8, 8, 8, 8, 8], [0] * 8
    answers = Answers.encode(*rows, n_classes=2, worker_ids=[7, 8, 9])
    found = drift(answers, np.tile([1.0, 0.0], (5, 1)), np.arange(8))

    assert np.isnan(found.p_value).all()


def test_drift_needs_a_time_for_each_answer() -> None:
    with pytest.raises(ValueError, match=r"time must have the shape \(1,\)"):
        drift(Answers.encode([1], [1], [0], n_classes=2), np.ones((1, 2)), [1, 2])


# Critical values of Kolmogorov's distribution (Smirnov 1948).
@pytest.mark.parametrize(("z", "p"), [(1.2239, 0.1), (1.3581, 0.05), (1.6276, 0.01), (0.1, 1.0)])
def test_kolmogorov_of_the_tables(z: float, p: float) -> None:
    assert kolmogorov(z) == pytest.approx(p, abs=1e-4)
