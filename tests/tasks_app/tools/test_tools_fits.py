"""From answers to results and worker reports: the kinds over real aggregation and crowds of known skill."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from aggregation import simulate
from tasks_app import tools
from tasks_app.tools import AnswerBatch, Truth

KEYS = ["a", "b", "c"]
CLASSES = [{"name": key.upper(), "key": key} for key in KEYS]
IMAGE = tools.get("image_classification")
BOXES = tools.get("bounding_box")
QUESTION = IMAGE.clean_question({"prompt": "Which?", "classes": CLASSES})
BOX_QUESTION = BOXES.clean_question({"prompt": "Mark.", "classes": CLASSES})
SHIFT = 1000  # database ids are not codes


def rows(*answers: tuple[int, int, dict[str, Any]]) -> AnswerBatch:
    return AnswerBatch(
        tasks=np.array([task for task, _, _ in answers], dtype=np.int64),
        workers=np.array([worker for _, worker, _ in answers], dtype=np.int64),
        values=[value for _, _, value in answers],
    )


def shuffled(batch: AnswerBatch, seed: int) -> AnswerBatch:
    order = np.random.default_rng(seed).permutation(len(batch.values))
    return AnswerBatch(batch.tasks[order], batch.workers[order], [batch.values[row] for row in order])


def part(batch: AnswerBatch, tasks: list[int]) -> AnswerBatch:
    chosen = np.flatnonzero(np.isin(batch.tasks, tasks))
    return AnswerBatch(batch.tasks[chosen], batch.workers[chosen], [batch.values[row] for row in chosen])


@pytest.fixture(scope="module")
def crowd() -> tuple[AnswerBatch, simulate.ClassWorld]:
    """200 tasks × 5 answers of 4 hammers, 4 sloppy workers and 2 spammers."""
    kinds = simulate.WorkerKind
    world = simulate.class_world(
        seed=3,
        n_tasks=200,
        n_classes=3,
        workers={kinds.HAMMER: 4, kinds.SLOPPY: 4, kinds.SPAMMER: 2},
        answers_per_task=5,
    )
    labels = [{"class": KEYS[label]} for label in world.answers.label]
    return AnswerBatch(world.answers.task + SHIFT, world.answers.worker + SHIFT, labels), world


@pytest.fixture(scope="module")
def drawers() -> tuple[AnswerBatch, simulate.BoxWorld]:
    kinds = simulate.WorkerKind
    world = simulate.box_world(
        seed=5,
        n_tasks=40,
        n_classes=3,
        workers={kinds.HAMMER: 4, kinds.SLOPPY: 2, kinds.SPAMMER: 1},
        answers_per_task=4,
    )
    found = world.answers
    values: list[dict[str, Any]] = [{"boxes": []} for _ in found.task]
    for answer, corners, label in zip(found.answer, found.shape.tolist(), found.label, strict=True):
        values[answer]["boxes"].append(
            {"class": KEYS[label]} | dict(zip(("x1", "y1", "x2", "y2"), corners, strict=True))
        )
    return AnswerBatch(found.task + SHIFT, found.worker + SHIFT, values), world


# Classes


def test_class_fit_of_nothing_is_empty() -> None:
    fit = IMAGE.fit(QUESTION, rows())
    assert (fit.results, fit.workers) == ({}, {})
    assert IMAGE.update(QUESTION, fit.state, rows()).results == {}


def test_class_fit_of_one_answer_gives_that_class_unsurely() -> None:
    fit = IMAGE.fit(QUESTION, rows((7, 8, {"class": "b"})))
    result = fit.results[7]
    assert (result.value, result.votes, result.answers) == ({"class": "b"}, {"b": 1.0}, 1)
    assert 1 / 3 < result.confidence < 0.95
    assert sum(result.posterior.values()) == pytest.approx(1.0)
    assert fit.workers[8].agreement is None


def test_class_fit_finds_the_truth_and_the_spammers(crowd: tuple[AnswerBatch, simulate.ClassWorld]) -> None:
    batch, world = crowd
    fit = IMAGE.fit(QUESTION, batch)
    right = np.mean([fit.results[task + SHIFT].value["class"] == KEYS[t] for task, t in enumerate(world.truth)])
    majority = np.mean(
        [
            max(KEYS, key=lambda k: fit.results[task + SHIFT].votes.get(k, 0)) == KEYS[t]
            for task, t in enumerate(world.truth)
        ]
    )
    assert right > majority
    assert right > 0.9
    scores = {worker: report.spam_score for worker, report in fit.workers.items()}
    spammers = [w + SHIFT for w, kind in enumerate(world.kinds) if kind is simulate.WorkerKind.SPAMMER]
    assert sorted(scores, key=lambda worker: scores[worker] or 0.0)[:2] == sorted(
        spammers, key=lambda worker: scores[worker] or 0.0
    )
    for report in fit.workers.values():
        assert report.confusion is not None
        assert report.support is not None
        np.testing.assert_allclose(np.sum(report.confusion, axis=1), 1.0)
        assert sum(report.support) == pytest.approx(report.answers)
        assert report.answers == int((batch.workers == report.worker).sum())
        assert 0.0 <= (report.accuracy or 0.0) <= 1.0


def test_class_fit_is_the_same_bits_in_any_row_order(crowd: tuple[AnswerBatch, simulate.ClassWorld]) -> None:
    batch, _ = crowd
    first = IMAGE.fit(QUESTION, batch)
    for seed in (1, 2):
        again = IMAGE.fit(QUESTION, shuffled(batch, seed))
        assert again == first


def test_class_update_of_touched_tasks_agrees_with_the_fit(crowd: tuple[AnswerBatch, simulate.ClassWorld]) -> None:
    batch, _ = crowd
    fit = IMAGE.fit(QUESTION, batch)
    touched = [SHIFT, SHIFT + 7, SHIFT + 99]
    update = IMAGE.update(QUESTION, fit.state, shuffled(part(batch, touched), 4))
    assert sorted(update.results) == touched
    assert (update.workers, update.state, update.method) == ({}, fit.state, fit.method)
    for task in touched:
        assert update.results[task].value == fit.results[task].value
        assert update.results[task].confidence == pytest.approx(fit.results[task].confidence)


def test_class_update_judges_workers_that_the_state_does_not_know(
    crowd: tuple[AnswerBatch, simulate.ClassWorld],
) -> None:
    state = IMAGE.fit(QUESTION, crowd[0]).state
    result = IMAGE.update(QUESTION, state, rows((1, 1, {"class": "c"}), (1, 2, {"class": "c"}))).results[1]
    assert result.value == {"class": "c"}
    assert result.confidence > 0.6


@pytest.mark.parametrize("state", [b"", b"[]\n", b'["a","c","b"]\nrubbish', b'["a","b","c"]\nan older version'])
@pytest.mark.parametrize("kind", ["image_classification", "bounding_box"])
def test_update_without_usable_state_fits_the_batch_alone(kind: str, state: bytes) -> None:
    tool = tools.get(kind)
    question = QUESTION if kind == "image_classification" else BOX_QUESTION
    value = {"class": "a"} if kind == "image_classification" else {"boxes": []}
    fit = tool.update(question, state, rows((1, 1, value), (1, 2, value)))
    assert fit.results[1].answers == 2
    assert fit.state == state
    assert fit.workers == {}


def test_fit_leaves_out_answers_of_classes_that_are_gone() -> None:
    fit = IMAGE.fit(QUESTION, rows((1, 1, {"class": "gone"}), (1, 2, {"class": "a"}), (2, 1, {"class": "gone"})))
    assert fit.results[1].votes == {"a": 1.0}
    assert sorted(fit.results) == [1]
    box = {"x1": 0.0, "y1": 0.0, "x2": 9.0, "y2": 9.0}
    boxes = BOXES.fit(BOX_QUESTION, rows((1, 1, {"boxes": [box | {"class": "gone"}]})))
    assert boxes.results[1].value == {"boxes": []}


def test_class_fit_of_a_hundred_classes_reports_no_matrices() -> None:
    question = IMAGE.clean_question({"prompt": "?", "classes": [{"name": str(n), "key": f"k{n}"} for n in range(100)]})
    fit = IMAGE.fit(question, rows((1, 1, {"class": "k7"}), (1, 2, {"class": "k7"}), (2, 1, {"class": "k99"})))
    assert fit.results[1].value == {"class": "k7"}
    assert fit.workers[1].confusion is None


# Boxes


def test_box_fit_of_nothing_is_empty() -> None:
    fit = BOXES.fit(BOX_QUESTION, rows())
    assert (fit.results, fit.workers) == ({}, {})


def test_box_fit_finds_the_things_that_are_there(drawers: tuple[AnswerBatch, simulate.BoxWorld]) -> None:
    batch, world = drawers
    fit = BOXES.fit(BOX_QUESTION, batch)
    scores = []
    for task in sorted(fit.results):
        there = np.flatnonzero(world.truth_task == task - SHIFT)
        truth = [
            {"class": KEYS[world.truth_label[row]]}
            | dict(zip(("x1", "y1", "x2", "y2"), world.truth_box[row].tolist(), strict=True))
            for row in there
        ]
        scores.append(BOXES.agreement(BOX_QUESTION, {"boxes": truth}, fit.results[task].value))
    assert np.mean(scores) > 0.9
    for result in fit.results.values():
        assert 0.0 <= result.confidence <= 1.0
        assert sum(result.votes.values()) == result.answers == 4
        cleaned = BOXES.clean_answer(BOX_QUESTION, {"width": 1000, "height": 1000}, result.value)
        assert len(cleaned["boxes"]) == len(result.value["boxes"])


def test_box_fit_tells_the_spammer_from_the_careful(drawers: tuple[AnswerBatch, simulate.BoxWorld]) -> None:
    batch, world = drawers
    fit = BOXES.fit(BOX_QUESTION, batch)
    spammer = SHIFT + world.kinds.index(simulate.WorkerKind.SPAMMER)
    by_accuracy = sorted(fit.workers.values(), key=lambda report: report.accuracy or 0.0)
    by_agreement = sorted(fit.workers.values(), key=lambda report: report.agreement or 0.0)
    assert by_accuracy[0].worker == by_agreement[0].worker == spammer


def test_box_fit_is_the_same_bits_in_any_row_order(drawers: tuple[AnswerBatch, simulate.BoxWorld]) -> None:
    batch, _ = drawers
    assert BOXES.fit(BOX_QUESTION, shuffled(batch, 1)) == BOXES.fit(BOX_QUESTION, batch)


def test_box_update_of_touched_tasks_agrees_with_the_fit(drawers: tuple[AnswerBatch, simulate.BoxWorld]) -> None:
    batch, _ = drawers
    fit = BOXES.fit(BOX_QUESTION, batch)
    touched = [SHIFT + 1, SHIFT + 5]
    update = BOXES.update(BOX_QUESTION, fit.state, part(batch, touched))
    assert sorted(update.results) == touched
    for task in touched:
        assert BOXES.agreement(BOX_QUESTION, update.results[task].value, fit.results[task].value) > 0.99


def test_box_votes_count_the_answers_by_number_of_boxes() -> None:
    box = {"class": "a", "x1": 0.0, "y1": 0.0, "x2": 90.0, "y2": 90.0}
    fit = BOXES.fit(BOX_QUESTION, rows((1, 1, {"boxes": [box]}), (1, 2, {"boxes": [box]}), (1, 3, {"boxes": []})))
    assert fit.results[1].votes == {"0 boxes": 1.0, "1 box": 2.0}
    assert fit.results[1].value["boxes"][0] | {"confidence": 0} == box | {"confidence": 0, "votes": 2}


def test_box_fit_with_one_class_has_no_matrix_and_its_information_is_its_accuracy() -> None:
    question = BOXES.clean_question({"prompt": "?", "classes": [{"name": "Cell", "key": "cell"}]})
    box = {"class": "cell", "x1": 0.0, "y1": 0.0, "x2": 90.0, "y2": 90.0}
    report = BOXES.fit(question, rows((1, 1, {"boxes": [box]}), (1, 2, {"boxes": [box]}))).workers[1]
    assert (report.confusion, report.spam_score, report.agreement) == (None, report.accuracy, 1.0)


def test_box_agreement_is_the_pooled_f1_with_the_others() -> None:
    box = {"class": "a", "x1": 0.0, "y1": 0.0, "x2": 90.0, "y2": 90.0}
    far = {"class": "a", "x1": 200.0, "y1": 200.0, "x2": 290.0, "y2": 290.0}
    batch = rows(
        (1, 1, {"boxes": [box, far]}),
        (1, 2, {"boxes": [box]}),
        (2, 1, {"boxes": []}),
        (2, 2, {"boxes": []}),
        (3, 3, {"boxes": [box]}),
    )
    workers = BOXES.fit(BOX_QUESTION, batch).workers
    # Task 1: one box in common of (2 + 1) / 2; task 2: both empty, one of one.
    assert workers[1].agreement == workers[2].agreement == pytest.approx(2 / 2.5)
    assert workers[3].agreement is None


# Workers who draw: what the class matrix of matched boxes alone would not show


def drawn(thing: int, label: str, *, off: float = 0.0) -> dict[str, Any]:
    """The box of one of an image's things, or, with `off`, one beside them all."""
    left = 100.0 * thing + off
    return {"class": label, "x1": left, "y1": off, "x2": left + 60, "y2": off + 60}


