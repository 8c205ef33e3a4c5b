"""Workers: how good each one is, and what may be done about it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.accounts.models import User
from tasks_app.domain import quality
from tasks_app.errors import Conflict, InvalidInput, NotFound
from tasks_app.models import WorkerStats
from tasks_app.queries import crowds
from tasks_app.queries import workers as queries
from tasks_app.queries.bans import effect_of_ban
from tasks_app.templatetags.quorate import duration
from tasks_app.web import charts, histograms
from tasks_app.web.asked import asked
from tasks_app.web.control.guard import admin_action, admin_page, page_of, show_errors

ONLY = (("", "All"), ("active", "Active"), ("paused", "Paused"), ("banned", "Banned"))


class ReasonForm(forms.Form):
    """Why; the worker reads it."""

    reason = forms.CharField(
        label="Reason",
        max_length=quality.MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The worker reads it. Say what was seen, not what is suspected.",
    )


class LiftForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(label="Reason for lifting", max_length=quality.MAX_REASON)


@admin_page
def workers(request: HttpRequest, admin: User) -> HttpResponse:
    """The list, sortable, with accuracy against speed."""
    text = asked(request, "q", 100)
    only = request.GET.get("only", "")
    page = page_of(request, queries.workers(text=text, only=only, sort=request.GET.get("sort", "")))
    dots = [
        charts.Dot(x=seconds, y=accuracy, label=name, size=float(answers))
        for name, seconds, accuracy, answers in queries.scatter_points()
    ]
    chart = charts.scatter(
        "Accuracy and speed",
        dots,
        x="median seconds per answer",
        y="estimated accuracy",
        x_form=duration,
        form=charts.as_percent,
        high=1.0,
    )
    context = {"page": page, "q": text, "only": only, "choices": ONLY, "chart": chart if dots else ""}
    return render(request, "control/workers.html", context)


@admin_page
def crowd(request: HttpRequest, admin: User) -> HttpResponse:
    """All workers over all projects."""
    found = crowds.everybody()
    context = {
        "crowd": found,
        "information": histograms.information(found),
        "agreement": histograms.shares("Workers by agreement with the others", found.agreement, "agreement", "workers"),
    }
    return render(request, "control/crowd.html", context)


@admin_page
def worker(request: HttpRequest, admin: User, worker: str) -> HttpResponse:
    """One worker."""
    return _page(request, admin, worker)


@admin_action
def pause(request: HttpRequest, admin: User, worker: str) -> HttpResponse:
    """No new work for now."""
    return _restrict(request, admin, worker, "pause")


@admin_action
def ban(request: HttpRequest, admin: User, worker: str) -> HttpResponse:
    """No new work, and the answers leave the aggregate."""
    return _restrict(request, admin, worker, "ban")


@admin_action
def lift(request: HttpRequest, admin: User, worker: str, restriction: str) -> HttpResponse:
    """End a pause or a ban."""
    person = _find(worker)
    found = queries.find_restriction(person, restriction)
    if found is None:
        raise NotFound
    form = LiftForm(request.POST, prefix=found.public_id)
    if form.is_valid():
        try:
            quality.lift(restriction=found, actor=admin, reason=form.cleaned_data["reason"])
        except (InvalidInput, Conflict) as error:
            show_errors(form, error)
        else:
            messages.success(request, f"Lifted: {person.name} gets new work again.")
            return redirect("control:worker", worker=worker)
    return _page(request, admin, worker, failed=form)


def _restrict(request: HttpRequest, admin: User, worker: str, verb: str) -> HttpResponse:
    person = _find(worker)
    form = ReasonForm(request.POST, prefix=verb)
    if form.is_valid():
        act = quality.pause_worker if verb == "pause" else quality.ban_worker
        try:
            act(worker=person, actor=admin, reason=form.cleaned_data["reason"])
        except (InvalidInput, Conflict) as error:
            show_errors(form, error)
        else:
            done = (
                "is paused: no new work until this is lifted"
                if verb == "pause"
                else "is banned: the tasks of the answers taken out are decided anew"
            )
            messages.success(request, f"{person.name} {done}. To undo it, lift it under “Pauses and bans”.")
            return redirect("control:worker", worker=worker)
    return _page(request, admin, worker, failed=form)


def _find(public_id: str) -> User:
    person: User | None = queries.one_worker(public_id)
    if person is None:
        raise NotFound
    return person


def _page(request: HttpRequest, admin: User, public_id: str, *, failed: forms.Form | None = None) -> HttpResponse:
    person = _find(public_id)
    stats = queries.stats_of(person)
    shown = next((row for row in stats if row.project.public_id == request.GET.get("project")), next(iter(stats), None))
    known = queries.known_so_far(shown) if shown else None
    history = queries.restrictions_of(person)
    forms_by_prefix: dict[str | None, forms.Form] = {
        "pause": ReasonForm(prefix="pause"),
        "ban": ReasonForm(prefix="ban"),
    }
    forms_by_prefix |= {row.public_id: LiftForm(prefix=row.public_id) for row in history if row.lifted_at is None}
    if failed is not None:
        forms_by_prefix[failed.prefix] = failed
    in_force = {row.kind for row in history if row.lifted_at is None}
    bannable = "banned" not in in_force and person.pk != admin.pk
    context = {
        "person": person,
        "stats": stats,
        "shown": shown,
        "heat_map": _heat_map(shown) if shown else "",
        "known": _known(shown, known) if shown and known else "",
        "drift": known.drift if known else None,
        "recent": queries.recent_answers(person),
        "money": queries.money_of(person),
        "history": [(row, forms_by_prefix.get(row.public_id)) for row in history],
        "pause_form": None if in_force or person.pk == admin.pk else forms_by_prefix["pause"],
        "ban_form": forms_by_prefix["ban"] if bannable else None,
        "ban": effect_of_ban(person) if bannable else None,
        "oneself": person.pk == admin.pk,
    }
    return render(request, "control/worker.html", context, status=422 if failed is not None else 200)


def _heat_map(stats: WorkerStats) -> str:
    found = queries.confusion(stats)
    if found is None:
        return ""
    names, matrix, support = found
    return charts.heat_map(f"Confusion in {stats.project.name}", names, matrix, supports=support)


def _known(stats: WorkerStats, found: queries.KnownSoFar) -> str:
    """Accuracy on known answers as they came, between what it is at least and at most."""
    lines = (("Right so far", found.mean), ("At least (95 %)", found.low), ("At most (95 %)", found.high))
    return charts.line(
        f"Known answers in {stats.project.name}",
        [charts.Series(label, list(enumerate(values, start=1))) for label, values in lines],
        x="known answers",
        y="share right",
        form=charts.as_percent,
        high=1.0,
    )
