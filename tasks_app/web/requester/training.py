"""Training or exam of a project: how it is set up and how it went."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app import rules
from tasks_app.domain.learning import BOUNDS, set_course
from tasks_app.errors import DomainError
from tasks_app.models import Project
from tasks_app.queries import courses
from tasks_app.queries.pools import current_pool
from tasks_app.queries.ruled import skill_names
from tasks_app.web.requester.forms import DomainForm, data_of, locked
from tasks_app.web.requester.page import REFUSED, me, project_context, project_view, role_of, see_other


class CourseForm(DomainForm):
    enabled = forms.BooleanField(required=False, label="Offer it to workers")
    feedback = forms.TypedChoiceField(
        choices=((1, "Training: each answer is told at once, with why"), (0, "Exam: the score at the end, no more")),
        coerce=lambda text: text == "1",
        label="What it is",
    )
    questions = forms.IntegerField(label="Questions", help_text="Drawn from the training items, others each time.")
    pass_mark = forms.IntegerField(label="Pass mark")
    retry_hours = forms.IntegerField(label="Next attempt after")
    skill = forms.ChoiceField()  # its choices are the owner's: made below
    days = forms.IntegerField(required=False, label="For how many days", help_text="Empty: for good.")

    def __init__(self, *args: object, skills: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["skill"] = forms.ChoiceField(
            required=False,
            choices=[("", "None"), *skills.items()],
            label="Passing gives the skill",
            help_text="With the score as its value. Ask for it on the page “Who”.",
        )


@project_view("form")
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """Settings, items, attempts."""
    course = courses.course_of(project)
    initial = {name: getattr(course, name) for name in BOUNDS} | {"enabled": course.enabled, "days": course.skill_days}
    initial |= {"feedback": int(course.feedback), "skill": course.skill.public_id if course.skill else ""}
    form = CourseForm(data_of(request), initial=initial, skills=skill_names(project))
    if form.is_bound and form.is_valid():
        try:
            set_course(project=project, actor=me(request), **form.cleaned_data)
        except DomainError as error:
            form.take(error)
        else:
            messages.success(request, "Saved.")
            return see_other(reverse("requester:training", args=[project.public_id]))
    if not rules.edit(role_of(project), False):
        locked(form)
    context = project_context(project, "training", current_pool(project), form=form, stats=courses.stats(project))
    return render(request, "requester/training.html", context, status=REFUSED if form.errors else 200)
