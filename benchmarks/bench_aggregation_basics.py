"""Accuracy, calibration and speed of `auto` on real crowds, as markdown tables.

    python benchmarks/bench_aggregation_basics.py [--repeats 4] [--sets bluebirds,rte]

Real answers: QUORATE_SHARED_DATA, else ../shared/data beside the repository. Times are process CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.classes import Answers, Auto, majority_vote, vote_shares
from aggregation.scores import ClassScore, score_classes
from aggregation.shapes import fuse
from aggregation.simulate import WorkerKind, box_world, class_world
from aggregation.tables import read_answers, read_truth

SETS = "bluebirds cf cifar10h_500 dog face fact_eval labelme product rte sp temp wsd zc_in"
SHARES = (1.0, 0.25, 0.1)
ENOUGH = 100_000  # answers from which one draw of a share says enough


def folder() -> Path:
    root = os.environ.get("QUORATE_SHARED_DATA")
    return (Path(root) if root else Path(__file__).resolve().parents[2] / "shared" / "data") / "answers"


def share_of(answers: Answers, truth: Ints, share: float, seed: int) -> tuple[Answers, Ints]:
    """A random share of the answers, about the tasks that still have one."""
    if share == 1.0:
        return answers, truth
    chosen = np.random.default_rng(seed).random(len(answers)) < share
    task, worker = answers.task[chosen], answers.worker[chosen]
    part = Answers.encode(
        answers.task_ids[task], answers.worker_ids[worker], answers.label[chosen], n_classes=answers.n_classes
    )
    return part, truth[np.isin(answers.task_ids, part.task_ids)]


def classes(names: list[str], repeats: int) -> None:
    for share in SHARES:
        print(f"\n### {share:.0%} of the answers\n")
        print(
            "| set | MV | auto | MV Brier | auto Brier | log-loss | ECE | claims ≥ .95 | right of those | iterations | s |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        table = [class_row(name, share, repeats) for name in names]
        for name, row in zip(names, table, strict=True):
            print(f"| {name} | {cells(row)} |")
        print(f"| **mean** | {cells(np.nanmean(table, axis=0))} |")


def class_row(name: str, share: float, repeats: int) -> Floats:
    table = read_answers(folder() / name / "answers.csv")
    truth = read_truth(folder() / name / "gt.csv", table)
    rows = []
    for seed in range(1 if share == 1.0 or len(table.answers) > ENOUGH else repeats):
        answers, known = share_of(table.answers, truth, share, seed)
        begin = time.process_time()
        model = Auto().fit(answers)
        seconds = time.process_time() - begin
        ours = scored(model.posterior_, model.labels(), known)
        vote = scored(vote_shares(answers), majority_vote(answers), known)
        promised = ours.kept_promise * ours.claimed if ours.claimed else 0.0
        rows.append([vote.accuracy, ours.accuracy, vote.brier, ours.brier, ours.log_loss, ours.ece, ours.claimed, promised,
                     model.n_iter_, seconds])  # fmt: skip
    mean: Floats = np.mean(rows, axis=0)
    mean[7] = mean[7] / mean[6] if mean[6] else np.nan
    return mean


def scored(posterior: Floats, labels: Ints, truth: Ints) -> ClassScore:
    return score_classes(np.pad(posterior, ((0, 0), (0, 1))), labels, truth)


def cells(row: Floats) -> str:
    return " | ".join([*(f"{value:.3f}" for value in row[:8]), f"{row[8]:.0f}", f"{row[9]:.3f}"])


def speed() -> None:
    print("\n### Speed, simulated crowds\n")
    print("| answers × workers × classes | encode s | fit s | iterations | warm fit s | crowd, kB |")
    print("|---|---|---|---|---|---|")
    for tasks, people, k in ((20_000, 1000, 2), (20_000, 1000, 10), (200_000, 1000, 2), (4_000, 200, 100)):
        crowd = {WorkerKind.HAMMER: people // 4, WorkerKind.SLOPPY: people - people // 4}
        generator = np.random.default_rng(0)
        small = class_world(seed=0, n_tasks=1, n_classes=k, workers=crowd, answers_per_task=1)
        task = np.repeat(np.arange(tasks), 5)
        worker = generator.integers(people, size=task.size)
        true = generator.integers(k, size=tasks)[task]
        label = (small.confusion[worker, true].cumsum(axis=1) < generator.random(task.size)[:, None]).sum(axis=1)
        begin = time.process_time()
        answers = Answers.encode(task, worker, np.minimum(label, k - 1), n_classes=k)
        encoded = time.process_time()
        model = Auto().fit(answers)
        fitted = time.process_time()
        Auto().fit(answers, start=model.crowd_)
        warm = time.process_time() - fitted
        size = len(model.crowd_.to_bytes()) / 1000
        name = f"{task.size:,} × {people:,} × {k}"
        print(
            f"| {name} | {encoded - begin:.3f} | {fitted - encoded:.3f} | {model.n_iter_} | {warm:.3f} | {size:.0f} |"
        )
    crowd = {WorkerKind.HAMMER: 4, WorkerKind.SLOPPY: 4}
    world = box_world(seed=0, n_tasks=40, n_classes=3, workers=crowd, answers_per_task=5, things_per_image=30)
    begin = time.process_time()
    fuse(world.answers)
    print(f"\nBoxes: 40 images × 5 workers × 30 things, 3 classes: {time.process_time() - begin:.3f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=4, help="random draws of a share of the answers")
    parser.add_argument("--sets", default=SETS.replace(" ", ","))
    options = parser.parse_args()
    if not folder().is_dir():
        print(f"no real answers at {folder()}: set QUORATE_SHARED_DATA", file=sys.stderr)
        return 2
    classes(options.sets.split(","), options.repeats)
    speed()
    return 0


if __name__ == "__main__":
    sys.exit(main())
