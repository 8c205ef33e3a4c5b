"""Money: where it lies, deposits, whether the books hold."""

import re
import secrets

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.accounts.models import User, normal_email
from quorate.common import money as amounts
from quorate.ledger import book
from tasks_app.errors import InvalidInput
from tasks_app.queries import control
from tasks_app.templatetags.quorate import money as money_text
from tasks_app.web.control.guard import admin_action, admin_page, page_of, show_errors

# A list of names to choose from; whoever is not in it can still be typed.
MOST_REQUESTERS = 200
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}")


class DepositForm(forms.Form):
    """Money that came in. The token makes the same form, sent twice, one deposit."""

    email = forms.CharField(
        label="Requester",
        max_length=254,
        help_text="The email address of the account.",
        widget=forms.TextInput(attrs={"list": "requesters", "autocomplete": "off", "inputmode": "email"}),
    )
    amount = forms.CharField(
        label="Amount", max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    memo = forms.CharField(
        label="Memo", max_length=200, required=False, help_text="Such as the number of the bank's transfer."
    )
    token = forms.CharField(widget=forms.HiddenInput)

    def clean_email(self) -> User:
        """The requester of this address."""
        found = User.objects.filter(
            email=normal_email(self.cleaned_data["email"]), is_requester=True, is_active=True
        ).first()
        if found is None:
            raise forms.ValidationError("No active requester has this address.")
        return found

    def clean_amount(self) -> int:
        """Micro-units, above zero."""
        try:
            amount = amounts.parse(self.cleaned_data["amount"])
        except InvalidInput as error:
            raise forms.ValidationError(error.fields["amount"]) from None
        if amount == 0:
            raise forms.ValidationError("A deposit is more than zero.")
        return amount

    def clean_token(self) -> str:
        """As this page made it."""
        token: str = self.cleaned_data["token"]
        if TOKEN.fullmatch(token) is None:
            raise forms.ValidationError("Load the page again.")
        return token


@admin_page
def money(request: HttpRequest, admin: User) -> HttpResponse:
    """Balances, the ledger, the audit."""
    initial = {"token": secrets.token_urlsafe(16), "email": request.GET.get("to", "")[:254]}
    return _page(request, DepositForm(initial=initial))


@admin_action
def deposit(request: HttpRequest, admin: User) -> HttpResponse:
    """Book a deposit, once."""
    form = DepositForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    requester, amount = form.cleaned_data["email"], form.cleaned_data["amount"]
    try:
        made = book.deposit(
            requester=requester,
            amount=amount,
            actor=admin,
            ref=f"form:{form.cleaned_data['token']}",
            memo=form.cleaned_data["memo"],
        )
    except InvalidInput as error:
        show_errors(form, error)
        return _page(request, form)
    if made:
        messages.success(request, f"{money_text(amount)} deposited to {requester.name}.")
    else:
        messages.info(request, "This form was sent before: nothing was deposited again.")
    return redirect("control:money")


def _page(request: HttpRequest, form: DepositForm) -> HttpResponse:
    context = {
        "kinds": control.balances_by_kind(),
        "requesters": list(control.requesters()[:MOST_REQUESTERS]),
        "page": page_of(request, control.entries()),
        "problems": book.audit(),
        "form": form,
        "currency": settings.CURRENCY,
    }
    return render(request, "control/money.html", context, status=422 if form.errors else 200)
