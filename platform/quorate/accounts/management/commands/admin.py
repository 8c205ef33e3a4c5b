"""`quorate admin`: the first admin of a new instance, and the way back in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quorate.accounts import people
from quorate.common.errors import InvalidInput


class Command(BaseCommand):
    help = "Make an account of this address an admin, and the account itself where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom."""
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="what others see; the part before the @ by default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the password of a new account, which is stored nowhere; exits 1 naming what is wrong."""
        email = options["email"]
        try:
            user, password = people.make_admin(email=email, name=options["name"] or email.split("@")[0])
        except InvalidInput as error:
            raise CommandError(
                "; ".join(f"{field}: {' '.join(said)}" for field, said in error.fields.items())
            ) from error
        if password is None:
            self.stdout.write(f"{user.email} is an admin now. The password is the one it had.")
        else:
            self.stdout.write(f"{user.email} is an admin. Password: {password}  (change it under Settings)")
