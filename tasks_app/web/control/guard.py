"""Admins only; for everybody else these pages do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from quorate.accounts.models import User
from tasks_app.errors import DomainError, NotFound
from tasks_app.queries import gate

View = Callable[..., HttpResponse]
PAGE_SIZE = 50


def admin_page(view: View) -> View:
    """A page to read; the view is called with the request, the admin, and what the address names."""
    return require_safe(for_admins(view))


def admin_action(view: View) -> View:
    """Something that changes things: POST only."""
    return require_POST(for_admins(view))


def for_admins(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            raise NotFound
        gate.control(user)
        # Addresses here name people and things by their public ids; a NUL in one would be the database's error, not "none".
        if not all(gate.may_be_id(part) for part in kwargs.values() if isinstance(part, str)):
            raise NotFound
        return view(request, user, *args, **kwargs)

    return guarded


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """The page that `?page=` asks for; the nearest there is for one that is not."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def show_errors(form: Form, error: DomainError) -> None:
    """A domain error at the form's fields of the same names, the rest at its head."""
    for name, texts in error.fields.items():
        form.add_error(name if name in form.fields else None, texts)
    if not error.fields:
        form.add_error(None, error.message)
