"""Polygons: exact overlap against boxes and a fine raster, fused outlines, the whole fusion."""

import numpy as np
import pytest

from aggregation.arrays import Floats
from aggregation.shapes import BOXES, POLYGONS, ShapeAnswers, fuse
from aggregation.shapes.outlines import middle_outline, signed_distance
from aggregation.shapes.polygons import signed_area


def star(generator: np.random.Generator, corners: int, centre: tuple[float, float] = (0.0, 0.0)) -> Floats:
    """An outline around a centre, not convex, without crossings."""
    angle = np.sort(generator.uniform(0, 2 * np.pi, corners))
    angle += np.arange(corners) * 1e-6
    radius = generator.uniform(3, 10, corners)
    return np.stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1)


def box_outline(box: list[float]) -> Floats:
    return np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])


def overlap_by_raster(first: Floats, second: Floats) -> float:
    axis = np.linspace(-16, 16, 801)
    point = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    one, two = (signed_distance(outline, point) > 0 for outline in (first, second))
    return float((one & two).sum() / (one | two).sum())


def test_overlap_of_rectangles_is_that_of_boxes() -> None:
    generator = np.random.default_rng(0)
    corner = generator.uniform(0, 100, (2, 200, 2))
    first, second = np.concatenate([corner, corner + generator.uniform(5, 60, corner.shape)], axis=2)
    outlines = [POLYGONS.checked([box_outline(box) for box in boxes.tolist()], "boxes") for boxes in (first, second)]
    assert POLYGONS.similarity(*outlines) == pytest.approx(BOXES.similarity(first, second), abs=1e-12)
    assert POLYGONS.similarity(outlines[0], outlines[0]) == pytest.approx(np.ones(200))


@pytest.mark.parametrize("seed", range(3))
def test_overlap_of_outlines_is_that_of_a_fine_raster(seed: int) -> None:
    generator = np.random.default_rng(seed)
    first, second = star(generator, 7), star(generator, 11, (2.0, -1.0))
    one, two = POLYGONS.checked([first], "first"), POLYGONS.checked([second[::-1]], "second")
    found = POLYGONS.similarity(one, two)
    assert found[0] == pytest.approx(overlap_by_raster(first, second), abs=0.01)
    assert POLYGONS.similarity(two, one) == pytest.approx(found)


def test_the_middle_of_three_shifted_outlines_is_the_middle_one() -> None:
    square = box_outline([0.0, 0.0, 100.0, 60.0])
    middle = middle_outline([square - 6, square, square + 6], np.ones(3))
    found, wanted = (POLYGONS.checked([outline], "outline") for outline in (middle, square))
    assert POLYGONS.similarity(found, wanted)[0] > 0.95
    assert len(middle) < 30


def test_the_middle_follows_the_weight_and_keeps_a_notch() -> None:
    notched = np.array([[0.0, 0.0], [90.0, 0.0], [90.0, 90.0], [45.0, 30.0], [0.0, 90.0]])
    whole = box_outline([0.0, 0.0, 90.0, 90.0])
    middle = middle_outline([notched, notched + 1.0, whole], np.array([5.0, 5.0, 1.0]))
    found, wanted = (POLYGONS.checked([outline], "outline") for outline in (middle, notched + 0.5))
    assert POLYGONS.similarity(found, wanted)[0] > 0.93


def test_outlines_in_opposite_corners_leave_the_heaviest() -> None:
    one, two = box_outline([0.0, 0.0, 10.0, 10.0]), box_outline([90.0, 90.0, 100.0, 100.0])
    assert middle_outline([one, two], np.array([1.0, 3.0])).tolist() == two.tolist()


def test_polygons_are_fused_as_boxes_are() -> None:
    generator = np.random.default_rng(5)
    things = [star(generator, 8, (20.0, 20.0)), star(generator, 8, (80.0, 30.0))]
    drawn = [[thing + generator.normal(0, 0.3, thing.shape) for thing in things] for _ in range(4)]
    drawn[3] = [drawn[3][0], star(generator, 6, (50.0, 90.0))]
    answers = ShapeAnswers.encode([1] * 4, range(4), drawn, [[0, 1]] * 3 + [[0, 0]], n_classes=2, geometry=POLYGONS)
    fusion = fuse(answers)
    truth = POLYGONS.checked(things, "things")

    assert fusion.votes.tolist() == [4, 3, 1]
    assert fusion.kept.tolist() == [True, True, False]
    assert fusion.label[:2].tolist() == [0, 1]
    assert POLYGONS.similarity(fusion.shape[:2], truth).min() > 0.85
    again = fuse(answers, fixed=fusion.crowd)
    assert all(np.array_equal(a, b) for a, b in zip(again.shape, fusion.shape, strict=True))


def test_outlines_run_the_same_way_round() -> None:
    square = box_outline([0.0, 0.0, 2.0, 2.0])
    for outline in POLYGONS.checked([square, square[::-1]], "squares"):
        assert signed_area(outline) == 4.0


@pytest.mark.parametrize(
    ("outline", "message"),
    [
        ([[0, 0], [1, 1]], r"shapes\[0\]\[0\] must hold three or more corners x, y"),
        ([[0, 0], [1, 1], [2, 2]], r"shapes\[0\]\[0\] = .* has no area"),
        ([[0, 0], [1, np.nan], [2, 0]], r"shapes\[0\]\[0\] holds a number that is not finite"),
    ],
)
def test_polygons_name_what_is_wrong(outline: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ShapeAnswers.encode([1], [1], [[outline]], [[0]], n_classes=1, geometry=POLYGONS)


def test_polygons_that_nobody_drew_are_none() -> None:
    answers = ShapeAnswers.encode([1, 1], [1, 2], [[], []], [[], []], n_classes=1, geometry=POLYGONS)
    assert fuse(answers).shape.size == 0
