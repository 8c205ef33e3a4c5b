import dataclasses

import numpy as np
import pytest

from aggregation.arrays import Floats, Ints
from aggregation.shapes import ShapeAnswers, ShapeCrowd, ShapeFusion, fuse, match_boxes
from aggregation.shapes.clusters import cluster
from aggregation.simulate import BoxWorld, WorkerKind, box_world

CAR, BUS = [100.0, 100.0, 200.0, 160.0], [400.0, 300.0, 600.0, 420.0]
CROWD = {WorkerKind.HAMMER: 5, WorkerKind.SLOPPY: 5, WorkerKind.SPAMMER: 2}


def answers_of(boxes: list[list[list[float]]], *, n_classes: int = 1, label: int = 0) -> ShapeAnswers:
    """One image; worker i drew boxes[i]."""
    labels = [[label] * len(drawn) for drawn in boxes]
    return ShapeAnswers.encode([1] * len(boxes), range(len(boxes)), boxes, labels, n_classes=n_classes)


def f1(world: BoxWorld, fusion: ShapeFusion) -> float:
    matched = 0
    for t in range(world.answers.n_tasks):
        rows = np.flatnonzero((fusion.task == t) & fusion.kept)
        real = np.flatnonzero(world.truth_task == t)
        a, b = match_boxes(fusion.shape[rows], world.truth_box[real])
        matched += int((fusion.label[rows[a]] == world.truth_label[real[b]]).sum())
    return 2 * matched / (np.count_nonzero(fusion.kept) + world.truth_task.size)


def shifted(box: list[float], by: float) -> list[float]:
    return [edge + by for edge in box]


def test_boxes_of_agreeing_workers_become_one_in_the_middle() -> None:
    fusion = fuse(answers_of([[CAR, BUS], [shifted(CAR, 2), BUS], [shifted(CAR, 4), BUS]]))

    assert fusion.kept.tolist() == [True, True]
    assert fusion.votes.tolist() == [3, 3]
    assert sorted(fusion.shape.tolist()) == [shifted(CAR, 2), BUS]
    assert fusion.task_confidence[0] > 0.9


def test_a_box_that_two_of_three_did_not_draw_is_a_candidate_only() -> None:
    fusion = fuse(answers_of([[CAR, BUS], [CAR], [CAR]]))

    assert fusion.votes.tolist() == [3, 1]
    assert fusion.kept.tolist() == [True, False]
    assert fusion.existence[0] > 0.9
    assert fusion.existence[1] < 0.4


def test_one_worker_never_has_two_boxes_in_a_cluster() -> None:
    twins = [CAR, shifted(CAR, 10)]
    fusion = fuse(answers_of([twins, twins]))

    assert fusion.votes.tolist() == [2, 2]
    assert sorted(fusion.shape.tolist()) == twins


def test_boxes_on_different_images_never_meet() -> None:
    answers = ShapeAnswers.encode([1, 2], [1, 2], [[CAR], [CAR]], [[0], [0]], n_classes=1)
    assert cluster(answers, similarity=0.3).tolist() == [0, 1]


def test_clusters_join_by_mean_overlap_and_do_not_chain() -> None:
    steps = [[[0.0 + s, 0.0, 100.0 + s, 100.0]] for s in (0.0, 45.0, 90.0)]
    member = cluster(answers_of(steps), similarity=0.3)

    assert np.bincount(member).tolist() in ([2, 1], [1, 2])


def test_clusters_of_scribblers_pair_nearly_all_though_each_box_keeps_few_neighbours() -> None:
    generator = np.random.default_rng(0)
    scribble = [[[0.0, 0.0, 100.0 + e, 100.0 + e] for e in generator.random(150)] for _ in range(2)]
    size = np.bincount(cluster(answers_of(scribble), similarity=0.3))

    assert size.max() == 2
    assert np.count_nonzero(size == 2) > 140


@pytest.mark.parametrize(("workers", "low", "high"), [(1, 0.6, 0.95), (2, 0.9, 0.99), (3, 0.95, 1.0)])
def test_images_where_all_see_nothing_are_believed_from_two_workers_on(workers: int, low: float, high: float) -> None:
    fusion = fuse(answers_of([[]] * workers))

    assert fusion.task.size == 0
    assert low < fusion.task_confidence[0] < high
    assert fusion.task_entropy.tolist() == [0.0]


def test_confidence_of_a_dense_image_is_a_share_and_does_not_sink_with_its_boxes() -> None:
    grid = [[x * 50.0, y * 50.0, x * 50.0 + 30, y * 50.0 + 30] for x in range(6) for y in range(5)]
    dense = fuse(answers_of([grid] * 4)).task_confidence[0]
    one_missed = fuse(answers_of([grid, grid, grid, grid[:-3]])).task_confidence[0]

    assert dense > 0.95
    assert 0.9 < one_missed < dense


def test_confidence_of_an_image_falls_where_workers_disagree() -> None:
    split = fuse(answers_of([[CAR], [BUS], []])).task_confidence[0]
    agreed = fuse(answers_of([[CAR], [CAR], [CAR]])).task_confidence[0]

    assert split < 0.7 < agreed


def test_classes_are_decided_among_those_who_drew_the_box() -> None:
    boxes, labels = [[CAR, BUS]] * 4, [[0, 2], [0, 2], [0, 2], [1, 2]]
    fusion = fuse(ShapeAnswers.encode([1] * 4, range(4), boxes, labels, n_classes=3))
    car = fusion.shape[:, 0].argmin()

    assert sorted(fusion.label.tolist()) == [0, 2]
    assert fusion.label[car] == 0
    assert fusion.class_posterior.sum(axis=1) == pytest.approx(np.ones(2))
    assert fusion.confidence[car] < fusion.confidence[1 - car]
    assert fusion.confidence == pytest.approx(fusion.existence * fusion.class_posterior.max(axis=1))


