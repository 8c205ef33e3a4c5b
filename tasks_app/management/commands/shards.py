"""`quorate shards write|fit`: labels for more answers than memory holds, by the Celery workers."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from kombu.exceptions import OperationalError as BrokerError

from aggregation.arrays import best_class
from aggregation.progress import Progress
from aggregation.shards import ShardedDawidSkene, Shards
from tasks_app.domain.sharded_fits import fit_by_jobs, shards_folder
from tasks_app.errors import InvalidInput


class Command(BaseCommand):
    help = "Dawid-Skene over shards of answers on disk, each step mapped to a job a shard and summed."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        write = verbs.add_parser("write", help="cut a CSV of answers (task, worker, label: whole numbers) into shards")
        write.add_argument("name", help="what to call them: small letters, digits, - and _")
        write.add_argument("answers", type=Path)
        write.add_argument("--classes", type=int, required=True, help="labels are 0 to one less than this")
        write.add_argument("--shards", type=int, default=64, help="default 64; each must fit into memory")
        fit = verbs.add_parser("fit", help="fit all of them by the running workers")
        fit.add_argument("name")
        fit.add_argument("--out", type=Path, required=True, help="CSV of task, label, confidence to write")
        fit.add_argument("--max-iter", type=int, default=100, help="steps at most (default 100)")
        fit.add_argument("--tol", type=float, default=1e-6, help="gain an answer below which it ends (default 1e-6)")

    def handle(self, **options: Any) -> None:
        """Prints one line; what is wrong with the input ends it with one line."""
        try:
            (self._write if options["verb"] == "write" else self._fit)(options)
        except InvalidInput as error:
            raise CommandError(error.message) from error
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error

    def _write(self, options: dict[str, Any]) -> None:
        folder = shards_folder(options["name"])
        made = Shards.from_csv(options["answers"], folder, n_classes=options["classes"], n_shards=options["shards"])
        self.stdout.write(f"{made.n_answers:,} answers in {made.n_shards} shards in {folder}")

    def _fit(self, options: dict[str, Any]) -> None:
        model = ShardedDawidSkene(max_iter=options["max_iter"], tol=options["tol"])
        try:
            with Progress("waiting for workers", 1) as bar:
                shards = fit_by_jobs(name=options["name"], model=model, told=_Steps(bar))
        except BrokerError as error:
            raise CommandError(f"The broker cannot be reached: {error}") from error
        with options["out"].open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("task", "label", "confidence"))
            for tasks, posterior in model.posteriors(shards):
                sure = posterior.max(axis=1).round(6)
                table.writerows(zip(tasks.tolist(), best_class(posterior, tasks).tolist(), sure.tolist(), strict=True))
        end = "converged" if model.converged_ else "not converged"
        self.stdout.write(f"{shards.n_answers:,} answers, {model.n_iter_} steps, {end}: {options['out']}")


class _Steps:
    """Shows each step as a bar of its own: how many there will be is not known before."""

    def __init__(self, bar: Progress) -> None:
        self.bar, self.step = bar, 0

    def __call__(self, done: int, of: int) -> None:
        self.step += done == 1
        self.bar(done, f"step {self.step}", of)
