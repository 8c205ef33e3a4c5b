"""Who works on a project: owners, editors, viewers. There is always an owner."""

from django.db import transaction

from quorate.accounts.models import User, normal_email
from tasks_app.domain.projects import record
from tasks_app.enums import Role
from tasks_app.errors import Conflict, InvalidInput, NotFound
from tasks_app.models import Membership, Project
from tasks_app.tools.fields import Problems, read_choice, read_text


def add_member(*, project: Project, actor: User, email: str, role: str) -> Membership:
    """Give the person with this address a role. Raises InvalidInput naming "email" or "role"."""
    problems = Problems()
    address = normal_email(read_text(email, "email", problems, maximum=254))
    _check_role(role, problems)
    problems.check()
    user = User.objects.filter(email=address, is_active=True).first()
    if user is None:
        raise InvalidInput(fields={"email": "Nobody here has this address. An admin can invite them."})
    with transaction.atomic():
        _lock(project)
        member, new = Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})
        if not new:
            raise InvalidInput(fields={"email": f"{user.name} is a member already: change the role in the list."})
        record(project, actor, "member.added", user=user.public_id, name=user.name, role=role)
    return member


def change_role(*, project: Project, actor: User, user: str, role: str) -> None:
    """Another role for the member with this public id. Raises NotFound, InvalidInput, Conflict for the last owner."""
    problems = Problems()
    _check_role(role, problems)
    problems.check()
    with transaction.atomic():
        member = _member(project, user)
        if member.role == role:
            return
        if member.role == Role.OWNER:
            _keep_an_owner(project, member)
        Membership.objects.filter(pk=member.pk).update(role=role)
        record(project, actor, "member.role_changed", user=user, name=member.user.name, role=role)


def remove_member(*, project: Project, actor: User, user: str) -> None:
    """Take a member out. Raises NotFound, Conflict for the last owner."""
    with transaction.atomic():
        member = _member(project, user)
        if member.role == Role.OWNER:
            _keep_an_owner(project, member)
        Membership.objects.filter(pk=member.pk).delete()
        record(project, actor, "member.removed", user=user, name=member.user.name)


def _lock(project: Project) -> None:
    """Two owners who remove each other at the same time must not leave the project without one."""
    Project.objects.select_for_update().get(pk=project.pk)


def _member(project: Project, user: str) -> Membership:
    """The membership, with the project locked for what follows."""
    _lock(project)
    members = Membership.objects.select_related("user").filter(project=project)
    # Compared here: a project has few members, and no database can be asked for every text that may be sent.
    member = next((one for one in members if one.user.public_id == user), None)
    if member is None:
        raise NotFound("This person is no member of the project.")
    return member


def _keep_an_owner(project: Project, leaving: Membership) -> None:
    if not Membership.objects.filter(project=project, role=Role.OWNER).exclude(pk=leaving.pk).exists():
        raise Conflict(f"{leaving.user.name} is the last owner. Make somebody else owner first.", code="last_owner")


def _check_role(role: str, problems: Problems) -> None:
    if not read_choice(role, "role", Problems(), choices=set(Role.values)):
        problems.add("role", "Choose owner, editor or viewer.")
