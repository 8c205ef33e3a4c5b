"""Speed and memory of Dawid-Skene and GLAD beside crowd-kit and peerannot, one answer at a time, and shards on disk.

    python benchmarks/run.py aggregation-speed

CPU time of one thread, whole fit from integer columns (encoding and sorting included) with the number of steps the peer made.
Ours and the peer's turn come one after the other, several times; ratios are those of the medians. `--shards N` fits N answers from
disk as well (16 bytes of disk an answer while it writes).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import resource
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import crowdkit.aggregation as ck
import numpy as np
import pandas as pd

from aggregation.arrays import Ints
from aggregation.classes import GLAD, Answers, DawidSkene
from aggregation.online import OnlineEngine
from aggregation.shards import ShardedDawidSkene, Shards
from benchmarks.peers.adapters import peerannot
from benchmarks.real_sets import folder, load

# Answers, workers, classes, most steps of the peer, goal (times as fast), turns of each.
SIZES = (
    (10_000, 100, 2, 100, 300, 9),
    (100_000, 1_000, 2, 100, 200, 9),
    (1_000_000, 1_000, 2, 100, 100, 3),
    (1_000_000, 1_000, 10, 100, 40, 1),
    (10_000_000, 10_000, 2, 3, 30, 1),
)
PER_TASK = 5
# Steps added to a fit to learn what one costs.
MORE_STEPS = 20
MEGABYTE = 1e6


@dataclass(frozen=True)
class Cost:
    """CPU seconds, peak megabytes over what was there before, and what came out."""

    seconds: float
    megabytes: float
    found: Any


def crowd(n: int, workers: int, k: int, seed: int = 0) -> tuple[Ints, Ints, Ints]:
    """N answers in random order, PER_TASK a task, by workers who are right .55 to .95 of the time."""
    generator = np.random.default_rng(seed)
    tasks = n // PER_TASK
    task, worker = np.repeat(np.arange(tasks), PER_TASK), generator.integers(0, workers, n)
    truth = generator.integers(0, k, tasks)[task]
    right = generator.random(n) < generator.uniform(0.55, 0.95, workers)[worker]
    label = np.where(right, truth, (truth + generator.integers(1, k, n)) % k)
    order = generator.permutation(n)
    return task[order], worker[order], label[order]


def status(name: str) -> float:
    """Megabytes of a line of /proc/self/status."""
    text = Path("/proc/self/status").read_text()
    return int(text.split(f"{name}:")[1].split()[0]) * 1024 / MEGABYTE


def measured(run: Callable[[], Any], repeats: int = 1) -> Cost:
    """The median CPU time of `repeats` runs, the peak memory of the first."""
    seconds, peak, found = [], 0.0, None
    for number in range(repeats):
        found = None
        gc.collect()
        if not number:
            # Else what was freed before is taken again, and nothing seems to be used.
            ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        before, begin = status("VmRSS"), time.process_time()
        found = run()
        seconds.append(time.process_time() - begin)
        peak = peak if number else status("VmHWM") - before
    return Cost(statistics.median(seconds), peak, found)


Size = tuple[int, int, int, int, int, int]


def dawid_skene(sizes: tuple[Size, ...]) -> None:
    print(f"### Dawid-Skene, whole fit, {PER_TASK} answers a task\n")
    print("| answers × workers × classes | steps | crowd-kit s | ours s | of it encoding | ours, float32 | times (goal) | MB crowd-kit | MB ours | ns an answer, step, class | floor | same labels |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        print(compared(size), flush=True)


def compared(size: Size) -> str:
    """A row: the peer and ours in turn."""
    n, workers, k, most, goal, turns = size
    columns = crowd(n, workers, k)
    # Input that both hold before they begin is not counted: a table for crowd-kit, columns for us.
    data = pd.DataFrame(dict(zip(("task", "worker", "label"), columns, strict=True)))
    tolerance = 1e-5 if most > 3 else -1e9
    peers, ours = [], []
    for _ in range(turns):
        peers.append(measured(lambda: ck.DawidSkene(n_iter=most, tol=tolerance).fit(data)))
        steps = len(peers[-1].found.loss_history_)
        ours.append(measured(lambda s=steps: fitted(columns, k, s), 3))
    theirs = peers[0].found.labels_.sort_index().to_numpy()
    encode = measured(lambda: Answers.encode(*columns, n_classes=k), 5)
    more, once = (
        measured(lambda s=s: DawidSkene(max_iter=s, tol=1e-300).fit(encode.found), 5)
        for s in (steps + MORE_STEPS, steps)
    )
    step = (more.seconds - once.seconds) / max(more.found.n_iter_ - once.found.n_iter_, 1)
    single = measured(lambda: fitted(columns, k, steps, np.float32), 3)
    peer, own = (statistics.median(cost.seconds for cost in costs) for costs in (peers, ours))
    same = (ours[0].found.labels() == theirs).mean()
    return (
        f"| {n:,} × {workers:,} × {k} | {steps} | {peer:.3f} | {own:.4f} | {encode.seconds:.4f} | {single.seconds:.4f} "
        f"| **{peer / own:.0f}** (≥ {goal}) | {peers[0].megabytes:.0f} | {ours[0].megabytes:.0f} "
        f"| {step / n / k * 1e9:.2f} | {sum(floor(encode.found)):.2f} | {same:.4f} |"
    )


def fitted(columns: tuple[Ints, Ints, Ints], k: int, steps: int, dtype: type = np.float64) -> DawidSkene:
    return DawidSkene(max_iter=steps, tol=1e-300, dtype=dtype).fit(Answers.encode(*columns, n_classes=k))


def floor(answers: Answers) -> tuple[float, float]:
    """Nanoseconds of a gather and of a weighted bincount of as many numbers: what EM needs for each answer and class."""
    n, k = len(answers), answers.n_classes
    code = answers.worker * k + answers.label
    table, values = np.random.default_rng(0).random(answers.n_workers * k), np.empty(n)
    gather = measured(lambda: table.take(code, out=values, mode="clip"), 9)
    count = measured(lambda: np.bincount(code, values, minlength=table.size), 9)
    return gather.seconds / n * 1e9, count.seconds / n * 1e9


def against_peerannot(n: int, workers: int, k: int) -> None:
    columns = crowd(n, workers, k)
    answers = Answers.encode(*columns, n_classes=k)
    peer = measured(lambda: peerannot("dawid_skene", "DawidSkene")(answers, 0))
    ours = measured(lambda: fitted(columns, k, 50), 5)
    print(
        f"\npeerannot's Dawid-Skene, {n:,} × {workers:,} × {k}, whole fit to its own convergence: {peer.seconds:.1f} s, "
        f"{peer.megabytes:.0f} MB; ours with 50 steps (the most it may make) {ours.seconds:.3f} s: "
        f"**{peer.seconds / ours.seconds:.0f} times**."
    )


def glad() -> None:
    print(
        "\n### GLAD, to convergence\n\n| set | crowd-kit s | ours s | times (≥ 50) | same labels |\n|---|---|---|---|---|"
    )
    for name in ("bluebirds", "wsd", "temp"):
        answers = load(name).answers
        data = pd.DataFrame({"task": answers.task, "worker": answers.worker, "label": answers.label})
        peer = measured(lambda data=data: ck.GLAD().fit(data))
        ours = measured(lambda a=answers: GLAD().fit(a), 5)
        same = (ours.found.labels() == peer.found.labels_.sort_index().to_numpy()).mean()
        print(
            f"| {name} | {peer.seconds:.2f} | {ours.seconds:.4f} | **{peer.seconds / ours.seconds:.0f}** | {same:.3f} |",
            flush=True,
        )


def online() -> None:
    """One answer after the other, without the fits of all."""
    print("\n### One answer at a time\n\nMedian of five runs.\n\n| answers before it | tasks | answers a task | µs an answer (≤ 40) |\n|---|---|---|---|")  # fmt: skip
    a = load("bluebirds").answers
    order = np.random.default_rng(0).permutation(len(a))
    for name, copies in (("bluebirds", 1), ("bluebirds × 10", 10), ("bluebirds × 50", 50)):
        used = []
        for _ in range(5):
            engine = OnlineEngine(2, refits=False)
            for copy in range(copies - 1):
                engine.add(a.task[order] + copy * a.n_tasks, a.worker[order], a.label[order])
            before = len(engine)
            columns = a.task[order] + copies * a.n_tasks, a.worker[order], a.label[order]
            rows = list(zip(*(column.tolist() for column in columns), strict=True))
            begin = time.process_time()
            for row in rows:
                engine.add(*row)
            used.append((time.process_time() - begin) / len(rows) * 1e6)
        print(
            f"| {before:,} ({name}) | {engine.task_ids.size:,} | up to 39 | {statistics.median(used):.1f} |", flush=True
        )
    fit = measured(lambda: engine.method().fit(a), 5).seconds * 1e6
    print(f"\nA cold hierarchical fit of bluebirds: {fit:,.0f} µs.")


def shards(n: int, workers: int = 10_000, k: int = 2, steps: int = 3) -> None:
    """N answers from disk."""
    piece = min(n, 10_000_000)

    def chunks() -> Iterator[tuple[Ints, Ints, Ints]]:
        for number in range(n // piece):
            task, worker, label = crowd(piece, workers, k, seed=number)
            yield task + number * (piece // PER_TASK), worker, label

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as place:
        begin = time.process_time()
        there = Shards.write(Path(place), chunks(), n_classes=k, n_shards=max(n // 1_500_000, 1))
        wrote = time.process_time() - begin
        disk = sum(file.stat().st_size for file in Path(place).iterdir()) / 1e9
        one = measured(lambda: ShardedDawidSkene(max_iter=1, tol=1e-300).fit(there))
        more = measured(lambda: ShardedDawidSkene(max_iter=1 + steps, tol=1e-300).fit(there))
    step = (more.seconds - one.seconds) / (more.found.n_iter_ - 1)
    print(
        f"\n### Beyond memory\n\n{n:,} answers × {workers:,} × {k} on disk ({disk:.1f} GB): made in {wrote:.0f} s, "
        f"of which generating is a part; a step {step:.1f} s of CPU ({step / n * 1e9:.0f} ns an answer), "
        f"in proportion 10⁹ answers take {step * 1e9 / n:.0f} s a step with as many more shards in the same memory. "
        f"Peak of the process, while writing: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE:.0f} MB, "
        "the interpreter and the peers' libraries included; the fit adds nothing to it."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10_000_000, help="leave out sizes above this")
    parser.add_argument("--shards", type=int, default=0, help="answers to fit from disk; 0: none")
    parser.add_argument("--only", choices=["ds", "rest", "shards"], help="a part of it")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # peers warn of what pandas will change
    if options.only in {None, "ds"}:
        dawid_skene(tuple(size for size in SIZES if size[0] <= options.most))
        print(
            "\nFloor: nanoseconds of one gather and one weighted bincount of as many numbers, in the same run. Ours can lie below "
            "it: one class follows from the others, and `add.at` is quicker than `bincount`. Others on the same cores and caches "
            f"slow down short fits most: load average meanwhile {os.getloadavg()[2]:.0f} on {os.cpu_count()} processors."
        )
    if options.only in {None, "rest"}:
        against_peerannot(100_000, 1_000, 2)
        if folder().is_dir():
            glad()
            online()
    if options.shards:
        shards(options.shards)
    return 0


if __name__ == "__main__":
    sys.exit(main())
