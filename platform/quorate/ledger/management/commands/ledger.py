"""`quorate ledger audit`: do the books hold?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quorate.ledger import book
from quorate.ledger.models import Account, Entry


class Command(BaseCommand):
    help = "Audit the ledger: every account at zero or above, all of them together zero."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb."""
        parser.add_argument("verb", choices=["audit"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one line; exits 1 with the problems where there are any."""
        problems = book.audit()
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(
            f"The books hold: {Entry.objects.count()} entries, {Account.objects.count()} accounts, sum zero."
        )
