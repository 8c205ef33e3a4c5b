import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.shapes import SPANS, Geometry, PointGeometry, Shapes, iou_matrix, match_boxes, match_shapes
from aggregation.shapes.boxes import BOXES
from aggregation.shapes.edges import weighted_quantile


def test_iou_of_halves_disjoint_and_touching_boxes() -> None:
    whole = np.array([[0.0, 0.0, 10.0, 10.0]])
    others = np.array([[0.0, 0.0, 10.0, 5.0], [20.0, 0.0, 30.0, 10.0], [10.0, 0.0, 20.0, 10.0], [0.0, 0.0, 10.0, 10.0]])

    assert iou_matrix(whole, others).tolist() == [[0.5, 0.0, 0.0, 1.0]]


def test_iou_of_no_boxes_is_an_empty_matrix() -> None:
    assert iou_matrix(np.zeros((0, 4)), np.ones((3, 4))).shape == (0, 3)


def test_match_takes_the_best_overlap_first_and_each_box_once() -> None:
    first = np.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 9.0]])
    second = np.array([[0.0, 0.0, 10.0, 9.0], [50.0, 50.0, 60.0, 60.0]])

    rows, columns = match_boxes(first, second)
    assert rows.tolist() == [1]
    assert columns.tolist() == [0]


def test_match_stops_at_the_overlap_asked_for() -> None:
    first, second = np.array([[0.0, 0.0, 10.0, 10.0]]), np.array([[0.0, 0.0, 10.0, 5.0]])

    assert match_boxes(first, second, iou=0.5)[0].tolist() == [0]
    assert match_boxes(first, second, iou=0.51)[0].tolist() == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_weighted_median_of_equal_weights_is_the_median(values: list[float]) -> None:
    column = np.array(values)[:, None]
    group = np.zeros(len(values), dtype=np.int64)

    found = weighted_quantile(column, np.full(len(values), 3.0), group, 1, np.array([0.5]))
    assert found[0, 0] == pytest.approx(np.median(column), abs=1e-6)


def test_weighted_median_follows_the_weight_and_keeps_groups_apart() -> None:
    values = np.array([[1.0, 10.0], [2.0, 20.0], [9.0, 90.0], [5.0, 50.0]])
    weights = np.array([1.0, 1.0, 8.0, 1.0])
    found = weighted_quantile(values, weights, np.array([0, 0, 0, 1]), 2, np.array([0.5, 0.5]))

    assert found[0, 0] > 5
    assert found[:, 1] == pytest.approx(found[:, 0] * 10)
    assert found[1].tolist() == [5.0, 50.0]


def test_weighted_quantile_of_many_equal_weights_is_the_quantile() -> None:
    values = np.random.default_rng(0).normal(size=(4001, 1))
    found = weighted_quantile(values, np.ones(4001), np.zeros(4001, dtype=np.int64), 1, np.array([0.3]))
    assert found[0, 0] == pytest.approx(np.quantile(values, 0.3), abs=2e-3)


def drawn_with(
    geometry: Geometry, true: Shapes, noise: np.random.Generator, bias: float
) -> tuple[Shapes, np.ndarray, np.ndarray]:
    """Each of seven workers draws each thing; worker 0 always `bias` × yardstick outward."""
    things = true.shape[0]
    yard = geometry.yardstick(true)
    parts = []
    for worker in range(7):
        sign = np.where(geometry.outward == 0, 1.0, geometry.outward)
        away = noise.exponential(0.05, true.shape) - noise.exponential(0.03, true.shape)
        away += bias * (worker == 0)
        parts.append(true + sign * away * yard)
    return np.concatenate(parts), np.repeat(np.arange(7), things), np.tile(np.arange(things), 7)


@pytest.mark.parametrize("geometry", [BOXES, SPANS], ids=["boxes", "spans"])
def test_edges_of_loose_hands_are_placed_inside_the_median(geometry: Geometry) -> None:
    generator = np.random.default_rng(0)
    half = geometry.dimensions // 2
    low = generator.uniform(0, 1000, (300, half))
    true = np.concatenate([low, low + generator.uniform(50, 200, (300, half))], axis=1)
    shapes, worker, thing = drawn_with(geometry, true, generator, 0.2)
    hands = geometry.learn(shapes, worker, thing, 300, 7)
    placed = geometry.place(shapes, worker, thing, 300, hands)
    median = weighted_quantile(shapes, np.ones(thing.size), thing, 300, np.full(geometry.dimensions, 0.5))

    assert (hands.skew < 0.47).all()
    assert hands.bias[0] == pytest.approx(np.full(geometry.dimensions, 0.2), abs=0.05)
    assert np.abs(hands.bias[1:]).max() < 0.05
    assert np.abs(placed - true).mean() < 0.9 * np.abs(median - true).mean()


