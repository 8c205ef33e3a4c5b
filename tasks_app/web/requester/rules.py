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
ACTIONS = (
    ("warn", "Tell the worker, no more"),
    *EXCLUDE,
    ("slow-project", "A page every so many seconds"),
    ("review-project", "Hold what is handed in for review by hand"),
    ("add_overlap", "Ask one more about each of these items"),
    ("skill", "Give a skill"),
)
MEASURES = [(key, row.label) for key, row in grammar.MEASURES.items()]
WAYS = (("below", "is below"), ("above", "is above"))
# Further conditions of the form, by the number behind their fields' names.
FURTHER = range(2, grammar.MAX_CONDITIONS)


class RuleForm(DomainForm):
    """A condition, up to two more that must hold as well, and what follows from them."""

    measure = forms.ChoiceField(choices=MEASURES, label="When")
    way = forms.ChoiceField(choices=WAYS, label="is")
    value = forms.FloatField(
        label="Limit", help_text="Percent for shares.", widget=forms.NumberInput(attrs={"step": "any"}), min_value=0
    )
    least = forms.IntegerField(label="Over at least", initial=10, help_text="Answers (skips, pages) of this sort.")
    window = forms.IntegerField(label="Of the newest", initial=40)
    action = forms.ChoiceField(choices=ACTIONS, label="Then")
    days = forms.IntegerField(required=False, label="For how many days", initial=30, help_text="Empty: for good.")
    again = forms.BooleanField(required=False, label="No longer count these answers, and ask others again")
    seconds = forms.IntegerField(required=False, label="Seconds from page to page", initial=20)
    skill = forms.ChoiceField(required=False, label="Skill")
    skill_value = forms.IntegerField(
        required=False, label="With the value", min_value=0, max_value=100, help_text="Empty: the measure’s."
    )

    def __init__(self, *args: Any, skills: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"] = forms.ChoiceField(required=False, label="Skill", choices=[("", "–"), *skills.items()])
        for number in FURTHER:
            self.fields[f"measure{number}"] = forms.ChoiceField(
                required=False, choices=[("", "–"), *MEASURES], label="And"
            )
            self.fields[f"way{number}"] = forms.ChoiceField(required=False, choices=WAYS, label="is")
            self.fields[f"value{number}"] = forms.FloatField(
                required=False, label="Limit", min_value=0, widget=forms.NumberInput(attrs={"step": "any"})
            )
            self.fields[f"least{number}"] = forms.IntegerField(required=False, label="Over at least")

    def further(self) -> list[list[forms.BoundField]]:
        """The fields of the further conditions, condition by condition."""
        return [[self[f"{name}{number}"] for name in ("measure", "way", "value", "least")] for number in FURTHER]

    def opens(self) -> bool:
        """Whether a further condition was begun, so that the page shows them."""
        return any(self[f"measure{number}"].value() for number in FURTHER)

    def clean(self) -> dict[str, Any]:
        """A condition that was begun is whole."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for number in FURTHER:
            if given.get(f"measure{number}") and given.get(f"value{number}") is None:
                self.add_error(f"value{number}", "Give a limit.")
        return given

    def body(self) -> dict[str, Any]:
        """The rule as data, unchecked."""
        given = self.cleaned_data
        when = [_condition(given, "")]
        when += [_condition(given, str(number)) for number in FURTHER if given[f"measure{number}"]]
        action, _, place = given["action"].partition("-")
        then: dict[str, Any] = {"do": action}
        if action in grammar.PLACED:
            then |= {"from": place, "days": given["days"]}
            then |= {"seconds": given["seconds"]} if action == "slow" else {}
        elif action == "skill":
            then |= {"skill": given["skill"], "days": given["days"], "value": given["skill_value"]}
        again = [{"do": "ask_again"}] if given["again"] else []
        return {"when": when, "window": given["window"], "then": [then, *again]}


def _condition(given: dict[str, Any], number: str) -> dict[str, Any]:
    measure = given[f"measure{number}"]
    scale = {grammar.PERCENT: 0.01, grammar.MONEY: 1e6}.get(grammar.MEASURES[measure].form, 1)
    least = given[f"least{number}"]
    return {
        "measure": measure,
        "is": given[f"way{number}"] or "below",
        "value": given[f"value{number}"] * scale,
        "least": 1 if least is None else least,
    }


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
