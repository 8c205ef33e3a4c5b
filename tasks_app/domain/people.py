"""What admins do to people: invite, give roles, let in and out. One transaction each, with its event."""

from django.db import transaction

from quorate.accounts import people
from quorate.accounts.models import Invite, User
from quorate.accounts.people import Roles
from quorate.events.log import record
from tasks_app.errors import Conflict, Forbidden, InvalidInput


def invite(*, actor: User, email: str, roles: Roles) -> tuple[Invite, str]:
    """An invitation and its token, which is known only now. Raises Forbidden, InvalidInput naming "email" or "roles"."""
    _admin(actor)
    with transaction.atomic():
        row, token = people.invite(by=actor, email=email, roles=roles)
        record(
            actor=actor,
            verb="invited",
            object_type="invite",
            object_id=row.public_id,
            data={"email": row.email, "roles": _names(roles)},
        )
    return row, token


def withdraw(*, actor: User, invite: str) -> None:
    """The invitation with this public id no longer works; again is harmless. Raises Forbidden, NotFound."""
    _admin(actor)
    with transaction.atomic():
        people.withdraw_invite(public_id=invite)
        record(actor=actor, verb="invite.withdrawn", object_type="invite", object_id=invite)


def set_roles(*, user: User, actor: User, roles: Roles, active: bool) -> User:
    """Give a person exactly these roles, and let them in or keep them out. Nothing happens where nothing changes.

    Raises Forbidden, InvalidInput naming "roles", Conflict where no active admin would be left or one shuts oneself out.
    """
    _admin(actor)
    if active and not (roles.requester or roles.worker or roles.admin):
        raise InvalidInput(fields={"roles": "Choose at least one role, or deactivate the account."})
    with transaction.atomic():
        # All admins are locked, in one order: two who demote each other at the same time must not both succeed.
        admins = set(
            User.objects.select_for_update()
            .filter(is_admin=True, is_active=True)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        current = User.objects.select_for_update().get(pk=user.pk)
        if not (active and roles.admin):
            if admins == {current.pk}:
                raise Conflict("This is the last active admin. Make somebody else an admin first.", code="last_admin")
            if current.pk == actor.pk:
                raise Conflict("You cannot take your own admin role away: ask another admin.", code="oneself")
        before = (Roles(current.is_requester, current.is_worker, current.is_admin), current.is_active)
        if before == (roles, active):
            return current
        current.is_requester, current.is_worker, current.is_admin = roles.requester, roles.worker, roles.admin
        current.is_active = active
        current.save(update_fields=["is_requester", "is_worker", "is_admin", "is_active"])
        record(
            actor=actor,
            verb="person.changed",
            object_type="user",
            object_id=current.public_id,
            data={
                "before": {"roles": _names(before[0]), "active": before[1]},
                "after": {"roles": _names(roles), "active": active},
            },
        )
    return current


def _admin(actor: User) -> None:
    if not actor.is_admin:
        raise Forbidden("Only admins do this.")


def _names(roles: Roles) -> list[str]:
    return [name for name in ("requester", "worker", "admin") if getattr(roles, name)]
