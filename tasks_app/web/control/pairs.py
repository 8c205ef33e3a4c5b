"""Pairs of workers: accounts that may be one person's, answers that may be copied."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.accounts import linking
from quorate.accounts.models import LinkState, User
from tasks_app.errors import InvalidInput
from tasks_app.queries import gate, pairs
from tasks_app.queries.alike import NEWEST, alike_pairs, has_classes
from tasks_app.web.control.guard import admin_action, admin_page, page_of, show_errors

DO = {"confirm": LinkState.CONFIRMED, "dismiss": LinkState.DISMISSED, "undo": LinkState.HINT}
DONE = {
    LinkState.CONFIRMED: "Confirmed: the two never get the same task.",
    LinkState.DISMISSED: "Dismissed: each gets tasks for itself.",
    LinkState.STRONG: "Undone: linked by what was noticed.",
    LinkState.HINT: "Undone: a hint again, from which nothing follows.",
}
AT_ONCE = 10


class ReasonForm(forms.Form):
    """Why; it stands in the log."""

    reason = forms.CharField(label="Reason", max_length=linking.MAX_REASON, help_text="It stands in the log.")


@admin_page
def links(request: HttpRequest, admin: User) -> HttpResponse:
    """Links in force, hints, and what was dismissed."""
    return _page(request)


@admin_page
def alike(request: HttpRequest, admin: User, project: str) -> HttpResponse:
    """Workers of a project whose answers are too much alike."""
    found = gate.project(admin, project)
    context = {"project": found, "pairs": alike_pairs(found), "newest": NEWEST, "fits": has_classes(found)}
    return render(request, "control/alike.html", context)


@admin_action
def decide(request: HttpRequest, admin: User, link: str) -> HttpResponse:
    """Confirm, dismiss, or take that back."""
    found = pairs.link_of(link)
    form = ReasonForm(request.POST, prefix=found.public_id)
    state = DO.get(request.POST.get("do", ""))
    if form.is_valid() and state is not None:
        try:
            decided = linking.decide(link=found, actor=admin, state=state, reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            show_errors(form, error)
        else:
            messages.success(request, DONE[LinkState(decided.state)])
            return redirect("control:links")
    return _page(request, failed=form)


def _page(request: HttpRequest, failed: ReasonForm | None = None) -> HttpResponse:
    only = request.GET.get("only", "")
    page = page_of(request, pairs.links(only=only), AT_ONCE)
    rows = []
    for link in page:
        form = ReasonForm(prefix=link.public_id)
        rows.append((pairs.told(link), failed if failed and failed.prefix == form.prefix else form))
    context = {"page": page, "rows": rows, "only": only if only in pairs.ONLY else ""}
    return render(request, "control/links.html", context, status=422 if failed else 200)
