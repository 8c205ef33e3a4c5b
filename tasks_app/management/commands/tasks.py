"""`quorate tasks audit`: do places, states and results agree with each other?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quorate.common.unchecked import dangling
from tasks_app.domain.quality import decide_anew
from tasks_app.models import Task
from tasks_app.queries.soundness import faults


class Command(BaseCommand):
    help = "Audit the tasks: places counted right, none asked without a place or decided and still handed out, no loose ends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["audit"])
        parser.add_argument("--mend", action="store_true", help="have the job decide anew what it can put right")

    def handle(self, **options: Any) -> None:
        """Prints one line; exits 1 with the faults where there are any."""
        found = faults()
        if options["mend"]:
            decide_anew(task for fault in found if fault.mendable for task in fault.tasks)
        wrong = [*map(str, found), *dangling()]
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"The tasks hold: {Task.objects.count()} of them, places and states agree.")
