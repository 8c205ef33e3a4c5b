import http.client
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quorate.common.clock import database_now
from quorate.events.models import Heartbeat

# The relay shows itself every two seconds; so does whichever worker takes the tick, after the job that it may be busy with.
PATIENCE = {"relay": timedelta(seconds=30), "worker": timedelta(minutes=3)}


class Command(BaseCommand):
    help = "Whether a process of this instance is alive: for health checks of containers. Ends with 0 if so, 1 if not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("process", nargs="?", default="web", choices=["web", *PATIENCE])

    def handle(self, **options: Any) -> None:
        """Asks the web server of this machine, or looks at the last sign of life in the database."""
        name = options["process"]
        if name == "web":
            check_web()
        else:
            check_heartbeat(name)
        self.stdout.write(f"{name} is well")


def check_web() -> None:
    allowed = settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost" if allowed == "*" else allowed})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(f"web does not answer: {error}") from error
    finally:
        connection.close()
    if status != 200:
        raise CommandError(f"web answers {status}")


def check_heartbeat(name: str) -> None:
    beat = Heartbeat.objects.filter(name=name).first()
    if not beat:
        raise CommandError(f"{name} has not shown itself yet")
    age = database_now() - beat.at
    if age > PATIENCE[name]:
        raise CommandError(f"{name} was last seen {age.total_seconds():.0f} seconds ago")
