"""Speed and memory of Dawid-Skene and GLAD beside crowd-kit and peerannot, one answer at a time, and shards on disk.

    python benchmarks/run.py aggregation-speed

CPU time of one thread, whole fit from integer columns (encoding and sorting included) with the number of steps the peer made. Ratios are within one run. `--shards N` fits N answers
from disk as well (16 bytes of disk an answer while it writes).
"""

from __future__ import annotations

import argparse
import gc
import resource
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
from aggregation.classes.em import rest_of
from aggregation.classes.gold import Gold
from aggregation.classes.matrices import MatrixEM, Smoothing
from aggregation.classes.votes import vote_shares
from aggregation.online import OnlineEngine
from aggregation.shards import ShardedDawidSkene, Shards
from benchmarks.peers.adapters import peerannot
from benchmarks.real_sets import folder, load

# Answers, workers, classes, most steps of the peer, goal (times as fast).
SIZES = (
    (10_000, 100, 2, 100, 300),
    (100_000, 1_000, 2, 100, 200),
    (1_000_000, 1_000, 2, 100, 100),
    (1_000_000, 1_000, 10, 100, 40),
    (10_000_000, 10_000, 2, 3, 30),
)
PER_TASK = 5
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
    """The least CPU time of `repeats` runs, the peak memory of the first."""
    seconds, peak, found = [], 0.0, None
    for number in range(repeats):
        found = None
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        before, begin = status("VmRSS"), time.process_time()
        found = run()
        seconds.append(time.process_time() - begin)
        peak = peak if number else status("VmHWM") - before
    return Cost(min(seconds), peak, found)


def dawid_skene(sizes: tuple[tuple[int, int, int, int, int], ...]) -> None:
    print(f"### Dawid-Skene, whole fit, {PER_TASK} answers a task\n")
    print("| answers × workers × classes | steps | crowd-kit s | ours s | of it encoding | times (goal) | MB crowd-kit | MB ours | ns an answer, step, class | same labels |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for n, workers, k, most, goal in sizes:
        columns = crowd(n, workers, k)
        # Input that both hold before they begin is not counted: a table for crowd-kit, columns for us.
        data = pd.DataFrame(dict(zip(("task", "worker", "label"), columns, strict=True)))
        tolerance = 1e-5 if most > 3 else -1e9
        peer = measured(lambda data=data, most=most, tol=tolerance: ck.DawidSkene(n_iter=most, tol=tol).fit(data))
        steps = len(peer.found.loss_history_)
        theirs = peer.found.labels_.sort_index().to_numpy()
        del data
        again = 9 if n <= 100_000 else 3
        encode = measured(lambda c=columns, k=k: Answers.encode(*c, n_classes=k), again)
        ours = measured(lambda c=columns, k=k, s=steps: fitted(c, k, s), again)
        twice = measured(lambda a=encode.found, s=2 * steps: DawidSkene(max_iter=s, tol=1e-300).fit(a), again)
        once = measured(lambda a=encode.found, s=steps: DawidSkene(max_iter=s, tol=1e-300).fit(a), again)
        step = (twice.seconds - once.seconds) / max(twice.found.n_iter_ - once.found.n_iter_, 1)
        same = (ours.found.labels() == theirs).mean()
        print(
            f"| {n:,} × {workers:,} × {k} | {steps} | {peer.seconds:.3f} | {ours.seconds:.4f} | {encode.seconds:.4f} "
            f"| **{peer.seconds / ours.seconds:.0f}** (≥ {goal}) | {peer.megabytes:.0f} | {ours.megabytes:.0f} "
            f"| {step / n / k * 1e9:.1f} | {same:.4f} |",
            flush=True,
        )


def fitted(columns: tuple[Ints, Ints, Ints], k: int, steps: int) -> DawidSkene:
    return DawidSkene(max_iter=steps, tol=1e-300).fit(Answers.encode(*columns, n_classes=k))


def floor(n: int, workers: int, k: int) -> None:
    """What a gather and a weighted bincount of as many numbers cost, which an answer and class needs at the least."""
    answers = Answers.encode(*crowd(n, workers, k), n_classes=k)
    em = MatrixEM.of(answers, Gold.of(None, answers), Smoothing(), np.float64)
    rest = rest_of(vote_shares(answers), em.layout.order, np.float64)
    code = answers.worker * k + answers.label
    table, values = np.random.default_rng(0).random(workers * k), np.empty(n)
    gather = measured(lambda: table.take(code, out=values, mode="clip"), 9).seconds / n * 1e9
    count = measured(lambda: np.bincount(code, values, minlength=workers * k), 9).seconds / n * 1e9
    models = em.m_step(rest)
    e = measured(lambda: em.e_step(models), 9).seconds / n / k * 1e9
    m = measured(lambda: em.m_step(rest), 9).seconds / n / k * 1e9
    print(
        f"\nFloor at {n:,} × {workers:,} × {k}: a gather {gather:.1f} ns + a weighted bincount {count:.1f} ns = "
        f"{gather + count:.1f} ns an answer and class. Ours: E-step {e:.1f} + M-step {m:.1f} = {e + m:.1f} ns an answer and class "
        "(one class follows from the others, so it is not computed)."
    )


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
    print(
        "\n### One answer at a time\n\n| answers before it | tasks | answers a task | µs an answer |\n|---|---|---|---|"
    )
    a = load("bluebirds").answers
    order = np.random.default_rng(0).permutation(len(a))
    for name, copies in (("bluebirds", 1), ("bluebirds × 10", 10), ("bluebirds × 50", 50)):
        engine = OnlineEngine(2, refits=False)
        for copy in range(copies - 1):
            engine.add(a.task[order] + copy * a.n_tasks, a.worker[order], a.label[order])
        rows = list(zip((a.task[order] + copies * a.n_tasks).tolist(), a.worker[order].tolist(), a.label[order].tolist(), strict=True))  # fmt: skip
        begin = time.process_time()
        for row in rows:
            engine.add(*row)
        used = (time.process_time() - begin) / len(rows) * 1e6
        print(
            f"| {len(engine) - len(rows):,} ({name}) | {engine.task_ids.size:,} | up to 39 | {used:.1f} |", flush=True
        )
    fit = measured(lambda: engine.method().fit(a), 3).seconds * 1e6
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
        floor(1_000_000, 1_000, 2)
        floor(1_000_000, 1_000, 10)
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
