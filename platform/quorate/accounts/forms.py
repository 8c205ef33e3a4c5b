"""Forms about oneself. They read text; what is allowed is decided in people.py, whose errors `take_errors` puts beside the fields."""

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quorate.accounts import throttle
from quorate.accounts.models import User, normal_email
from quorate.accounts.people import KEY_NAME_LENGTH, NAME_LENGTH
from quorate.common.errors import DomainError


def take_errors(form: forms.Form, error: DomainError) -> None:
    """Put a refusal beside the fields it names; what names none of them stands above the form."""
    for name, messages in error.fields.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
    if not error.fields:
        form.add_error(None, error.message)


def email_field(label: str = "Email") -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


def password_field(label: str, *, new: bool, help_text: str = "") -> forms.CharField:
    """Not stripped: spaces may be part of a password."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"})
    return forms.CharField(label=label, strip=False, max_length=256, widget=widget, help_text=help_text)


LENGTH_HELP = "At least 10 characters, not only digits, nothing common."


class SignInForm(forms.Form):
    """`user` holds the person once the form is valid."""

    email = email_field()
    password = password_field("Password", new=False)
    user: User

    def __init__(self, request: HttpRequest, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        self.request = request

    def clean(self) -> dict[str, object]:
        """One message for a wrong address, a wrong password and a closed account: it tells nobody who is here."""
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        email, place = normal_email(values["email"]), self.request.META.get("REMOTE_ADDR", "")
        if not throttle.may_try(email=email, place=place):
            raise forms.ValidationError(_("Too many attempts. Wait five minutes and try again."), code="too_many")
        user = authenticate(self.request, username=email, password=values["password"])
        if not isinstance(user, User):
            throttle.failed(email=email, place=place)
            raise forms.ValidationError(_("This address and password do not belong together."), code="wrong")
        throttle.succeeded(email=email, place=place)
        self.user = user
        return values


class NameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=NAME_LENGTH, help_text="Shown to the people you work with.")


class JoinForm(NameForm):
    """Signing up, and accepting an invitation; `email` is dropped where the invitation names the address."""

    email = email_field()
    password = password_field("Password", new=True, help_text=LENGTH_HELP)
    field_order = ("email", "name", "password")

    def __init__(self, data: object = None, *, fixed_email: str = "") -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if fixed_email:
            del self.fields["email"]


class PasswordForm(forms.Form):
    old_password = password_field("Current password", new=False)
    new_password = password_field("New password", new=True, help_text=LENGTH_HELP)


class KeyForm(forms.Form):
    name = forms.CharField(
        label="Name of the key", max_length=KEY_NAME_LENGTH, help_text="What uses it, such as “nightly export”."
    )