def test_hands_that_scatter_evenly_are_placed_at_the_median() -> None:
    generator = np.random.default_rng(1)
    low = generator.uniform(0, 1000, (400, 2))
    true = np.concatenate([low, low + 100], axis=1)
    shapes = np.concatenate([true + generator.normal(0, 5, true.shape) for _ in range(7)])
    hands = BOXES.learn(shapes, np.repeat(np.arange(7), 400), np.tile(np.arange(400), 7), 400, 7)

    assert hands.skew == pytest.approx(np.full(4, 0.5), abs=0.02)
    assert np.abs(hands.bias).max() < 0.02


def test_points_know_no_outward_and_each_workers_shift() -> None:
    geometry = PointGeometry(10.0)
    generator = np.random.default_rng(2)
    true = generator.uniform(0, 1000, (200, 2))
    shift = np.array([4.0, -3.0])
    shapes = np.concatenate([true + generator.normal(0, 1, true.shape) + shift * (w == 0) for w in range(5)])
    worker, thing = np.repeat(np.arange(5), 200), np.tile(np.arange(200), 5)
    hands = geometry.learn(shapes, worker, thing, 200, 5)

    assert hands.skew.tolist() == [0.5, 0.5]
    # A bias far from the others is bounded and shrunk: 15 pseudo-things of none, clipped at .3 scales.
    assert np.sign(hands.bias[0]).tolist() == [1, -1]
    assert np.abs(hands.bias[0]).min() > 0.2
    assert np.abs(hands.bias[1:]).max() < 0.05


@pytest.mark.parametrize(
    ("geometry", "first", "second", "likeness"),
    [
        (SPANS, [0.0, 10.0], [5.0, 15.0], 1 / 3),
        (SPANS, [0.0, 10.0], [10.0, 15.0], 0.0),
        (SPANS, [3.0, 4.0], [3.0, 4.0], 1.0),
        (PointGeometry(5.0), [0.0, 0.0], [3.0, 4.0], np.exp(-0.5)),
        (PointGeometry(5.0), [1.0, 1.0], [1.0, 1.0], 1.0),
    ],
)
def test_likeness_of_spans_and_points(
    geometry: Geometry, first: list[float], second: list[float], likeness: float
) -> None:
    one, two = np.array([first]), np.array([second])
    assert geometry.similarity(one, two) == pytest.approx([likeness])
    assert geometry.similarity(two, one) == pytest.approx([likeness])


def test_extents_of_alike_points_overlap() -> None:
    geometry = PointGeometry(5.0)
    near, far = (
        geometry.extent(np.array([[0.0, 0.0], [13.9, 0.0]])),
        geometry.extent(np.array([[0.0, 0.0], [14.1, 0.0]])),
    )
    assert near[0, 2] > near[1, 0]
    assert far[0, 2] < far[1, 0]


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf])
def test_scale_of_points_is_above_zero(scale: float) -> None:
    with pytest.raises(ValueError, match="scale must be a number above 0"):
        PointGeometry(scale)


def test_spans_need_a_length() -> None:
    with pytest.raises(ValueError, match=r"spans\[1\] = \[5.0, 5.0\] must have start < end"):
        SPANS.checked([[0, 1], [5, 5]], "spans")


def test_match_shapes_agrees_with_match_boxes_and_takes_nothing() -> None:
    generator = np.random.default_rng(3)
    corner = generator.uniform(0, 100, (2, 12, 2))
    first, second = np.concatenate([corner, corner + 40], axis=2)
    for one, two in zip(
        match_boxes(first, second, iou=0.2), match_shapes(BOXES, first, second, similarity=0.2), strict=True
    ):
        assert one.tolist() == two.tolist()
    assert match_shapes(SPANS, np.zeros((0, 2)), np.array([[0.0, 1.0]]))[0].size == 0
