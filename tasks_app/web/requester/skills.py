"""A requester's skills, and who a project is for."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app import rules
from tasks_app.domain import skills as verbs
from tasks_app.enums import Guard
from tasks_app.errors import DomainError, Forbidden, NotFound
from tasks_app.models import Project, Skill
from tasks_app.queries import audiences, gate
from tasks_app.queries.pools import current_pool
from tasks_app.web.requester.forms import DomainForm, data_of, locked
from tasks_app.web.requester.page import REFUSED, me, posted, project_context, project_view, role_of, see_other

ROWS = 5
WHAT = (("", "–"), ("language", "Language"), ("country", "Country"), ("age", "Age"), ("device", "Device"))


class SkillForm(DomainForm):
    name = forms.CharField(max_length=verbs.MAX_NAME, label="Name")
    description = forms.CharField(
        max_length=verbs.MAX_TEXT, required=False, label="Description", help_text="Workers who hold it read this."
    )


class GrantForm(DomainForm):
    people = forms.CharField(
        label="To whom", help_text="E-mail addresses or worker ids.", widget=forms.Textarea(attrs={"rows": 4})
    )
    value = forms.IntegerField(label="Value", initial=100, min_value=0, max_value=100)
    days = forms.IntegerField(required=False, label="For how long", help_text="Empty: for good.", min_value=1)


def _requester(request: HttpRequest) -> User:
    if not me(request).is_requester:
        raise Forbidden("Only requesters give skills.")
    return me(request)


def _skill(request: HttpRequest, public_id: str) -> Skill:
    """One of the person's own skills. Raises NotFound."""
    known = gate.may_be_id(public_id)
    found = audiences.skills_of(_requester(request)).filter(public_id=public_id).first() if known else None
    if found is None:
        raise NotFound
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """One's skills, and a new one."""
    owner = _requester(request)
    form = SkillForm(data_of(request))
    if form.is_bound and form.is_valid():
        try:
            made = verbs.create_skill(owner=owner, **form.cleaned_data)
        except DomainError as error:
            form.take(error)
        else:
            return see_other(reverse("requester:skill", args=[made.public_id]))
    context = {"skills": list(audiences.skills_of(owner)), "form": form}
    return render(request, "requester/skills/index.html", context, status=REFUSED if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, skill: str) -> HttpResponse:
    """Who holds it; giving it."""
    found = _skill(request, skill)
    form = GrantForm(data_of(request))
    if form.is_bound and form.is_valid():
        try:
            count = verbs.grant_to_people(skill=found, actor=me(request), **form.cleaned_data)
        except DomainError as error:
            form.take(error)
        else:
            messages.success(request, f"Given to {count:,} {'person' if count == 1 else 'people'}.")
            return see_other(reverse("requester:skill", args=[found.public_id]))
    held = list(audiences.holders(found)[:500])
    context = {"skill": found, "held": held, "form": form, "now": database_now()}
    return render(request, "requester/skills/one.html", context, status=REFUSED if form.errors else 200)


@login_required
@require_POST
def take_back(request: HttpRequest, skill: str, worker: str) -> HttpResponse:
    """Nobody's business but the holder's and the giver's."""
    found = _skill(request, skill)
    holder = User.objects.filter(public_id=worker).first() if gate.may_be_id(worker) else None
    if holder is None:
        raise NotFound
    verbs.revoke(skill=found, worker=holder, actor=me(request))
    messages.success(request, f"{holder.name} no longer holds it.")
    return see_other(reverse("requester:skill", args=[found.public_id]))


