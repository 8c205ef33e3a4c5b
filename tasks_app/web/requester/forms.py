"""Forms of the requester's pages: they read what was typed and show it again; the domain decides what is right."""

from typing import Any

from django import forms
from django.http import HttpRequest

from quorate.common import money
from tasks_app import tools
from tasks_app.domain.projects import MAX_DESCRIPTION, MAX_INSTRUCTIONS, MAX_KEYWORDS, MAX_NAME
from tasks_app.enums import OverlapMode, Role
from tasks_app.errors import DomainError, InvalidInput
from tasks_app.models import Pool

OVERLAP_MODES = [
    (OverlapMode.CONFIDENCE.value, "when its result is sure enough"),
    (OverlapMode.VALUE.value, "when another answer would gain less than it costs"),
    (OverlapMode.AGREEMENT.value, "after so many equal answers"),
    (OverlapMode.MARGIN.value, "when one answer is so many ahead"),
    (OverlapMode.FIXED.value, "after a fixed number of answers"),
]


class DomainForm(forms.Form):
    """A form whose errors may also come from a domain verb."""

    def take(self, error: DomainError) -> None:
        """Show a domain error at its fields; what belongs to no field of this form stands above it."""
        if not error.fields:
            self.add_error(None, error.message)
        for name, texts in error.fields.items():
            field = name if name in self.fields else None
            for text in texts:
                self.add_error(field, text if field else f"{name}: {text}")


class NewProjectForm(DomainForm):
    name = forms.CharField(
        max_length=MAX_NAME,
        label="Name",
        help_text="For you and your colleagues. Workers read a title that you can set later.",
        widget=forms.TextInput(attrs={"form": "new-project", "autocomplete": "off"}),
        error_messages={"required": "Give the project a name first."},
    )
    kind = forms.ChoiceField(
        choices=lambda: [(tool.kind, tool.title) for tool in tools.all_tools()],
        label="Kind of task",
        error_messages={
            "required": "Choose a kind of task: “Use this” under one of them.",
            "invalid_choice": "There is no such kind of task.",
        },
    )


class InstructionsForm(DomainForm):
    instructions = forms.CharField(
        max_length=MAX_INSTRUCTIONS,
        required=False,
        label="Instructions",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
    )


class PriceForm(DomainForm):
    """Units as people think of them: money as decimal text, minutes, per cent, hours."""

    reward = forms.CharField(
        max_length=30,
        label="Reward for one assignment",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    tasks_per_assignment = forms.IntegerField(
        label="Items in one assignment", help_text="A worker takes and submits them together."
    )
    assignment_minutes = forms.FloatField(
        label="Time for one assignment",
        help_text="Whoever takes longer gives the items back to others.",
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    lifetime_days = forms.IntegerField(label="Lifetime", help_text="Counted from the launch; then the project closes.")
    overlap_mode = forms.ChoiceField(
        label="An item is settled",
        choices=OVERLAP_MODES,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the rules."},
    )
    overlap_min = forms.IntegerField(label="At least", help_text="Every item gets this many answers.")
    overlap_max = forms.IntegerField(label="At most", help_text="Then it counts as contested if still unsure.")
    confidence = forms.FloatField(
        label="Stop when this sure",
        help_text="An item takes no more answers once its result is this likely to be right.",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    overlap_votes = forms.IntegerField(
        label="So many answers", help_text="Equal ones, or as the lead over any other answer."
    )
    overlap_worth = forms.FloatField(
        label="What an answer must gain",
        help_text="An answer's price as a share of what a right result is worth to you.",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    accept_automatically = forms.BooleanField(
        required=False,
        label="Accept and pay without a review",
        help_text="Otherwise each assignment waits until you accept or reject it.",
    )
    accept_delay_hours = forms.FloatField(
        label="Accept after",
        help_text="0 pays as soon as an assignment is submitted.",
        min_value=0,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )

    # Field of the pool → field of this form.
    RENAMED = {"assignment_seconds": "assignment_minutes", "accept_delay_seconds": "accept_delay_hours"}

    @staticmethod
    def initial_of(pool: Pool) -> dict[str, Any]:
        """A pool's prices in this form's units."""
        return {
            "reward": money.text(pool.reward),
            "tasks_per_assignment": pool.tasks_per_assignment,
            "assignment_minutes": f"{pool.assignment_seconds / 60:g}",
            "lifetime_days": pool.lifetime_days,
            "overlap_min": pool.overlap_min,
            "overlap_max": pool.overlap_max,
            "confidence": f"{pool.confidence * 100:.6g}",
            "overlap_mode": pool.overlap_mode,
            "overlap_votes": pool.overlap_votes,
            "overlap_worth": f"{pool.overlap_worth * 100:.6g}",
            "accept_automatically": pool.accept_automatically,
            "accept_delay_hours": f"{pool.accept_delay_seconds / 3600:g}",
        }

    def prices(self) -> dict[str, Any]:
        """What pricing.set_price takes. Valid forms only."""
        data = self.cleaned_data
        return {
            "reward": data["reward"],
            "tasks_per_assignment": data["tasks_per_assignment"],
            "assignment_seconds": round(data["assignment_minutes"] * 60),
            "lifetime_days": data["lifetime_days"],
            "overlap_min": data["overlap_min"],
            "overlap_max": data["overlap_max"],
            "confidence": round(data["confidence"] / 100, 9),
            "overlap_mode": data["overlap_mode"],
            "overlap_votes": data["overlap_votes"],
            "overlap_worth": round(data["overlap_worth"] / 100, 9),
            "accept_automatically": data["accept_automatically"],
            "accept_delay_seconds": round(data["accept_delay_hours"] * 3600),
        }

    def clean_reward(self) -> int:
        """Micro-units."""
        try:
            return money.parse(self.cleaned_data["reward"].replace(",", "."), field="reward")
        except InvalidInput as error:
            raise forms.ValidationError(error.fields["reward"]) from None

    def take(self, error: DomainError) -> None:
        renamed = {self.RENAMED.get(name, name): texts for name, texts in error.fields.items()}
        super().take(DomainError(error.message, fields=renamed))


class DescriptionForm(DomainForm):
    name = forms.CharField(max_length=MAX_NAME, label="Name", help_text="For members of the project.")
    title = forms.CharField(
        max_length=MAX_NAME, label="Title for workers", help_text="First thing read in the task list."
    )
    description = forms.CharField(
        max_length=MAX_DESCRIPTION,
        required=False,
        label="Description for workers",
        help_text="One or two sentences: what is done, and for whom.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    keywords = forms.CharField(
        max_length=MAX_KEYWORDS, required=False, label="Keywords", help_text="Words by which workers find it."
    )


class MemberForm(DomainForm):
    email = forms.CharField(
        max_length=254,
        label="E-mail address",
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off", "inputmode": "email"}),
    )
    role = forms.ChoiceField(choices=Role, initial=Role.EDITOR, label="Role")


class CloneForm(DomainForm):
    name = forms.CharField(max_length=MAX_NAME, label="Name of the copy")


def locked(form: forms.Form) -> forms.Form:
    """The form for somebody who may look only: everything shown, nothing to type in."""
    for field in form.fields.values():
        field.disabled = True
    return form


def data_of(request: HttpRequest) -> Any:
    """The posted data; None for a form that is only shown."""
    return request.POST if request.method == "POST" else None
