"""The way in and the page about oneself."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quorate.accounts import linking, people
from quorate.accounts.devices import recognise
from quorate.accounts.forms import JoinForm, KeyForm, NameForm, PasswordForm, SignInForm, take_errors
from quorate.accounts.models import User
from quorate.common.errors import DomainError, NotFound

BACKEND = "django.contrib.auth.backends.ModelBackend"
FAULTY = 422


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The landing page; whoever is signed in goes where their role works."""
    if not request.user.is_authenticated:
        return render(request, "public/landing.html", {"signup_open": settings.SIGNUP_OPEN})
    return redirect(_start(request.user))


def _start(user: User) -> str:
    if user.is_requester:
        return "/projects/"
    if user.is_worker:
        return "/work/"
    return "/control/" if user.is_admin else "/me/"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Goes on to `next` where that is a page of ours."""
    target = _next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.user, backend=BACKEND)
        return recognise(request, HttpResponseRedirect(target), form.user)
    context = {"form": form, "next": target, "signup_open": settings.SIGNUP_OPEN}
    return render(request, "accounts/sign_in.html", context, status=FAULTY if form.is_bound else 200)


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """By POST alone: a picture on another site cannot sign anyone out."""
    logout(request)
    return redirect("home")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open only where the instance's settings say so; a notice with 404 otherwise. New people are workers."""
    if request.user.is_authenticated:
        return redirect("home")
    if not settings.SIGNUP_OPEN:
        return render(request, "accounts/closed.html", status=404)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            user = people.create_user(email=values["email"], name=values["name"], password=values["password"])
        except DomainError as error:
            take_errors(form, error)
        else:
            return _welcome(request, user)
    return render(request, "accounts/sign_up.html", {"form": form}, status=FAULTY if form.is_bound else 200)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """Name and password make the account the invitation stands for."""
    try:
        row = people.find_invite(token=token)
    except NotFound:
        return render(request, "accounts/invite_over.html", status=404)
    form = JoinForm(request.POST if request.method == "POST" else None, fixed_email=row.email)
    if form.is_valid():
        values = form.cleaned_data
        try:
            user = people.accept_invite(
                token=token, name=values["name"], password=values["password"], email=values.get("email", "")
            )
        except NotFound:
            return render(request, "accounts/invite_over.html", status=404)
        except DomainError as error:
            take_errors(form, error)
        else:
            messages.success(request, "Welcome. Your account is ready.")
            return _welcome(request, user)
    context = {"form": form, "invite": row, "by": row.invited_by}
    return render(request, "accounts/invite.html", context, status=FAULTY if form.is_bound else 200)


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """An account was made: in it goes."""
    login(request, user, backend=BACKEND)
    linking.joined(user=user, address=request.META.get("REMOTE_ADDR", ""))
    return recognise(request, redirect("home"), user)


# --- The page about oneself -------------------------------------------------------------------------------------------
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Name, password, API keys; the name is saved here."""
    user = cast(User, request.user)
    if request.method != "POST":
        return _me(request)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            people.rename(user=user, name=form.cleaned_data["name"])
        except DomainError as error:
            take_errors(form, error)
        else:
            messages.success(request, "Your name is saved.")
            return redirect("accounts:settings")
    return _me(request, name_form=form)


@never_cache
@sensitive_post_parameters("old_password", "new_password")
@login_required
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """This session goes on, every other session of the account ends."""
    user = cast(User, request.user)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            people.change_password(
                user=user, old=form.cleaned_data["old_password"], new=form.cleaned_data["new_password"]
            )
        except DomainError as error:
            take_errors(form, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, "Your password is changed. Other devices are signed out.")
            return redirect("accounts:settings")
    return _me(request, password_form=form)


@never_cache
@login_required
@require_POST
def create_key(request: HttpRequest) -> HttpResponse:
    """Answers with the key's text in the page itself: it is stored nowhere, so there is nothing to redirect to."""
    user = cast(User, request.user)
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            key, text = people.create_api_key(user=user, name=form.cleaned_data["name"])
        except DomainError as error:
            take_errors(form, error)
        else:
            return _me(request, new_key=key, new_key_text=text)
    return _me(request, key_form=form)


@login_required
@require_POST
def revoke_key(request: HttpRequest, public_id: str) -> HttpResponse:
    people.revoke_api_key(user=cast(User, request.user), public_id=public_id)
    messages.success(request, "The key no longer works.")
    return redirect("accounts:settings")


def _me(request: HttpRequest, **extra: object) -> HttpResponse:
    """The page with one of its forms bound; 422 when that one has errors."""
    user = cast(User, request.user)
    # A refused name must not stay on the person that the rest of the page shows.
    user.refresh_from_db(fields=["name"])
    context: dict[str, object] = {
        "name_form": NameForm(initial={"name": user.name}, auto_id="profile_%s"),
        "password_form": PasswordForm(),
        "key_form": KeyForm(auto_id="key_%s"),
        "keys": user.api_keys.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "-pk"),
        "linked": len(linking.accounts_of(user)) > 1,
        **extra,
    }
    faulty = any(getattr(value, "errors", None) for value in context.values())
    return render(request, "accounts/settings.html", context, status=FAULTY if faulty else 200)
