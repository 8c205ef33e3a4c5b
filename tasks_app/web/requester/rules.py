"""A project's rules: as sentences, from presets or made here, tried on past answers; what they did, and undoing it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app.domain import ruling
from tasks_app.domain.rule_presets import presets
from tasks_app.errors import DomainError
from tasks_app.grammar import rule as grammar
from tasks_app.models import Project
from tasks_app.queries import ruled
from tasks_app.queries.api_pseudonyms import pseudonym
from tasks_app.queries.pools import current_pool
from tasks_app.web.asked import asked
from tasks_app.web.requester.forms import DomainForm, data_of
from tasks_app.web.requester.page import REFUSED, me, posted, project_context, project_view, see_other

EXCLUDE = tuple((f"exclude-{place}", f"No more work {words}") for place, words in grammar.SCOPES.items())
ACTIONS = (("warn", "Tell the worker, no more"), *EXCLUDE, ("skill", "Give a skill"))


class RuleForm(DomainForm):
    """One condition and what follows from it; several conditions come by the API."""

    measure = forms.ChoiceField(choices=[(key, row.label) for key, row in grammar.MEASURES.items()], label="When")
    way = forms.ChoiceField(choices=(("below", "is below"), ("above", "is above")), label="is")
    value = forms.FloatField(
        label="Limit", help_text="Percent for shares.", widget=forms.NumberInput(attrs={"step": "any"}), min_value=0
    )
    least = forms.IntegerField(label="Over at least", initial=10, help_text="Answers (skips, pages) of this sort.")
    window = forms.IntegerField(label="Of the newest", initial=40)
    action = forms.ChoiceField(choices=ACTIONS, label="Then")
    days = forms.IntegerField(required=False, label="For how many days", initial=30, help_text="Empty: for good.")
    again = forms.BooleanField(required=False, label="No longer count these answers, and ask others again")
    skill = forms.ChoiceField(required=False, label="Skill")

    def __init__(self, *args: Any, skills: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"] = forms.ChoiceField(
            required=False, label="Skill", choices=[("", "–"), *skills.items()], help_text="Its value is the measure’s."
        )

    def body(self) -> dict[str, Any]:
        """The rule as data, unchecked."""
        given = self.cleaned_data
        measure = given["measure"]
        form = grammar.MEASURES[measure].form
        scale = {grammar.PERCENT: 0.01, grammar.MONEY: 1e6}.get(form, 1)
        action, _, place = given["action"].partition("-")
        then: dict[str, Any] = {"do": action}
        if action == "exclude":
            then |= {"from": place, "days": given["days"]}
        elif action == "skill":
            then |= {"skill": given["skill"], "days": given["days"]}
        condition = {"measure": measure, "is": given["way"], "value": given["value"] * scale, "least": given["least"]}
        again = [{"do": "ask_again"}] if given["again"] else []
        return {"when": [condition], "window": given["window"], "then": [then, *again]}


@project_view("form")
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """GET shows, with `?try=` a rule's or preset's dry run; POST adds a rule."""
    skills = ruled.skill_names(project)
    form = RuleForm(data_of(request), skills=skills)
    if form.is_bound and form.is_valid():
        try:
            ruling.add_rule(project=project, actor=me(request), body=form.body())
        except DomainError as error:
            form.take(error)
        else:
            return _saved(request, project, "The rule is in force from the next answer on.")
    rules = ruled.rules_of(project)
    bodies = [row.body for row, _ in rules]
    proposed = [one for one in presets(project) if grammar.clean(one.body) not in bodies] if project.question else []
    wanted = asked(request, "try", 16)
    tried = {row.public_id: (row.body, text) for row, text in rules}
    tried |= {one.key: (grammar.clean(one.body), grammar.sentence(one.body)) for one in proposed}
    body, text = tried.get(wanted, (None, ""))
    context = project_context(
        project,
        "rules",
        current_pool(project),
        rules=rules,
        proposed=[(one, grammar.sentence(one.body)) for one in proposed],
        firings=ruled.firings_of(project),
        form=form,
        tried=text,
        dry=_dry(project, body) if body else None,
    )
    return render(request, "requester/rules.html", context, status=REFUSED if form.errors else 200)


@project_view("write")
def take_preset(request: HttpRequest, project: Project) -> HttpResponse:
    """A proposed rule as it is."""
    key = posted(request, "preset", 20)
    found = next((one for one in presets(project) if one.key == key), None)
    if found is None:
        messages.error(request, "Choose one of the proposals.")
        return see_other(reverse("requester:rules", args=[project.public_id]))
    ruling.add_rule(project=project, actor=me(request), body=found.body)
    return _saved(request, project, "The rule is in force from the next answer on.")


@project_view("write")
def change(request: HttpRequest, project: Project, rule: str) -> HttpResponse:
    """Switch one on or off, or take it away."""
    found = ruled.rule_of(project, rule)
    do = posted(request, "do", 10)
    if do == "remove":
        ruling.remove(rule=found, actor=me(request))
        return _saved(request, project, "The rule is gone. What it did stays until it is undone.")
    ruling.switch(rule=found, actor=me(request), on=do == "on")
    return _saved(request, project, "The rule is on." if do == "on" else "The rule is off.")


@project_view("write")
def undo(request: HttpRequest, project: Project, firing: str) -> HttpResponse:
    """Take back what a rule did to somebody."""
    found = ruled.firing_of(project, firing)
    try:
        ruling.undo(firing=found, actor=me(request), reason=posted(request, "reason", 2000))
    except DomainError as error:
        messages.error(request, next((texts[0] for texts in error.fields.values()), error.message))
        return see_other(reverse("requester:rules", args=[project.public_id]))
    return _saved(request, project, "Undone.")


def _dry(project: Project, body: dict[str, Any]) -> dict[str, Any]:
    found = ruling.dry_run(project, body)
    applied = [(pseudonym(project.pk, worker), [grammar.told(one) for one in seen]) for worker, seen in found.applied]
    return {"looked_at": found.looked_at, "applied": applied, "good": found.good, "answers": found.answers}


def _saved(request: HttpRequest, project: Project, text: str) -> HttpResponse:
    messages.success(request, text)
    return see_other(reverse("requester:rules", args=[project.public_id]))
