"""`python -m aggregation`: answers in a CSV file, labels, measures and simulated crowds out."""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from aggregation import workers as measures
from aggregation.arrays import Floats, Ints
from aggregation.classes import HierarchicalDawidSkene
from aggregation.methods import DEFAULT, METHODS
from aggregation.scores import ClassScore, score_classes
from aggregation.simulate import WorkerKind, class_world
from aggregation.tables import AnswerTable, read_answers, read_truth, write_rows

CANNOT_READ = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 with one line on stderr when the input cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"aggregation: {error}\n")
        return CANNOT_READ
    return 0


def _aggregate(options: argparse.Namespace) -> None:
    table = read_answers(options.answers)
    posterior, label = _label(table, options.method, options.seed)
    count = table.answers.answers_per_task()
    confidence = posterior[np.arange(label.size), label]
    order = sorted(range(label.size), key=lambda row: table.tasks[row])
    rows = ((table.tasks[row], table.classes[label[row]], float(confidence[row]), int(count[row])) for row in order)
    with _output(options.out) as file:
        write_rows(file, ("task", "label", "confidence", "answers"), rows)


def _evaluate(options: argparse.Namespace) -> None:
    table = read_answers(options.answers)
    truth = read_truth(options.truth, table)
    rows = []
    for method in METHODS:
        posterior, label = _label(table, method, options.seed)
        # One more column, of probability 0, for truths nobody ever said.
        rows.append(_score_row(method, score_classes(np.pad(posterior, ((0, 0), (0, 1))), label, truth)))
    header = ("method", "tasks", "accuracy", "brier", "log_loss", "claimed_95", "right_of_claimed")
    with _output(None) as file:
        write_rows(file, header, iter(rows))


def _score_row(name: str, score: ClassScore) -> tuple[object, ...]:
    kept = "" if math.isnan(score.kept_promise) else score.kept_promise
    return name, score.tasks, score.accuracy, score.brier, score.log_loss, score.claimed, kept


def _workers(options: argparse.Namespace) -> None:
    table = read_answers(options.answers)
    model = HierarchicalDawidSkene().fit(table.answers)
    count = table.answers.answers_per_worker()
    columns = (
        measures.expected_accuracy(model.confusion_, model.prior_),
        measures.agreement(table.answers),
        measures.spam_score(model.confusion_),
    )
    order = sorted(range(count.size), key=lambda row: (columns[0][row], table.workers[row]))
    rows = ((table.workers[row], int(count[row]), *(_known(column[row]) for column in columns)) for row in order)
    with _output(options.out) as file:
        write_rows(file, ("worker", "answers", "accuracy", "agreement", "spam_score"), rows)
    alpha = measures.krippendorff_alpha(table.answers)
    sys.stderr.write(f"Krippendorff's alpha: {alpha:.6f}\n")


def _known(value: float) -> float | str:
    return "" if math.isnan(value) else float(value)


def _simulate(options: argparse.Namespace) -> None:
    crowd = {kind: getattr(options, kind.value) for kind in WorkerKind}
    world = class_world(
        seed=options.seed,
        n_tasks=options.tasks,
        n_classes=options.classes,
        workers=crowd,
        answers_per_task=options.overlap,
    )
    answers = world.answers
    rows = zip(answers.task.tolist(), answers.worker.tolist(), answers.label.tolist(), strict=True)
    with _output(options.out) as file:
        write_rows(file, ("task", "worker", "label"), iter(rows))
    if options.truth is not None:
        with _output(options.truth) as file:
            write_rows(file, ("task", "label"), iter(enumerate(world.truth.tolist())))


def _label(table: AnswerTable, method: str, seed: int) -> tuple[Floats, Ints]:
    model = METHODS[method].make().fit(table.answers)
    return model.posterior_, model.labels(seed=seed)


@contextlib.contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aggregation", description="Labels from the answers of many.")
    commands = parser.add_subparsers(required=True, metavar="command")
    aggregate = commands.add_parser("aggregate", help="one label a task: task, label, confidence, answers")
    aggregate.add_argument("answers", type=Path, help="CSV with the columns task, worker, label")
    aggregate.add_argument("--method", choices=METHODS, default=DEFAULT, help=f"default {DEFAULT}")
    aggregate.set_defaults(run=_aggregate)
    evaluate = commands.add_parser("evaluate", help="score the methods against a known truth")
    evaluate.add_argument("answers", type=Path)
    evaluate.add_argument("truth", type=Path, help="CSV with the columns task, label")
    evaluate.set_defaults(run=_evaluate)
    people = commands.add_parser("workers", help="accuracy, agreement and spam score of each worker, worst first")
    people.add_argument("answers", type=Path)
    people.set_defaults(run=_workers)
    simulate = commands.add_parser("simulate", help="answers of an invented crowd, with their truth")
    simulate.add_argument("--tasks", type=int, default=200)
    simulate.add_argument("--classes", type=int, default=2)
    simulate.add_argument("--overlap", type=int, default=5, help="answers a task")
    for kind in WorkerKind:
        default = {WorkerKind.HAMMER: 6, WorkerKind.SLOPPY: 10, WorkerKind.SPAMMER: 4}.get(kind, 0)
        simulate.add_argument(f"--{kind.value}", type=int, default=default, metavar="N", help=f"default {default}")
    simulate.add_argument("--truth", type=Path, help="write the truth here")
    simulate.set_defaults(run=_simulate)
    for command in (aggregate, evaluate, simulate):
        command.add_argument("--seed", type=int, default=0, help="for ties and invented crowds")
    for command in (aggregate, people, simulate):
        command.add_argument("--out", type=Path, help="write here and not to the screen")
    return parser
