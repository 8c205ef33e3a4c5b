"""Boxes, text, pairs and numbers on real and simulated crowds, beside their peers, as markdown tables.

    python benchmarks/run.py aggregation-shapes

Means over random draws of the workers where there are several. Times are process CPU seconds on one thread. Crowd-kit's
figures are left out where it is not installed.
"""

from __future__ import annotations

import csv
import importlib.util
import time
from collections.abc import Callable, Sequence

import numpy as np

from aggregation.arrays import Floats
from aggregation.numbers import NumberAnswers, fuse_numbers, medians, weighted_mean
from aggregation.ranking import BradleyTerry, Comparisons, NoisyBradleyTerry
from aggregation.shapes import ShapeAnswers, fuse, score_shapes
from aggregation.texts import TextAnswers, edit_distances, fuse_texts
from benchmarks.real_sets import folder

PEERS = importlib.util.find_spec("crowdkit") is not None
Rows = list[dict[str, str]]


def table(*parts: str) -> Rows:
    """Rows of a CSV file of the sample data."""
    with folder().joinpath(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def timed(work: Callable[[], object]) -> tuple[object, float]:
    begin = time.process_time()
    return work(), time.process_time() - begin


# --- Boxes ------------------------------------------------------------------------------------------------------------


def boxes(draws: int = 10) -> None:
    name = "bbox_pedestrians"
    drawn: dict[tuple[int, str], list[list[float]]] = {
        (int(r["task"]), r["worker"]): [] for r in table(name, "seen.csv")
    }
    for row in table(name, "answers.csv"):
        box = [float(row[edge]) for edge in ("x1", "y1", "x2", "y2")]
        if box[0] < box[2] and box[1] < box[3]:
            drawn[int(row["task"]), row["worker"]].append(box)
    truth: dict[int, list[list[float]]] = {int(row["task"]): [] for row in table(name, "gt_seen.csv")}
    for row in table(name, "gt.csv"):
        truth[int(row["task"])].append([float(row[edge]) for edge in ("x1", "y1", "x2", "y2")])
    real = {task: np.array(found).reshape(-1, 4) for task, found in truth.items()}
    print("### Boxes: pedestrians, random workers of each frame\n")
    print("| workers | draws | F1@.5 ± draws | precision | recall | mIoU | AP50 | claims ≥ .95 | F1 of those | s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for k in (1, 2, 3, 5, 7):
        number = 1 if k == 7 else draws
        rows = np.array([box_row(drawn, real, k, seed) for seed in range(number)])
        mean, spread = rows.mean(axis=0), rows[:, 0].std()
        print(f"| {k} | {number} | {mean[0]:.3f} ± {spread:.3f} | {' | '.join(f'{value:.3f}' for value in mean[1:])} |")


def box_row(drawn: dict[tuple[int, str], list[list[float]]], real: dict[int, Floats], k: int, seed: int) -> list[float]:
    generator = np.random.default_rng(seed)
    by_task: dict[int, list[str]] = {}
    for task, worker in drawn:
        by_task.setdefault(task, []).append(worker)
    pairs = [
        (task, str(worker))
        for task in sorted(by_task)
        for worker in generator.choice(sorted(by_task[task]), min(k, len(by_task[task])), replace=False)
    ]
    shown = [np.array(drawn[pair]).reshape(-1, 4) for pair in pairs]
    answers = ShapeAnswers.encode(
        [task for task, _ in pairs],
        [int(worker[1:]) for _, worker in pairs],
        shown,
        [np.zeros(len(some), dtype=np.int64) for some in shown],
        n_classes=1,
    )
    begin = time.process_time()
    fusion = fuse(answers)
    seconds = time.process_time() - begin
    s = score_shapes(answers, fusion, real)
    return [s.f1, s.precision, s.recall, s.likeness, s.average_precision, s.claimed, s.kept_promise, seconds]


def scribbles() -> None:
    generator = np.random.default_rng(0)
    corner = generator.uniform(0, 900, (4, 2000, 2))
    drawn = np.concatenate([corner, corner + generator.uniform(20, 200, corner.shape)], axis=2)
    answers = ShapeAnswers.encode([1] * 4, range(4), list(drawn), [[0] * 2000] * 4, n_classes=1)
    print(f"\nFour scribblers, 2,000 random boxes each on one image: {timed(lambda: fuse(answers))[1]:.2f} s.")


# --- Text -------------------------------------------------------------------------------------------------------------


def texts() -> None:
    told = table("text_crowdspeech", "answers.csv")
    truth = {int(row["task"]): row["label"] for row in table("text_crowdspeech", "gt.csv")}
    columns = [int(row["task"]) for row in told], [int(row["worker"]) for row in told], [row["label"] for row in told]
    answers = TextAnswers.encode(*columns)
    real = [truth[task] for task in answers.task_ids.tolist()]
    begin = time.process_time()
    fusion = fuse_texts(answers)
    seconds = time.process_time() - begin
    each = [truth[int(answers.task_ids[task])] for task in answers.task]
    print(
        "\n### Text: CrowdSpeech, 600 recordings × 7\n\n| method | words wrong / words of the truth | s |\n|---|---|---|"
    )
    print(f"| one worker | {word_error(answers.text, each):.4f} | |")
    print(f"| medoid | {word_error([answers.text[row] for row in fusion.medoid], real):.4f} | |")
    print(f"| weighted ROVER | {word_error(fusion.text, real):.4f} | {seconds:.2f} |")
    if PEERS:
        text_peers(columns, answers.task_ids.tolist(), real)


def text_peers(columns: tuple[list[int], list[int], list[str]], tasks: list[int], real: list[str]) -> None:
    import pandas as pd
    from crowdkit.aggregation import ROVER

    from aggregation.texts import words

    frame = pd.DataFrame(dict(zip(("task", "worker", "text"), columns, strict=True)))
    rover = ROVER(tokenizer=words, detokenizer=" ".join, silent=True)
    found, seconds = timed(lambda: rover.fit_predict(frame))
    print(f"| crowd-kit ROVER, our words | {word_error([found[task] for task in tasks], real):.4f} | {seconds:.2f} |")


def word_error(found: Sequence[str], truth: Sequence[str]) -> float:
    """Words wrong, missing or too many, over the words of the truth."""
    size = len(found)
    both = TextAnswers.encode(range(2 * size), [0] * (2 * size), [*found, *truth])
    distance = edit_distances(both.word, both.length, np.arange(size), np.arange(size, 2 * size))
    return float(distance.sum() / both.length[size:].sum())


# --- Pairs ------------------------------------------------------------------------------------------------------------


def pairs() -> None:
    told = table("pairwise_musicsim", "answers.csv")
    group = {(row["query"], row["doc"]): int(row["group"]) for row in table("pairwise_musicsim", "gt.csv")}
    code = {key: number for number, key in enumerate(sorted(group))}
    outcome = [{row["left"]: 1.0, row["right"]: 0.0}.get(row["label"], 0.5) for row in told]
    left, right = ([code[row["query"], row[side]] for row in told] for side in ("left", "right"))
    comparisons = Comparisons.encode(left, right, [int(row["worker"]) for row in told], outcome)
    print("\n### Pairs: similar music\n\n| method | pairs in the experts' order | s |\n|---|---|---|")
    for model in (BradleyTerry(), NoisyBradleyTerry()):
        _, seconds = timed(lambda model=model: model.fit(comparisons))
        print(f"| {type(model).__name__}, ties told | {in_order(model.scores_, group):.3f} | {seconds:.3f} |")
    if PEERS:
        pair_peers(left, right, [row["worker"] for row in told], outcome, group)


def pair_peers(
    left: list[int], right: list[int], workers: list[str], outcome: list[float], group: dict[tuple[str, str], int]
) -> None:
    import pandas as pd
    from crowdkit.aggregation import BradleyTerry as PeerPlain
    from crowdkit.aggregation import NoisyBradleyTerry as PeerNoisy

    frame = pd.DataFrame({"left": left, "right": right, "worker": workers, "outcome": outcome})
    frame = frame[frame["outcome"] != 0.5]
    frame["label"] = np.where(frame["outcome"] == 1.0, frame["left"], frame["right"])
    for name, peer in (("Bradley-Terry", PeerPlain(n_iter=100)), ("noisy Bradley-Terry", PeerNoisy(n_iter=100))):
        found, seconds = timed(lambda peer=peer: peer.fit_predict(frame[["left", "right", "worker", "label"]]))
        scores = found.reindex(range(len(group))).fillna(0.0).to_numpy()
        print(f"| crowd-kit {name}, without ties | {in_order(scores, group):.3f} | {seconds:.3f} |")


def in_order(scores: Floats, group: dict[tuple[str, str], int]) -> float:
    """Share of the pairs of one query and different groups that the scores put in the experts' order; equals count ½."""
    keys = sorted(group)
    right = [
        0.5 if scores[i] == scores[j] else float((scores[i] > scores[j]) == (group[keys[i]] < group[keys[j]]))
        for i in range(len(keys))
        for j in range(i)
        if keys[i][0] == keys[j][0] and group[keys[i]] != group[keys[j]]
    ]
    return float(np.mean(right))


# --- Numbers ----------------------------------------------------------------------------------------------------------


def numbers(seeds: int = 10) -> None:
    found = np.array([number_row(seed) for seed in range(seeds)]).mean(axis=0)
    print("\n### Numbers: 20 simulated workers with biases and spreads, 150 tasks × 5, one answer in 50 wild\n")
    print(
        "| root mean squared error of | mean | median | ours | 90 % intervals that hold the truth |\n|---|---|---|---|---|"
    )
    print(f"| 10 crowds | {' | '.join(f'{value:.2f}' for value in found)} |")


def number_row(seed: int) -> list[float]:
    generator = np.random.default_rng(seed)
    truth, bias, spread = generator.normal(100, 30, 150), generator.normal(0, 3, 20), generator.uniform(0.5, 8, 20)
    worker = np.concatenate([generator.choice(20, 5, replace=False) for _ in truth])
    task = np.repeat(np.arange(150), 5)
    value = truth[task] + (bias - bias.mean())[worker] + generator.normal(0, 1, task.size) * spread[worker]
    wild = generator.random(task.size) < 0.02
    value[wild] += generator.normal(0, 300, int(wild.sum()))
    answers = NumberAnswers.encode(task, worker, value)
    fusion = fuse_numbers(answers, confidence=0.9)
    guesses = (weighted_mean(answers, np.ones(task.size)), medians(answers), fusion.value)
    held = ((fusion.low <= truth) & (truth <= fusion.high)).mean()
    return [*(float(np.sqrt(((guess - truth) ** 2).mean())) for guess in guesses), float(held)]


def main() -> None:
    boxes()
    scribbles()
    texts()
    pairs()
    numbers()


if __name__ == "__main__":
    main()
