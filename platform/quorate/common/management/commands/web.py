import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from quorate.common import processes


class Command(BaseCommand):
    help = "Run the web server alone (QUORATE_BIND, QUORATE_PORT). Static files must have been collected."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--processes", type=int, default=1, help="server processes (default 1)")
        parser.add_argument("--threads", type=int, default=8, help="requests at a time in each process (default 8)")

    def handle(self, **options: Any) -> None:
        """Becomes gunicorn: the process id stays, so signals reach it."""
        command = processes.web(
            bind=settings.BIND, port=settings.PORT, processes=options["processes"], threads=options["threads"]
        )
        os.execv(command[0], command)  # noqa: S606  no shell is what is wanted
