from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tasks_app.domain.demo import PASSWORDS, make_demo


class Command(BaseCommand):
    help = "Make the demo: an admin, a requester, a worker and a launched project of each kind. Running it again changes nothing."

    def handle(self, **options: Any) -> None:
        made = make_demo(data=settings.DATA)
        for name in made.projects:
            self.stdout.write(f"Demo project: {name}")
        if made.people:
            self.stdout.write(f"Their first passwords are in {settings.DATA / PASSWORDS}")
