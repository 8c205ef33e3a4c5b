"""Lines, skeletons and masks: likeness by hand, what is refused, the middle of several, the whole fusion."""

from typing import Any

import numpy as np
import pytest

from aggregation.shapes import MASKS, TRACKS, Geometry, KeypointGeometry, LineGeometry, ShapeAnswers, fuse
from aggregation.shapes.geometry import Hands
from aggregation.shapes.masks import bounds

LINES = LineGeometry(10.0)
PAIRS = KeypointGeometry(2)


def alike(geometry: Geometry, first: Any, second: Any) -> float:
    one, two = geometry.checked([first], "first"), geometry.checked([second], "second")
    there, back = geometry.similarity(one, two)[0], geometry.similarity(two, one)[0]
    assert there == pytest.approx(back)
    assert geometry.similarity(one, one)[0] == pytest.approx(1.0)
    return float(there)


def middle(geometry: Geometry, shapes: list[Any]) -> Any:
    rows = geometry.checked(shapes, "shapes")
    hands = Hands(np.full(len(shapes), 0.1), np.zeros((len(shapes), 0)), np.zeros(0))
    return geometry.place(rows, np.arange(len(shapes)), np.zeros(len(shapes), dtype=np.int64), 1, hands)[0]


# Lines


def test_lines_are_alike_by_their_distance_from_whichever_end() -> None:
    line = [[0, 0], [100, 0]]
    assert alike(LINES, line, [[100, 10], [50, 10], [0, 10]]) == pytest.approx(np.exp(-0.5))
    assert alike(LINES, line, [[0, 200], [100, 200]]) < 1e-6


def test_the_middle_line_is_the_median_and_one_alone_stays() -> None:
    found = middle(LINES, [[[0, 0], [100, 0]], [[100, 4], [0, 4]], [[0, 6], [60, 6], [100, 6]]])
    assert found[:, 1] == pytest.approx(np.full(len(found), 4.0), abs=1e-9)
    assert middle(LINES, [[[0, 0], [3, 4]]]).tolist() == [[0, 0], [3, 4]]


# Skeletons


def test_skeletons_are_alike_by_the_points_that_either_has() -> None:
    whole, half = [0, 0, 2, 100, 100, 2], [0, 0, 2, 0, 0, 0]
    assert alike(PAIRS, whole, half) == pytest.approx(0.5)
    assert alike(PAIRS, whole, [15, 0, 1, 100, 100, 2]) == pytest.approx((1 + np.exp(-0.5)) / 2)


def test_a_point_is_there_if_most_say_so_and_hidden_as_most_say() -> None:
    found = middle(PAIRS, [[0, 0, 2, 10, 10, 1], [2, 2, 2, 12, 12, 1], [4, 4, 1, 0, 0, 0]])
    assert found.tolist() == pytest.approx([2, 2, 2, 11, 11, 1])
    # Two who each saw another point: one of them is taken as they are.
    assert middle(KeypointGeometry(3), [[1, 1, 2] + [0] * 6, [0] * 3 + [5, 5, 2] + [0] * 3, [0] * 6 + [9, 9, 2]]).tolist() == [
        1, 1, 2, 0, 0, 0, 0, 0, 0,
    ]  # fmt: skip


# Masks: pictures of height 10


def test_masks_are_alike_by_the_pixels_they_share() -> None:
    assert alike(MASKS, [10, 0, 4], [10, 2, 6]) == pytest.approx(2 / 6)
    assert alike(MASKS, [10, 0, 4, 8, 9], [10, 20, 30]) == 0.0
    assert alike(MASKS, [10, 0, 4, 10, 14], [10, 0, 4, 12, 14, 30, 32]) == pytest.approx(6 / 10)


@pytest.mark.parametrize("seed", range(3))
def test_overlap_of_masks_is_that_of_their_pixels(seed: int) -> None:
    generator = np.random.default_rng(seed)
    pixels = generator.random((2, 400)) < 0.3
    one, two = (runs_of(row, 20) for row in pixels)
    assert alike(MASKS, one, two) == pytest.approx((pixels[0] & pixels[1]).sum() / (pixels[0] | pixels[1]).sum())


def runs_of(pixels: Any, height: int) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], pixels.astype(int), [0]])))
    return [height, *edges.tolist()]


def test_the_majoritys_mask_has_what_two_of_three_have() -> None:
    assert middle(MASKS, [[10, 0, 4], [10, 2, 6], [10, 3, 9]]).tolist() == [10, 2, 6]
    assert middle(MASKS, [[10, 0, 2], [10, 4, 6], [10, 8, 9]]).tolist() == [10, 0, 2]


def test_bounds_of_a_mask() -> None:
    assert bounds(np.array([10, 3, 5, 12, 16])) == (0.0, 2.0, 2.0, 6.0)
    assert bounds(np.array([10, 8, 12])) == (0.0, 0.0, 2.0, 10.0)


# All of them


@pytest.mark.parametrize(
    ("geometry", "bad"),
    [
        (LINES, [[[0, 0]]]), (LINES, [[[1, 1], [1, 1]]]), (LINES, [[[0, 0], [np.nan, 1]]]), (LINES, [[[0, 0, 0]] * 2]),
        (PAIRS, [[0, 0, 0, 0, 0, 0]]), (PAIRS, [[1, 2, 2]]),
        (MASKS, [[10]]), (MASKS, [[10, 5, 2]]), (MASKS, [[0, 1, 2]]), (MASKS, [[10, 1, 2, 3]]), (MASKS, [[10, -1, 2]]),
    ],
)  # fmt: skip
def test_what_is_no_shape_is_refused_by_row(geometry: Geometry, bad: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"shapes|columns|numbers"):
        geometry.checked(bad, "shapes")


