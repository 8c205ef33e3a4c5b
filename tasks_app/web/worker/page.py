"""The way into the worker's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quorate.accounts.models import User
from tasks_app.errors import Forbidden

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, User, P], HttpResponse]


def for_workers(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Signed-in workers, who are handed to the view. Others are told that they are none."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.is_worker:
            raise Forbidden("This account takes no work. An admin can change that.")
        return view(request, user, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # the decorators' stubs forget the parameters


def worker_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page to read."""
    return require_safe(for_workers(view))


def worker_form(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page with a form on it."""
    return require_http_methods(["GET", "HEAD", "POST"])(for_workers(view))


def worker_action(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Something that changes things."""
    return require_POST(for_workers(view))
