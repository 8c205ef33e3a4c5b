"""`python -m aggregation`: answers in a CSV file, labels, measures and simulated crowds out."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from aggregation import reports
from aggregation.methods import DEFAULT, METHODS
from aggregation.simulate import WorkerKind, class_world
from aggregation.tables import read_answers, read_labels, write_rows

CANNOT_READ = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 with one line on stderr when the input cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except BrokenPipeError:  # the reader of our output has seen enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError) as error:
        sys.stderr.write(f"aggregation: {error}\n")
        return CANNOT_READ
    except MemoryError:
        sys.stderr.write("aggregation: this does not fit into memory\n")
        return CANNOT_READ
    return 0


def _aggregate(options: argparse.Namespace) -> None:
    gold = read_labels(options.gold) if options.gold else {}
    table = read_answers(options.answers, more_classes=tuple(gold.values()))
    _write(reports.labels(table, options.method, gold, options.seed), options.out)


def _evaluate(options: argparse.Namespace) -> None:
    methods = options.methods.split(",") if options.methods else list(METHODS)
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise ValueError(f"there is no method {', '.join(unknown)}; there are {', '.join(METHODS)}")
    truth = read_labels(options.truth)
    _write(reports.scores(read_answers(options.answers), truth, methods, options.seed), options.out)


def _workers(options: argparse.Namespace) -> None:
    _write(reports.people(read_answers(options.answers, ordered=True)), options.out)


def _tasks(options: argparse.Namespace) -> None:
    table = read_answers(options.answers)
    _write(reports.pairs_of_classes(table) if options.pairs else reports.work(table), options.out)


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
    _write(reports.Report(("task", "worker", "label"), rows), options.out)
    if options.truth is not None:
        _write(reports.Report(("task", "label"), enumerate(world.truth.tolist())), options.truth)


def _write(report: reports.Report, path: Path | None) -> None:
    with _output(path) as file:
        write_rows(file, report.header, report.rows)
    if report.note:
        sys.stderr.write(f"{report.note}\n")


@contextlib.contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        sys.stdout.flush()  # so that a closed pipe is noticed here
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file


def _at_least(least: int) -> Callable[[str], int]:
    def count(text: str) -> int:  # argparse shows this name where `text` is no number
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, not {text}")
        return number

    return count


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aggregation", description="Labels from the answers of many.")
    commands = parser.add_subparsers(required=True, metavar="command")
    given = argparse.ArgumentParser(add_help=False)
    given.add_argument(
        "answers", type=Path, help="CSV with the columns task, worker, label, or peerannot's answers.json"
    )
    seeded = argparse.ArgumentParser(add_help=False)
    seeded.add_argument("--seed", type=int, default=0, help="for ties and invented crowds")
    out = argparse.ArgumentParser(add_help=False)
    out.add_argument("--out", type=Path, help="write here and not to the screen")

    labels = commands.add_parser("aggregate", parents=[given, seeded, out], help="one label a task")
    labels.add_argument("--method", choices=METHODS, default=DEFAULT, help=f"default {DEFAULT}")
    labels.add_argument("--gold", type=Path, help="CSV with the columns task, label: known answers")
    labels.set_defaults(run=_aggregate)
    scores = commands.add_parser(
        "evaluate", parents=[given, seeded, out], help="score the methods against a known truth"
    )
    scores.add_argument("truth", type=Path, help="CSV with the columns task, label")
    scores.add_argument("--methods", help="only these, comma-separated")
    scores.set_defaults(run=_evaluate)
    people = commands.add_parser("workers", parents=[given, out], help="measures of each worker, worst first")
    people.set_defaults(run=_workers)
    tasks = commands.add_parser("tasks", parents=[given, out], help="measures of each task, hardest first")
    tasks.add_argument("--pairs", action="store_true", help="which classes meet which on the same task instead")
    tasks.set_defaults(run=_tasks)
    _add_simulate(
        commands.add_parser("simulate", parents=[seeded, out], help="answers of an invented crowd, and their truth")
    )
    return parser


def _add_simulate(simulate: argparse.ArgumentParser) -> None:
    simulate.add_argument("--tasks", type=_at_least(1), default=200)
    simulate.add_argument("--classes", type=_at_least(1), default=2)
    simulate.add_argument("--overlap", type=_at_least(1), default=5, help="answers a task")
    for kind in WorkerKind:
        default = {WorkerKind.HAMMER: 6, WorkerKind.SLOPPY: 10, WorkerKind.SPAMMER: 4}.get(kind, 0)
        simulate.add_argument(
            f"--{kind.value}", type=_at_least(0), default=default, metavar="N", help=f"default {default}"
        )
    simulate.add_argument("--truth", type=Path, help="write the truth here")
    simulate.set_defaults(run=_simulate)
