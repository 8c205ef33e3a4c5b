"""Health of the instance, its projects, its log and its settings."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator

from quorate.accounts.models import User
from quorate.common.money import parse
from quorate.common.money import text as money_text
from tasks_app import tools
from tasks_app.domain import terms as terms_domain
from tasks_app.errors import InvalidInput
from tasks_app.queries import control
from tasks_app.queries.terms import terms
from tasks_app.templatetags.quorate import money
from tasks_app.web.asked import asked, asked_row
from tasks_app.web.control.guard import PAGE_SIZE, admin_action, admin_page, page_of, show_errors

# Keys of events' data that are micro-units.
MONEY = {"reward", "amount", "held", "released", "paid", "price"}


@admin_page
def health(request: HttpRequest, admin: User) -> HttpResponse:
    """Queue, processes, database, broker, disk; what is wrong in words."""
    return render(request, "control/health.html", {"health": control.health()})


@admin_page
def health_live(request: HttpRequest, admin: User) -> HttpResponse:
    """The part of the health page that is asked for again and again."""
    return render(request, "control/_health.html", {"health": control.health()})


@admin_page
def projects(request: HttpRequest, admin: User) -> HttpResponse:
    """Every project."""
    text = asked(request, "q", 100)
    page = page_of(request, control.projects(text=text))
    titles = {tool.kind: tool.title for tool in tools.all_tools()}
    return render(request, "control/projects.html", {"page": page, "q": text, "titles": titles})


@admin_page
def log(request: HttpRequest, admin: User) -> HttpResponse:
    """Who did what to which object when."""
    text = asked(request, "q", 254)
    verb = asked(request, "verb", 60)
    before = asked_row(request, "before")
    rows = list(control.log(text=text, verb=verb, before=before)[: PAGE_SIZE + 1])
    context = {
        "events": [(event, details(event.data)) for event in rows[:PAGE_SIZE]],
        "older": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        "later": before is not None,
        "q": text,
        "verb": verb,
        "verbs": control.verbs(),
    }
    return render(request, "control/log.html", context)


def details(data: dict[str, Any]) -> list[tuple[str, str]]:
    """An event's data as words: money as money, lists as lists, nothing where there is nothing."""
    return [
        (name.replace("_", " "), Truncator(_words(name, value)).chars(120))
        for name, value in data.items()
        if value not in ("", None, [], {})
    ]


def _words(name: str, value: object) -> str:
    if name in MONEY and isinstance(value, int):
        return money(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_words(key, one)}" for key, one in value.items())
    return str(value)


class TermsForm(forms.Form):
    """What admins set for everybody."""

    least_per_hour = forms.CharField(
        max_length=40,
        label="Least pay per hour",
        help_text="Whoever launches below it is warned; it is measured, or expected from work of the same kind. 0: no warning.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    dispute_days = forms.IntegerField(label="Days to dispute a rejection")

    def clean_least_per_hour(self) -> int:
        """Micro-units."""
        try:
            return parse(self.cleaned_data["least_per_hour"].replace(",", "."), field="least_per_hour")
        except InvalidInput as error:
            raise forms.ValidationError(error.fields["least_per_hour"]) from None


@admin_page
def settings_page(request: HttpRequest, admin: User) -> HttpResponse:
    """What is in force."""
    return _settings(request)


@admin_action
def set_terms(request: HttpRequest, admin: User) -> HttpResponse:
    """Change what admins set here."""
    form = TermsForm(request.POST)
    if form.is_valid():
        try:
            terms_domain.set_terms(actor=admin, **form.cleaned_data)
        except InvalidInput as error:
            show_errors(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("control:settings")
    return _settings(request, form)


def _settings(request: HttpRequest, failed: TermsForm | None = None) -> HttpResponse:
    found = terms()
    initial = {"least_per_hour": money_text(found.least_per_hour), "dispute_days": found.dispute_days}
    context = {"groups": control.effective_settings(), "form": failed or TermsForm(initial=initial)}
    return render(request, "control/settings.html", context, status=422 if failed else 200)
