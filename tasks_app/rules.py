"""Who may do what: small predicates over roles, no database. The gate (queries/gate.py) asks them for every object."""

from collections.abc import Callable

from tasks_app.enums import Role

# A predicate over the person's role in the project (None: no member) and whether the person is an admin.
Need = Callable[[str | None, bool], bool]


def view(role: str | None, is_admin: bool) -> bool:  # noqa: FBT001 - a predicate's two facts
    """Members read; admins read all."""
    return role is not None or is_admin


def edit(role: str | None, is_admin: bool) -> bool:  # noqa: FBT001
    """Owners and editors change the question, items, price, and run it. Admins act through /control/, not here."""
    return role in {Role.OWNER, Role.EDITOR}


def own(role: str | None, is_admin: bool) -> bool:  # noqa: FBT001
    """Owners manage members and delete."""
    return role == Role.OWNER
