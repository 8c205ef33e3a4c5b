import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quorate.common import processes


class Command(BaseCommand):
    help = "Run one Celery worker alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time (default 2)")
        parser.add_argument("--queues", default="", help="comma-separated; all by default")
        parser.add_argument("--level", default="INFO", help="log level (default INFO)")

    def handle(self, **options: Any) -> None:
        """Becomes the Celery worker: the process id stays, so signals reach it."""
        command = processes.worker(concurrency=options["concurrency"], queues=options["queues"], level=options["level"])
        os.execv(command[0], command)  # noqa: S606  no shell is what is wanted
