"""Appeals against what rules did, and disputes of rejections: what was seen, what the worker says, the decision."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.accounts.models import User
from tasks_app.domain import appealing, rejecting
from tasks_app.errors import Conflict, InsufficientFunds, InvalidInput
from tasks_app.queries import reviews, ruled
from tasks_app.web.control.guard import admin_action, admin_page, page_of, show_errors

# The oldest are shown; answered, they make room for the next.
REJECTIONS = 50


class DecisionForm(forms.Form):
    """The answer; the worker reads it."""

    answer = forms.CharField(
        label="Answer",
        max_length=appealing.MAX_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The worker reads it.",
    )


@admin_page
def disputes(request: HttpRequest, admin: User) -> HttpResponse:
    """Those to decide, and those decided."""
    return _page(request)


@admin_action
def decide(request: HttpRequest, admin: User, appeal: str) -> HttpResponse:
    """Grant it or turn it down."""
    found = ruled.appeal(appeal)
    form = DecisionForm(request.POST, prefix=found.public_id)
    if form.is_valid():
        granted = request.POST.get("do") == "grant"
        try:
            appealing.decide(appeal=found, actor=admin, granted=granted, answer=form.cleaned_data["answer"])
        except (InvalidInput, Conflict) as error:
            show_errors(form, error)
        else:
            messages.success(request, "Granted: what the rule did is undone." if granted else "Turned down.")
            return redirect("control:disputes")
    return _page(request, failed=form)


@admin_action
def answer(request: HttpRequest, admin: User, rejection: str) -> HttpResponse:
    """Answer a worker who disputes a rejection, in the requester's place."""
    found = reviews.rejection(rejection)
    form = DecisionForm(request.POST, prefix=found.public_id)
    if form.is_valid():
        granted = request.POST.get("do") == "grant"
        try:
            rejecting.answer_dispute(rejection=found, actor=admin, granted=granted, answer=form.cleaned_data["answer"])
        except (InvalidInput, Conflict, InsufficientFunds) as error:
            show_errors(form, error)
        else:
            messages.success(request, "Granted: the page is accepted and paid." if granted else "Turned down.")
            return redirect("control:disputes")
    return _page(request, failed=form)


def _page(request: HttpRequest, failed: DecisionForm | None = None) -> HttpResponse:
    decided = request.GET.get("only") == "decided"
    page = page_of(request, ruled.disputes(decided=decided), 20)
    rows = []
    for appeal in page:
        form = DecisionForm(prefix=appeal.public_id)
        rows.append((ruled.dispute(appeal), failed if failed and failed.prefix == form.prefix else form))
    refused = []
    for one in [] if decided else reviews.disputes()[:REJECTIONS]:
        form = DecisionForm(prefix=one.public_id)
        refused.append((one, failed if failed and failed.prefix == form.prefix else form))
    context = {"page": page, "rows": rows, "decided": decided, "refused": refused}
    return render(request, "control/disputes.html", context, status=422 if failed else 200)
