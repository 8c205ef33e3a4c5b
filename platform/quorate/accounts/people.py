"""What can be done to people and their keys. Every refusal is a named error whose `fields` are those of the forms and the API.

Each change is one transaction with its event. Making and withdrawing an invitation is told of by the floor above, which
knows the admin who did it. No event holds an address, a password, a token or a part of one.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from quorate.accounts.models import ApiKey, Invite, User, make_api_key, new_token, normal_email, token_digest
from quorate.common.errors import Conflict, InvalidInput, NotFound
from quorate.common.ids import ALPHABET
from quorate.events.log import record

NAME_LENGTH = 120
KEY_NAME_LENGTH = 80
MOST_KEYS = 20
INVITE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Roles:
    """What a person may be at once: any mix."""

    requester: bool = False
    worker: bool = True
    admin: bool = False

    def names(self) -> list[str]:
        """Those held, as events tell them."""
        return [name for name in ("requester", "worker", "admin") if getattr(self, name)]


WORKER = Roles()


def create_user(*, email: str, name: str, password: str | None, roles: Roles = WORKER) -> User:
    """A new, active account; `None` as password makes one that cannot sign in until it is given one.

    Raises InvalidInput naming email, name or password; Conflict (code "email_taken") where the address has an account.
    """
    user = User(
        email=clean_email(email),
        name=clean_name(name),
        is_requester=roles.requester,
        is_worker=roles.worker,
        is_admin=roles.admin,
    )
    _set_password(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            _note(user, "user.joined", roles=roles.names())
    except IntegrityError as error:
        # The database decides, not a look beforehand: two sign-ups at once cannot both pass.
        if not User.objects.filter(email=user.email).exists():
            raise
        raise Conflict(
            code="email_taken", fields={"email": "This address has an account already. Sign in instead."}
        ) from error
    return user


def make_admin(*, email: str, name: str) -> tuple[User, str | None]:
    """An admin of this address, and the password of an account made just now; None where there was one, which is opened.

    The way in for the first admin, and back in for the last: for whoever holds the machine. Raises InvalidInput naming
    email or name.
    """
    address = clean_email(email)
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=address).first()
        if user is None:
            password = new_password()
            made = create_user(email=address, name=name, password=password, roles=Roles(worker=False, admin=True))
            return made, password
        if not (user.is_admin and user.is_active):
            user.is_admin = user.is_active = True
            user.save(update_fields=["is_admin", "is_active"])
            record(actor=None, verb="user.made_admin", object_type="user", object_id=user.public_id)
    return user, None


def new_password() -> str:
    """Four groups of four letters and digits that are hard to misread: 76 random bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def invite(*, by: User, email: str = "", roles: Roles = WORKER, days: int = INVITE_DAYS) -> tuple[Invite, str]:
    """A link's row and its token, which is known only now. An empty `email` leaves the address to whoever holds the link."""
    if not (roles.requester or roles.worker or roles.admin):
        raise InvalidInput(fields={"roles": "Choose at least one role."})
    token = new_token()
    row = Invite.objects.create(
        email=clean_email(email) if email.strip() else "",
        is_requester=roles.requester,
        is_worker=roles.worker,
        is_admin=roles.admin,
        token_hash=token_digest(token),
        invited_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    return row, token


def find_invite(*, token: str) -> Invite:
    """The open invitation of this token. Raises NotFound for one that never was, was used, or has expired."""
    row = Invite.objects.filter(token_hash=token_digest(token)).first()
    if row is None or not row.is_open:
        raise NotFound("This invitation was used already, has expired, or never was.")
    return row


def withdraw_invite(*, public_id: str) -> None:
    """An open invitation no longer works; nothing happens to one that is over. Raises NotFound for no such invitation."""
    now = timezone.now()
    if not Invite.objects.filter(public_id=public_id).exists():
        raise NotFound("There is no such invitation.")
    Invite.objects.filter(public_id=public_id, used_at=None, expires_at__gt=now).update(expires_at=now)


@transaction.atomic
def accept_invite(*, token: str, name: str, password: str, email: str = "") -> User:
    """The account of an invitation, with its roles. `email` counts only where the invitation names none.

    Raises NotFound (see find_invite), InvalidInput, Conflict as create_user does; the invitation stays open then.
    """
    row = find_invite(token=token)
    roles = Roles(requester=row.is_requester, worker=row.is_worker, admin=row.is_admin)
    user = create_user(email=row.email or email, name=name, password=password, roles=roles)
    # Of two people opening one link at once, one update finds it unused; the other's account is rolled back.
    now = timezone.now()
    taken = Invite.objects.filter(pk=row.pk, used_at=None, expires_at__gt=now).update(used_at=now, used_by=user)
    if not taken:
        raise NotFound("This invitation was used already, has expired, or never was.")
    record(
        actor=user,
        verb="invite.accepted",
        object_type="invite",
        object_id=row.public_id,
        data={"user": user.public_id},
    )
    return user


def rename(*, user: User, name: str) -> None:
    """The name others see. Raises InvalidInput naming name."""
    before, after = user.name, clean_name(name)
    if before == after:
        return
    user.name = after
    with transaction.atomic():
        user.save(update_fields=["name"])
        _note(user, "user.renamed", before=before, after=after)


def change_password(*, user: User, old: str, new: str) -> None:
    """Raises InvalidInput naming old_password or new_password. Other sessions of the account end by Django's session hash."""
    if not user.check_password(old):
        raise InvalidInput(fields={"old_password": "This is not your password."})
    _set_password(user, new, field="new_password")
    with transaction.atomic():
        user.save(update_fields=["password"])
        _note(user, "password.changed")


def create_api_key(*, user: User, name: str) -> tuple[ApiKey, str]:
    """A key's row and its text, which is shown once and never stored. Raises InvalidInput, Conflict above 20 keys in force."""
    label = " ".join(name.split())
    if not label or len(label) > KEY_NAME_LENGTH or not label.isprintable():
        raise InvalidInput(fields={"name": f"Write a name of 1 to {KEY_NAME_LENGTH} characters."})
    if user.api_keys.filter(revoked_at=None).count() >= MOST_KEYS:
        raise Conflict(f"You have {MOST_KEYS} keys. Revoke one first.", code="too_many_keys")
    key, text = make_api_key(user, name=label)
    with transaction.atomic():
        key.save(force_insert=True)
        _note_key(user, "key.created", key)
    return key, text


def revoke_api_key(*, user: User, public_id: str) -> None:
    """The key stops working at once; revoking twice keeps the first time. Raises NotFound for another person's key."""
    key = user.api_keys.filter(public_id=public_id).first()
    if key is None:
        raise NotFound("There is no such key.")
    with transaction.atomic():
        if user.api_keys.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            _note_key(user, "key.revoked", key)


def clean_email(email: str) -> str:
    """The address in its one spelling. Raises InvalidInput naming email."""
    address = normal_email(email)
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidInput(fields={"email": "Write an address such as alice@example.org."}) from None
    if len(address) > 254:
        raise InvalidInput(fields={"email": "This address is too long."})
    return address


def clean_name(name: str) -> str:
    """One line, single spaces. Raises InvalidInput naming name."""
    text = " ".join(name.split())
    if not text or len(text) > NAME_LENGTH or not text.isprintable():
        raise InvalidInput(fields={"name": f"Write a name of 1 to {NAME_LENGTH} characters."})
    return text


def _set_password(user: User, password: str | None, *, field: str = "password") -> None:
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise InvalidInput(fields={field: error.messages}) from None
    user.set_password(password)


def _note(user: User, verb: str, **data: object) -> None:
    """What a person did to their own account."""
    record(actor=user, verb=verb, object_type="user", object_id=user.public_id, data=dict(data))


def _note_key(user: User, verb: str, key: ApiKey) -> None:
    record(actor=user, verb=verb, object_type="api_key", object_id=key.public_id, data={"name": key.name})
