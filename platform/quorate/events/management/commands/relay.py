"""`quorate relay`: rings Celery for dirty rows."""

from typing import Any

from django.core.management.base import BaseCommand

from quorate.events.relay import run


class Command(BaseCommand):
    help = "Run the relay: rings Celery jobs for what changed, and the clock's tick. One is enough; two do no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        """Until stopped."""
        run()
