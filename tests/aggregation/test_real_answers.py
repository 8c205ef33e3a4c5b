"""The promises of docs/aggregation.md on real crowds (skipped where the data are not at hand)."""

import numpy as np
import pytest

from aggregation.classes import Auto, HierarchicalDawidSkene, majority_vote, vote_shares
from aggregation.scores import score_classes
from aggregation.shapes import fuse, score_shapes
from tests.aggregation.real_answers import RealBoxes, RealSets

# Floors of `auto`: what was measured, less what another build of NumPy may round away.
ACCURACY = {
    "bluebirds": 0.879,
    "cf": 0.886,
    "cifar10h_500": 0.988,
    "dog": 0.838,
    "face": 0.643,
    "fact_eval": 0.876,
    "labelme": 0.797,
    "product": 0.934,
    "rte": 0.926,
    "sp": 0.914,
    "temp": 0.939,
    "wsd": 0.994,
    "zc_in": 0.777,
}


@pytest.mark.parametrize(("name", "floor"), ACCURACY.items())
def test_accuracy_on_all_answers(real: RealSets, name: str, floor: float) -> None:
    found = real(name)
    model = Auto().fit(found.answers)
    known = found.truth >= 0

    assert (model.labels() == found.truth)[known].mean() >= floor


@pytest.mark.parametrize("overlap", [0.0, 0.2])
@pytest.mark.parametrize("name", ["bluebirds", "face", "labelme"])
def test_objective_never_falls_on_real_answers(real: RealSets, name: str, overlap: float) -> None:
    model = HierarchicalDawidSkene(overlap=overlap, tol=1e-9, max_iter=500).fit(real(name).answers)
    assert np.diff(model.objective_).min(initial=0.0) >= -1e-9 * abs(model.objective_[-1])


@pytest.mark.parametrize("name", ACCURACY)
def test_a_tenth_of_the_answers_never_makes_it_worse_than_the_majority(real: RealSets, name: str) -> None:
    gain = []
    found = real(name)
    for seed in range(1 if len(found.answers) > 15_000 else 6):
        part = found.share(0.1, seed)
        known = part.truth >= 0
        ours = (Auto().fit(part.answers).labels() == part.truth)[known].mean()
        gain.append(ours - (majority_vote(part.answers) == part.truth)[known].mean())
    assert np.mean(gain) >= -0.01


@pytest.mark.parametrize(("share", "floor"), [(1.0, 0.94), (0.25, 0.9), (0.1, 0.89)])
def test_who_claims_95_is_right_nine_times_of_ten(real: RealSets, share: float, floor: float) -> None:
    kept, gained, nearer = [], [], []
    for name in ACCURACY:
        part = real(name).share(share, 0)
        model = Auto().fit(part.answers)
        score = score_classes(model.posterior_, model.labels(), part.truth)
        vote = score_classes(vote_shares(part.answers), majority_vote(part.answers), part.truth)
        kept.append(score.kept_promise)
        gained.append(vote.brier - score.brier)
        nearer.append(vote.ece - score.ece)
    assert np.nanmean(kept) >= floor
    assert np.mean(gained) > 0.03
    assert np.mean(nearer) > 0.03


# Means over draws of the workers are higher by up to .003: one draw is what a test has time for.
@pytest.mark.parametrize(
    ("per_task", "f1_floor", "iou_floor", "ap_floor"), [(3, 0.92, 0.835, 0.89), (7, 0.938, 0.855, 0.925)]
)
def test_pedestrians_are_found(
    pedestrians: RealBoxes, per_task: int, f1_floor: float, iou_floor: float, ap_floor: float
) -> None:
    answers = pedestrians.of(per_task, seed=0)
    score = score_shapes(answers, fuse(answers), pedestrians.truth)

    assert score.f1 >= f1_floor
    assert score.likeness >= iou_floor
    assert score.average_precision >= ap_floor
    assert score.kept_promise >= 0.93


def test_pedestrians_are_found_on_either_half_of_the_frames(pedestrians: RealBoxes) -> None:
    answers = pedestrians.of(7, seed=0)
    fusion = fuse(answers)
    for half in (0, 1):
        truth = {task: boxes for task, boxes in pedestrians.truth.items() if task % 2 == half}
        score = score_shapes(answers, fusion, truth)
        assert score.f1 >= 0.925
        assert score.likeness >= 0.845
