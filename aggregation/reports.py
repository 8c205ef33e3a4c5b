"""What the command tells: one function a command, from the encoded table to rows of a CSV."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aggregation import tasks as task_measures
from aggregation import workers as measures
from aggregation.api import aggregate_table
from aggregation.arrays import Ints
from aggregation.classes import HierarchicalDawidSkene
from aggregation.consent import disagreement, krippendorff_alpha
from aggregation.methods import METHODS
from aggregation.progress import Progress, told_of_steps
from aggregation.scores import ClassScore, score_classes
from aggregation.tables import AnswerTable, codes_of

Rows = Iterator[Sequence[object]]


@dataclass(frozen=True)
class Report:
    """`rows` for stdout or a file, `note` for a person on stderr."""

    header: tuple[str, ...]
    rows: Rows
    note: str = ""


def labels(table: AnswerTable, method: str, gold: dict[str, str], seed: int) -> Report:
    """One label a task, by name."""
    with Progress(f"fitting {method}, step", 0) as bar, told_of_steps(bar):
        found = aggregate_table(table, method=method, gold=gold, seed=seed)
    count = table.answers.answers_per_task().tolist()
    rows = sorted(zip(found.tasks, found.labels, found.confidence.tolist(), count, strict=True))
    lost = len(gold.keys() - set(table.tasks))
    note = f"{lost} of {len(gold)} known answers are about tasks nobody answered" if lost else ""
    return Report(("task", "label", "confidence", "answers"), iter(rows), note)


def scores(table: AnswerTable, truth: dict[str, str], methods: Sequence[str], seed: int) -> Report:
    """Methods side by side against a truth, in the order they are given."""
    known = codes_of(truth, table)
    rows = []
    with Progress("", len(methods)) as bar:
        for done, name in enumerate(methods):
            bar(done, name)
            rows.append(_score(table, name, known, seed))
    header = ("method", "tasks", "accuracy", "brier", "ece", "log_loss", "claimed_95", "right_of_claimed")
    return Report(header, iter(rows))


def _score(table: AnswerTable, name: str, truth: Ints, seed: int) -> tuple[object, ...]:
    model = METHODS[name].make().fit(table.answers)
    # One more column, of probability 0, for truths nobody ever said.
    score: ClassScore = score_classes(np.pad(model.posterior_, ((0, 0), (0, 1))), model.labels(seed=seed), truth)
    figures = (score.accuracy, score.brier, score.ece, score.log_loss, score.claimed, score.kept_promise)
    return name, score.tasks, *map(_known, figures)


def people(table: AnswerTable) -> Report:
    """Measures of each worker, the least accurate first; on stderr how far all agree. Rows of the table are in time order."""
    answers = table.answers
    model = HierarchicalDawidSkene().fit(answers)
    support = measures.support(answers, model.posterior_)
    accuracy = measures.expected_accuracy(model.confusion_, model.prior_)
    interval = measures.accuracy_interval(model.confusion_, support, model.prior_)
    change = measures.drift(answers, model.posterior_, np.arange(len(answers)) if table.row is None else table.row)
    columns = {
        "accuracy": accuracy,
        "low": interval.low,
        "high": interval.high,
        "agreement": measures.agreement(answers),
        "spam_score": measures.spam_score(model.confusion_),
        "bits": measures.mutual_information(model.confusion_, model.prior_),
        "before": change.before,
        "after": change.after,
        "drift_p": change.p_value,
    }
    verdict = measures.verdicts(model.confusion_, support, model.prior_)
    count = answers.answers_per_worker()
    order = sorted(range(len(table.workers)), key=lambda row: (accuracy[row], table.workers[row]))
    rows = (
        (table.workers[row], int(count[row]), *(_known(column[row]) for column in columns.values()), verdict[row])
        for row in order
    )
    header = ("worker", "answers", *columns, "verdict")
    return Report(header, rows, f"Krippendorff's alpha: {krippendorff_alpha(answers):.6f}")


def work(table: AnswerTable) -> Report:
    """Measures of each task, the hardest first."""
    answers = table.answers
    model = HierarchicalDawidSkene().fit(answers)
    label = model.labels()
    count = answers.answers_per_task()
    columns = (
        model.posterior_[np.arange(label.size), label],
        task_measures.vote_entropy(answers),
        task_measures.label_entropy(model.posterior_),
        task_measures.difficulty(answers, model.posterior_, model.confusion_),
    )
    order = sorted(range(label.size), key=lambda row: (-columns[-1][row], table.tasks[row]))
    rows = (
        (table.tasks[row], int(count[row]), table.classes[label[row]], *(float(column[row]) for column in columns))
        for row in order
    )
    return Report(("task", "answers", "label", "confidence", "vote_entropy", "label_entropy", "difficulty"), rows)


def pairs_of_classes(table: AnswerTable) -> Report:
    """Heat map of disagreement: of the answers that met an answer of `label`, the share that said each class."""
    shares = disagreement(table.answers)
    rows = ((name, *(_known(cell) for cell in row)) for name, row in zip(table.classes, shares, strict=False))
    return Report(("label", *table.classes), rows)


def _known(value: float) -> float | str:
    return "" if math.isnan(value) else float(value)