def kinds_of_drawers(keys: list[str]) -> AnswerBatch:
    """30 images of three things each: workers 0 to 3 see all, 4 adds junk, 5 draws junk alone, 6 misses most, 7 draws nothing."""
    given = []
    for image in range(30):
        right = [drawn(thing, keys[(image + thing) % len(keys)]) for thing in range(3)]
        junk = [drawn(thing, keys[thing % len(keys)], off=500.0 + 200 * image) for thing in range(6)]
        one = [right[image % 3]] if image % 2 else []
        said = [right, right, right, right, right + junk, junk, one, []]
        given += [(image, worker, {"boxes": boxes}) for worker, boxes in enumerate(said)]
    return rows(*given)


@pytest.mark.parametrize("keys", [KEYS, KEYS[:1]])
def test_box_workers_who_draw_junk_or_miss_things_tell_little(keys: list[str]) -> None:
    question = BOXES.clean_question({"prompt": "Mark.", "classes": [{"name": key, "key": key} for key in keys]})
    workers = BOXES.fit(question, kinds_of_drawers(keys)).workers
    told = [workers[number].spam_score for number in range(8)]
    good, adds_junk, junk_alone, misses, nothing = told[0], told[4], told[5], told[6], told[7]
    assert None not in told
    assert good > 0.7  # type: ignore[operator]
    assert max(junk_alone, misses, nothing) < 0.4 < good  # type: ignore[type-var, operator]
    assert adds_junk < 0.75 * good  # type: ignore[operator]
    for number, score in enumerate(told):
        assert score <= workers[number].accuracy  # type: ignore[operator]


def test_known_answers_teach_each_aspect_of_several_classes() -> None:
    """Three who always err outvote one who is right, until known items tell which is which."""
    tool = tools.get("text_labels")
    question = tool.clean_question({"prompt": "Which?", "classes": CLASSES})
    right, wrong = {"classes": ["a"]}, {"classes": ["b"]}
    answers = rows(*((task, worker, right if worker == 4 else wrong) for task in range(24) for worker in range(1, 5)))
    assert tool.fit(question, answers).results[20].value == wrong
    known = dataclasses.replace(answers, truth={task: [Truth(right)] for task in range(12)})
    assert tool.fit(question, known).results[20].value == right
