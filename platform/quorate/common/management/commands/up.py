import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from quorate.common import preparing, processes
from quorate.common.supervisor import Plan


class Command(BaseCommand):
    help = "Run everything: web server, Celery worker and relay under one supervisor, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also make the demo content, unless it is there")
        parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
        parser.add_argument("--processes", type=int, default=1, help="web server processes (default 1)")
        parser.add_argument("--threads", type=int, default=8, help="threads in each of them (default 8)")
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time (default 2)")
        parser.add_argument("--worker-level", default="WARNING", help="log level of the worker (default WARNING)")

    def handle(self, **options: Any) -> None:
        """Prepares, then becomes the supervisor: the process id stays, and nothing of Django stays in its memory."""
        lock = preparing.own_the_data(settings.DATA, patience=2 * processes.GRACE_SECONDS)
        preparing.check_port(settings.BIND, settings.PORT)
        if settings.EMBEDDED:
            preparing.fresh_broker(settings.DATA)
        if not options["no_migrate"]:
            preparing.migrate()
        preparing.collect_static(Path(settings.STATIC_ROOT))
        if options["demo"]:
            call_command("demo", stdout=self.stdout)
        connections.close_all()
        plan = self.plan(lock, options)
        sys.stdout.flush()
        command = [sys.executable, "-m", "quorate.common.supervisor", plan.to_json()]
        os.execv(command[0], command)  # noqa: S606  no shell is what is wanted

    def plan(self, lock: int, options: dict[str, Any]) -> Plan:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND, settings.BIND)  # noqa: S104  read, not bound
        shown = f"[{host}]" if ":" in host else host
        address = settings.PUBLIC_URL or f"http://{shown}:{settings.PORT}"
        allowed = settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else "localhost"
        return Plan(
            commands={
                "web": processes.web(
                    bind=settings.BIND,
                    port=settings.PORT,
                    processes=options["processes"],
                    threads=options["threads"],
                ),
                "worker": processes.worker(concurrency=options["concurrency"], level=options["worker_level"]),
                "relay": processes.relay(),
            },
            health=(host, settings.PORT, "/healthz", "localhost" if allowed == "*" else allowed),
            ready=[f"Quorate runs at {address}/"],
            first_passwords=str(settings.DATA / "first-passwords.txt"),
            grace=processes.GRACE_SECONDS,
            lock=lock,
        )
