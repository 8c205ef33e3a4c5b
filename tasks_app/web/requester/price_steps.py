"""Price by skill: more for those who hold one, told at the launch and held for at its highest."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tasks_app.domain import pricing
from tasks_app.errors import DomainError
from tasks_app.grammar import price as grammar
from tasks_app.models import Pool, Project
from tasks_app.queries.pools import current_pool
from tasks_app.queries.ruled import skill_names
from tasks_app.web.requester.page import me, project_view, see_other

ROWS = 3


class StepsForm(forms.Form):
    """Rows of a skill, from which value on, and what it is paid in percent of the reward."""

    def __init__(self, *args: Any, skills: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(ROWS):
            self.fields[f"skill{row}"] = forms.ChoiceField(
                required=False, choices=[("", "–"), *skills.items()], label=f"Skill, row {row + 1}"
            )
            self.fields[f"from{row}"] = forms.IntegerField(
                required=False, label="From", min_value=0, max_value=100, initial=80
            )
            self.fields[f"percent{row}"] = forms.IntegerField(
                required=False, label="Paid", min_value=grammar.PERCENT[0], max_value=grammar.PERCENT[1], initial=150
            )

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields, row by row."""
        return [[self[f"{name}{row}"] for name in ("skill", "from", "percent")] for row in range(ROWS)]

    def steps(self) -> list[dict[str, Any]]:
        """The rows with a skill, unchecked."""
        given = self.cleaned_data
        return [
            {"skill": given[f"skill{row}"], "from": given[f"from{row}"] or 0, "percent": given[f"percent{row}"]}
            for row in range(ROWS)
            if given[f"skill{row}"]
        ]


def form_for(project: Project, pool: Pool) -> StepsForm | None:
    """The form as it stands; None where the owner has no skills, or more was set by data than rows can say. One query."""
    skills = skill_names(project)
    simple = len(pool.price_steps) <= ROWS and all(one["to"] == 100 for one in pool.price_steps)
    if not skills or not simple:
        return None
    initial = {
        f"{name}{row}": one[name] for row, one in enumerate(pool.price_steps) for name in ("skill", "from", "percent")
    }
    return StepsForm(initial=initial, skills=skills)


@project_view("write")
def save(request: HttpRequest, project: Project) -> HttpResponse:
    """Set the steps of a draft."""
    form = StepsForm(request.POST, skills=skill_names(project))
    if form.is_valid():
        try:
            pricing.set_price_steps(pool=current_pool(project), actor=me(request), steps=form.steps())
        except DomainError as error:
            messages.error(request, next((texts[0] for texts in error.fields.values()), error.message))
        else:
            messages.success(request, "Saved. The highest price is held at the launch.")
    else:
        messages.error(request, next(str(texts[0]) for texts in form.errors.values()))
    return see_other(reverse("requester:price", args=[project.public_id]) + "#by-skill")
