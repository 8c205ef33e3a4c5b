from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from quorate.common import preparing


class Command(BaseCommand):
    help = "Bring the database up to date and collect the static files: once, before a new version's processes start."

    def handle(self, **options: Any) -> None:
        preparing.migrate()
        collected = preparing.collect_static(Path(settings.STATIC_ROOT))
        self.stdout.write(f"Database up to date; static files {'collected' if collected else 'as they were'}.")