@pytest.mark.parametrize("make", [LineGeometry, KeypointGeometry])
def test_a_geometry_without_a_scale_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        make(0)


@pytest.mark.parametrize(
    ("geometry", "truth", "move"),
    [
        (LINES, [[0.0, 0.0], [50.0, 20.0], [100.0, 0.0]], lambda shape, by: (np.array(shape) + by).tolist()),
        (PAIRS, [0.0, 0.0, 2.0, 100.0, 80.0, 2.0], lambda shape, by: [shape[0] + by, *shape[1:3], shape[3] + by, *shape[4:]]),
        (MASKS, [100, 510, 560, 610, 660, 710, 760], lambda shape, by: [shape[0], *(edge + round(by) for edge in shape[1:])]),
    ],
    ids=["lines", "skeletons", "masks"],
)  # fmt: skip
def test_many_who_draw_one_thing_are_fused_and_one_who_scribbles_is_not_believed(
    geometry: Geometry, truth: Any, move: Any
) -> None:
    generator = np.random.default_rng(1)
    tasks, workers, shapes = [], [], []
    for task in range(30):
        for worker in range(5):
            far = 300.0 if worker == 4 else float(generator.normal(0, 1.5))
            tasks.append(task)
            workers.append(worker)
            shapes.append(geometry.checked([move(truth, far)], "shape"))
    answers = ShapeAnswers.encode(tasks, workers, shapes, [[0]] * len(tasks), n_classes=1, geometry=geometry)
    fusion = fuse(answers)
    kept = fusion.shape[fusion.kept]
    assert len(kept) == 30
    wanted = geometry.checked([truth] * 30, "truth")
    assert geometry.similarity(kept, wanted).min() > 0.85
    assert fusion.crowd.precision[4] < 0.5 < fusion.crowd.precision[:4].min()
    again = fuse(answers, fixed=type(fusion.crowd).from_bytes(fusion.crowd.to_bytes()))
    assert geometry.similarity(again.shape[again.kept], wanted).min() > 0.85
    # The place of each shape among those given: here one an answer.
    assert [workers[row] for row in answers.source] == answers.worker[answers.answer].tolist()


# Tracks


def track(*keys: tuple[float, float]) -> list[list[float]]:
    """A box of 10 by 10 whose left edge is at x at each moment: (moment, x)."""
    return [[at, x, 0, x + 10, 10] for at, x in keys]


def test_tracks_are_alike_by_their_overlap_while_either_is_there() -> None:
    whole = track((0, 0), (1000, 100))
    assert alike(TRACKS, whole, track((0, 0), (500, 50), (1000, 100))) == pytest.approx(1.0)
    # Five pixels aside all the time: 5 × 10 in common of 15 × 10.
    assert alike(TRACKS, whole, track((0, 5), (1000, 105))) == pytest.approx(1 / 3)
    # There for the first half alone.
    assert alike(TRACKS, whole, track((0, 0), (500, 50))) == pytest.approx(0.5, abs=0.03)
    assert alike(TRACKS, whole, track((2000, 0), (3000, 100))) == 0.0
    assert alike(TRACKS, track((40, 0)), track((40, 0))) == pytest.approx(1.0)


def test_the_middle_track_begins_ends_and_moves_at_the_median() -> None:
    found = middle(
        TRACKS, [track((0, 0), (1000, 100)), track((0, 2), (1000, 102)), track((100, 14), (500, 90), (1200, 124))]
    )
    assert found[[0, -1], 0].tolist() == [0, 1000]
    assert found[0, 1:].tolist() == pytest.approx([1, 0, 11, 10])  # the third is not there yet
    assert found[-1, 1] == pytest.approx(102)
    assert middle(TRACKS, [track((40, 7))]).tolist() == track((40, 7))
    # On the line between its neighbours no key frame is kept.
    assert len(middle(TRACKS, [track((0, 0), (500, 50), (1000, 100)), track((0, 0), (250, 25), (1000, 100))])) == 2


def test_tracks_that_cannot_be_are_refused_by_row() -> None:
    for wrong, words in (
        ([], "one or more finite rows"),
        ([[0, 0, 0, 1]], "one or more finite rows"),
        (track((5, 0), (5, 1)), "times that rise"),
        ([[0, 5, 0, 5, 9]], "x1 < x2"),
    ):
        with pytest.raises(ValueError, match=words):
            TRACKS.checked([track((0, 0)), wrong], "tracks")


def test_tracks_of_several_people_are_fused_into_one_a_thing() -> None:
    people = [
        [track((0, 0), (1000, 100)), track((0, 300), (1000, 200))],
        [track((0, 1), (1000, 101)), track((20, 301), (980, 201))],
        [track((0, -1), (1000, 99))],
    ]
    answers = ShapeAnswers.encode(
        np.zeros(3, np.int64),
        np.arange(3),
        people,
        [np.zeros(len(one), np.int64) for one in people],
        n_classes=1,
        geometry=TRACKS,
    )
    fusion = fuse(answers)
    assert sorted(fusion.votes.tolist()) == [2, 3]
    first = fusion.shape[int(np.argmax(fusion.votes))]
    assert first[:, 1].tolist() == pytest.approx([0, 100], abs=0.51)
