"""People and invitations."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from quorate.accounts.models import User
from quorate.accounts.people import INVITE_DAYS, Roles
from tasks_app.domain import people as verbs
from tasks_app.errors import Conflict, InvalidInput, NotFound
from tasks_app.queries import control
from tasks_app.web.asked import asked
from tasks_app.web.control.guard import admin_action, admin_page, for_admins, page_of, show_errors

CHOICES = (
    ("requester", "Requester: creates and pays tasks"),
    ("worker", "Worker: does tasks"),
    ("admin", "Admin: everything under Control"),
)
# Where a link waits between the POST that made it and the one page that shows it.
LINK = "control_invite_link"


class RolesForm(forms.Form):
    """What a person may be."""

    roles = forms.MultipleChoiceField(label="Roles", choices=CHOICES, widget=forms.CheckboxSelectMultiple)

    def clean_roles(self) -> Roles:
        """As the domain takes them."""
        return Roles(**{name: name in self.cleaned_data["roles"] for name, _ in CHOICES})


class InviteForm(RolesForm):
    """A link for one account."""

    email = forms.CharField(
        label="Email", required=False, max_length=254, help_text="Left empty, whoever has the link says who they are."
    )
    field_order = ("email", "roles")


class PersonForm(RolesForm):
    """Roles of somebody who is here."""

    active = forms.BooleanField(
        label="Active", required=False, help_text="Inactive people cannot sign in; what they did stays."
    )


@admin_page
def people(request: HttpRequest, admin: User) -> HttpResponse:
    """Everybody, and the invitations that are open."""
    return _page(request, InviteForm(initial={"roles": ["worker"]}))


@admin_action
def invite(request: HttpRequest, admin: User) -> HttpResponse:
    """Make an invitation; the next page shows its link, once."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            row, token = verbs.invite(actor=admin, email=form.cleaned_data["email"], roles=form.cleaned_data["roles"])
        except InvalidInput as error:
            show_errors(form, error)
        else:
            address = request.build_absolute_uri(reverse("accounts:invite", args=[token]))
            request.session[LINK] = {"address": address, "email": row.email}
            return redirect("control:people")
    return _page(request, form)


@admin_action
def withdraw(request: HttpRequest, admin: User, invite: str) -> HttpResponse:
    """The link stops working."""
    verbs.withdraw(actor=admin, invite=invite)
    messages.success(request, "The invitation is withdrawn.")
    return redirect("control:people")


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def person(request: HttpRequest, admin: User, person: str) -> HttpResponse:
    """Somebody's roles."""
    found = User.objects.filter(public_id=person).first()
    if found is None:
        raise NotFound
    held = [name for name, field in control.ROLES.items() if getattr(found, field)]
    form = PersonForm(request.POST or None, initial={"roles": held, "active": found.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            verbs.set_roles(
                user=found, actor=admin, roles=form.cleaned_data["roles"], active=form.cleaned_data["active"]
            )
        except (InvalidInput, Conflict) as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{found.name}: saved.")
            return redirect("control:people")
    return render(request, "control/person.html", {"person": found, "form": form}, status=422 if form.errors else 200)


def _page(request: HttpRequest, form: InviteForm) -> HttpResponse:
    text = asked(request, "q", 254)
    role = request.GET.get("role", "")
    context = {
        "page": page_of(request, control.people(text=text, role=role)),
        "q": text,
        "role": role,
        "roles": [
            ("", "Everybody"),
            *((name, f"{name.capitalize()}s") for name in control.ROLES),
            ("inactive", "Inactive"),
        ],
        "invites": control.open_invites(),
        "form": form,
        "link": request.session.pop(LINK, None),
        "days": INVITE_DAYS,
    }
    return render(request, "control/people.html", context, status=422 if form.errors else 200)