# --- Who a project is for ---------------------------------------------------------------------------------------------
class WhoForm(DomainForm):
    """Conditions row by row, all of which or any of which are asked; deeper ones as JSON, as the API takes them."""

    join = forms.ChoiceField(
        choices=(("all", "All of these hold"), ("any", "Any of these holds")), label="Who may work on it"
    )
    guard = forms.ChoiceField(choices=Guard.choices, label="Whoever is none of them")
    deep = forms.CharField(required=False, label="As data", widget=forms.Textarea(attrs={"rows": 5, "class": "mono"}))

    def __init__(self, *args: Any, what: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(ROWS):
            label = f"condition {row + 1}"
            self.fields[f"what{row}"] = forms.ChoiceField(choices=what, required=False, label=f"What, {label}")
            self.fields[f"value{row}"] = forms.CharField(
                required=False,
                max_length=200,
                label=f"Value, {label}",
                widget=forms.TextInput(attrs={"placeholder": "70 · de · DE AT · 18-67 · phone"}),
            )

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The conditions' two fields, row by row."""
        return [(self[f"what{row}"], self[f"value{row}"]) for row in range(ROWS)]

    def audience(self) -> Any:
        """What was asked for, unchecked: the domain says what is wrong with it."""
        if self.cleaned_data["deep"].strip():
            try:
                return json.loads(self.cleaned_data["deep"])
            except (ValueError, RecursionError):
                return "not JSON"
        rows = [(self.cleaned_data[f"what{row}"], self.cleaned_data[f"value{row}"].strip()) for row in range(ROWS)]
        conditions = [_condition(what, value) for what, value in rows if what]
        return {self.cleaned_data["join"]: conditions} if conditions else {}


def _condition(what: str, value: str) -> Any:
    """A row as a condition: "70" and "70-90" are ranges, "DE AT" is a list."""
    low, _, high = value.partition("-")
    span = {name: int(text) for name, text in (("from", low.strip()), ("to", high.strip())) if text.isdecimal()}
    if what == "language":
        return {"language": value.lower()}
    if what == "country":
        return {"country": value.upper().replace(",", " ").split()}
    if what == "device":
        return {"device": value.lower()}
    return {"age": span} if what == "age" else {"skill": what, **span}


def _rows_of(audience: Any) -> dict[str, str] | None:
    """The form's rows for a condition; None where it is deeper than rows can say."""
    join = next((name for name in ("all", "any") if name in audience), "all")
    conditions = audience.get(join, [])
    if (
        len(conditions) > ROWS
        or (audience and not conditions)
        or any({"all", "any", "not"} & one.keys() for one in conditions)
    ):
        return None
    rows = {"join": join}
    for row, one in enumerate(conditions):
        if "skill" in one:
            rows |= {f"what{row}": one["skill"], f"value{row}": f"{one['from']}-{one['to']}"}
        elif "age" in one:
            rows |= {f"what{row}": "age", f"value{row}": f"{one['age']['from']}-{one['age']['to']}"}
        elif "country" in one:
            rows |= {f"what{row}": "country", f"value{row}": " ".join(one["country"])}
        elif "device" in one:
            rows |= {f"what{row}": "device", f"value{row}": one["device"]}
        else:
            rows |= {f"what{row}": "language", f"value{row}": one["language"]}
    return rows


@project_view("form")
def who(request: HttpRequest, project: Project) -> HttpResponse:
    """Who may work on it, and what is kept from all others."""
    pool = current_pool(project)
    skills = list(Skill.objects.filter(owner=project.created_by_id).order_by("name"))
    what = [*WHAT, *((skill.public_id, f"Skill: {skill.name}") for skill in skills)]
    rows = _rows_of(pool.audience)
    initial = {"guard": pool.guard, **(rows or {"deep": json.dumps(pool.audience, indent=1)})}
    form = WhoForm(data_of(request), initial=initial, what=what)
    if form.is_bound and form.is_valid():
        try:
            verbs.set_audience(pool=pool, actor=me(request), audience=form.audience(), guard=posted(request, "guard"))
        except DomainError as error:
            form.take(error)
        else:
            messages.success(request, "Saved.")
            return see_other(reverse("requester:who", args=[project.public_id]))
    if not rules.edit(role_of(project), False):
        locked(form)
    context = project_context(
        project, "who", pool, form=form, words=audiences.in_words(pool), skills=skills, is_deep=rows is None
    )
    return render(request, "requester/skills/who.html", context, status=REFUSED if form.errors else 200)
