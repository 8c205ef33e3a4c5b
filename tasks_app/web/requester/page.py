"""What the pages of a project share: the way in, the sub-navigation, how a refused form is shown again."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quorate.accounts.models import User
from tasks_app import rules
from tasks_app.enums import PoolState
from tasks_app.errors import DomainError
from tasks_app.models import Pool, Project
from tasks_app.queries import gate
from tasks_app.queries.pools import current_pool

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, Project, P], R]

_METHODS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "read": require_safe,
    "write": require_POST,
    "form": require_http_methods(["GET", "HEAD", "POST"]),
}

# A form that is refused: 422, which htmx swaps in and browsers show like any page.
REFUSED = 422


def me(request: HttpRequest) -> User:
    """The signed-in person; views behind `login_required` only."""
    return cast(User, request.user)


def project_view(
    how: str = "read", *, see: rules.Need = rules.view, change: rules.Need = rules.edit
) -> Callable[[View[P, R]], Callable[..., HttpResponseBase]]:
    """A view of one project: signed in, let through by the gate, given the Project instead of its public id.

    `how`: "read" (GET), "write" (POST) or "form" (both). `see` is needed to look, `change` to send something.
    """

    def decorate(view: View[P, R]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def inner(request: HttpRequest, project: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            need = change if request.method == "POST" else see
            return view(request, gate.project(me(request), project, need), *args, **kwargs)

        return cast(Callable[..., HttpResponseBase], login_required(_METHODS[how](inner)))

    return decorate


def role_of(project: Project) -> str | None:
    """The reader's role, as the gate found it; None for an admin who is no member."""
    return cast(str | None, getattr(project, "gate_role", None))


def shows_balance(request: HttpRequest, project: Project) -> bool:
    """Whose money it is sees what is left of it, and so do those who may spend it; a viewer does not."""
    return project.created_by_id == me(request).pk or rules.edit(role_of(project), False)


def project_context(project: Project, tab: str, pool: Pool | None = None, **more: Any) -> dict[str, Any]:
    """What templates/requester/project.html needs; `tab` is the URL name of the current entry. A query without `pool`."""
    role = role_of(project)
    shown = pool or current_pool(project)
    return {
        "project": project,
        "pool": shown,
        "tab": tab,
        "role": role,
        "can_edit": rules.edit(role, False),
        "can_own": rules.own(role, False),
        "is_draft": shown.state == PoolState.DRAFT,
        **more,
    }


def first_messages(error: DomainError) -> Mapping[str, str]:
    """Field → its first message."""
    return {name: texts[0] for name, texts in error.fields.items() if texts}


def posted(request: HttpRequest, name: str, longest: int = 200_000) -> str:
    """A text field as sent, "" where it is missing. NUL, which no database stores, is left for the domain to refuse."""
    return request.POST.get(name, "")[:longest]


def see_other(to: str) -> HttpResponse:
    """303: the browser fetches the page anew after a POST, whatever the method was."""
    return HttpResponse(status=303, headers={"Location": to})