def test_fusion_of_any_row_order_is_the_same_bits() -> None:
    world = box_world(seed=2, n_tasks=12, n_classes=3, workers=CROWD, answers_per_task=4)
    a = world.answers
    per = [a.answer == row for row in range(a.task.size)]
    order = np.random.default_rng(1).permutation(a.task.size)
    boxes, labels = [a.shape[per[i]][::-1] for i in order], [a.label[per[i]][::-1] for i in order]
    again = ShapeAnswers.encode(a.task_ids[a.task[order]], a.worker_ids[a.worker[order]], boxes, labels, n_classes=3)
    one, two = fuse(a), fuse(again)

    for field in dataclasses.fields(ShapeFusion):
        if field.name != "crowd":
            assert getattr(one, field.name).tobytes() == getattr(two, field.name).tobytes(), field.name
    assert one.crowd.to_bytes() == two.crowd.to_bytes()


def test_fusion_finds_what_a_simulated_crowd_was_shown() -> None:
    world = box_world(seed=4, n_tasks=60, n_classes=3, workers=CROWD, answers_per_task=6)
    fusion = fuse(world.answers)

    assert f1(world, fusion) > 0.93
    assert fusion.task_confidence.mean() == pytest.approx(f1(world, fusion), abs=0.08)


def test_workers_are_told_apart_by_recall_and_precision() -> None:
    world = box_world(seed=4, n_tasks=60, n_classes=1, workers=CROWD, answers_per_task=6)
    fusion = fuse(world.answers)
    crowd = fusion.crowd

    assert crowd.recall[:5].min() > 0.88
    assert crowd.recall[5:10] == pytest.approx(np.full(5, 0.7), abs=0.12)
    assert crowd.precision[:5].min() > 0.95
    assert crowd.precision[10:].max() < 0.2
    assert crowd.junk[10:].min() > 1.0
    assert crowd.blur[:5].max() < crowd.blur[5:10].min()
    assert fusion.shapes_drawn.sum() == world.answers.answer.size
    seen = np.bincount(world.truth_task, minlength=60)[world.answers.task]
    truly = np.bincount(world.answers.worker, weights=seen, minlength=12)
    assert fusion.shapes_expected == pytest.approx(truly, rel=0.1)


def test_a_spammers_box_is_believed_less_than_a_hammers() -> None:
    world = box_world(seed=4, n_tasks=60, n_classes=1, workers=CROWD, answers_per_task=6)
    crowd = fuse(world.answers).crowd
    alone = [
        fuse(ShapeAnswers.encode([99], [w], [[CAR]], [[0]], n_classes=1), fixed=crowd).existence[0] for w in (0, 11)
    ]

    assert alone[0] > 0.8
    assert alone[1] < 0.3


def test_fixed_models_give_the_images_what_the_whole_fit_gave_them() -> None:
    world = box_world(seed=5, n_tasks=20, n_classes=3, workers=CROWD, answers_per_task=4)
    whole = fuse(world.answers)
    part = fuse(_images(world.answers, [3, 7]), fixed=ShapeCrowd.from_bytes(whole.crowd.to_bytes()))

    assert part.task_confidence == pytest.approx(whole.task_confidence[[3, 7]], abs=1e-9)
    assert part.shape == pytest.approx(whole.shape[np.isin(whole.task, [3, 7])], abs=1e-9)
    assert part.crowd.to_bytes() == whole.crowd.to_bytes()


def test_start_from_the_fitted_models_ends_where_the_cold_fit_ends() -> None:
    world = box_world(seed=5, n_tasks=40, n_classes=1, workers=CROWD, answers_per_task=4)
    start = fuse(_images(world.answers, list(range(30)))).crowd
    cold, warm = fuse(world.answers), fuse(world.answers, start=start)

    assert warm.existence == pytest.approx(cold.existence, abs=1e-3)


def test_kept_follows_the_threshold() -> None:
    answers = answers_of([[CAR, BUS], [CAR], [CAR]])
    assert fuse(answers, threshold=0.0).kept.all()
    assert not fuse(answers, threshold=1.0).kept.any()


def test_member_leads_from_each_box_to_its_cluster() -> None:
    world = box_world(seed=6, n_tasks=10, n_classes=2, workers=CROWD, answers_per_task=5)
    fusion = fuse(world.answers)

    assert np.bincount(fusion.member, minlength=fusion.task.size).tolist() == fusion.votes.tolist()
    assert fusion.task[fusion.member].tolist() == world.answers.task[world.answers.answer].tolist()


def test_fusion_of_nothing_is_empty() -> None:
    fusion = fuse(ShapeAnswers.encode([], [], [], [], n_classes=2))

    assert fusion.task.size == fusion.task_confidence.size == 0
    assert ShapeCrowd.from_bytes(fusion.crowd.to_bytes()).worker_ids.size == 0


def test_bytes_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="not an archive of a fitted model"):
        ShapeCrowd.from_bytes(b"nonsense")


def _images(answers: ShapeAnswers, tasks: list[int]) -> ShapeAnswers:
    rows = np.flatnonzero(np.isin(answers.task, tasks))
    boxes: list[Floats] = [answers.shape[answers.answer == row] for row in rows]
    labels: list[Ints] = [answers.label[answers.answer == row] for row in rows]
    task, worker = answers.task_ids[answers.task[rows]], answers.worker_ids[answers.worker[rows]]
    return ShapeAnswers.encode(task, worker, boxes, labels, n_classes=answers.n_classes)
