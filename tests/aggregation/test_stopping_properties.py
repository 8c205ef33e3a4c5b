"""What holds of stopping whatever comes: bounds, more evidence, the order of coming, answers taken back."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.arrays import Floats
from aggregation.classes import Answers, Auto, AutoCrowd, Gold
from aggregation.online import OnlineEngine
from aggregation.replay import ModelRule, Recorded, Stage
from aggregation.replay.model_rule import at_confidence
from aggregation.replay.stage import SESSION
from aggregation.simulate import WorkerKind, class_world
from aggregation.stopping import Calibration, Decision, Evidence, HonestCrowd, Policy, decide

WORKERS, TASKS = 6, 60
NEW = 10_000


@lru_cache(maxsize=1)
def good_crowd() -> AutoCrowd:
    """Six workers with the same good record: each errs on two tasks of sixty, one of each class."""
    truth = np.arange(TASKS) % 2
    label = np.tile(truth, (WORKERS, 1))
    for worker in range(WORKERS):
        label[worker, [2 * worker, 2 * worker + 1]] ^= 1
    task, worker = np.tile(np.arange(TASKS), WORKERS), np.repeat(np.arange(WORKERS), TASKS)
    return Auto().fit(Answers.encode(task, worker, label.ravel(), n_classes=2)).crowd_


def believed(labels: list[int], temperature: float) -> Floats:
    """What is shown of a new task that the first workers gave these labels."""
    crowd = good_crowd()
    answers = Answers.encode([NEW] * len(labels), range(len(labels)), labels, n_classes=2)
    shown: Floats = Calibration(temperature, 9).shares(crowd.posterior(answers))[0]
    return shown


@given(st.lists(st.integers(0, 1), min_size=1, max_size=WORKERS - 1), st.integers(0, 1), st.floats(0.3, 2.0))
def test_another_answer_of_a_good_worker_never_lowers_what_it_says(
    labels: list[int], said: int, temperature: float
) -> None:
    before, after = believed(labels, temperature), believed([*labels, said], temperature)
    assert after[said] >= before[said] - 1e-12


@settings(max_examples=10, deadline=None)
@given(
    st.integers(0, 99), st.integers(1, 4), st.integers(0, 4), st.sampled_from([0.6, 0.8, 0.95, 0.99]), st.integers(0, 5)
)
def test_a_replay_keeps_every_task_within_its_bounds(
    seed: int, minimum: int, more: int, confidence: float, exam: int
) -> None:
    kinds = {WorkerKind.HAMMER: 4, WorkerKind.SLOPPY: 4, WorkerKind.SPAMMER: 4}
    world = class_world(seed=seed, n_tasks=20, n_classes=2, workers=kinds, answers_per_task=12)
    policy = Policy(minimum=minimum, maximum=minimum + more, confidence=confidence)
    stage, rule = Stage(Recorded(world.answers, world.truth), seed=seed, exam=exam), ModelRule(policy, refuses=True)
    rule.start(stage)
    for _ in range(40):
        worker = int(stage.generator.integers(stage.n_workers))
        rows = stage.rows_of_worker[worker]
        able = rows[stage.waiting[rows] & rule.asks[stage.source.task[rows]]][:SESSION]
        if able.size and not stage.refused[worker]:
            rule.hear(stage, stage.ask(worker, able), worker)
        assert (stage.given <= policy.maximum).all()
        assert (stage.given[rule.settled] >= policy.minimum).all()
        assert not (rule.settled & rule.asks).any()
    rule.finish(stage)
    assert (stage.given[rule.settled] >= policy.minimum).all()


def decided(answers: Answers, gold: np.ndarray) -> dict[int, tuple[Decision, float]]:
    """Each task's decision and shown confidence after a fit of everything."""
    model = Auto().fit(answers, gold=gold)
    known = Gold.of(gold, answers)
    honest = HonestCrowd.of(model, answers, known)
    shown, trust = honest.shown(model.posterior_, known), honest.trust(answers)
    given_to = answers.answers_per_task()
    policy = Policy(minimum=2, maximum=4, confidence=0.8)
    return {
        task: (decide(policy, Evidence(min(share, 1.0), int(n), trust=float(good))).decision, share)
        for task, share, n, good in zip(
            answers.task_ids.tolist(), shown.max(axis=1).tolist(), given_to.tolist(), trust.tolist(), strict=True
        )
    }


rows_drawn = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 6), st.integers(0, 2)),
    min_size=4, max_size=60, unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rows_drawn, st.permutations(range(60)), st.integers(0, 6))
def test_neither_the_order_of_coming_nor_what_was_taken_back_leaves_a_trace(
    rows: list[tuple[int, int, int]], order: list[int], gone: int
) -> None:
    """Whoever's answers are taken back might as well not have been there, whenever fits came between."""
    left = [row for row in rows if row[1] != gone]
    if not left:
        return
    engine = OnlineEngine(3, method=Auto)
    for place in order:
        if place < len(rows):
            engine.add(*rows[place])
    for task, worker, _ in rows:
        if worker == gone:
            engine.retract(task, worker)
    engine.settle()
    batch = Answers.encode(*np.array(left).T, n_classes=3)
    again = Answers.encode(*np.array(left[::-1]).T, n_classes=3)
    gold = np.where(batch.task_ids < 4, batch.task_ids % 3, -1)
    assert decided(batch, gold) == decided(again, gold)
    plain = Auto().fit(batch).posterior_
    for row, task in enumerate(batch.task_ids.tolist()):
        assert engine.posterior_of(task) == pytest.approx(plain[row], abs=1e-9)


def test_the_rule_of_a_replay_is_that_of_the_platform() -> None:
    assert at_confidence(0.9) == Policy(minimum=1, maximum=10, confidence=0.9)
