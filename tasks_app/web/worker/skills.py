"""What a worker holds, and says of themselves."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.domain.skills import describe_oneself
from tasks_app.errors import InvalidInput
from tasks_app.models import WorkerProfile
from tasks_app.queries.acceptance import acceptance
from tasks_app.queries.audiences import held_by
from tasks_app.web.worker.page import worker_form


class ProfileForm(forms.Form):
    languages = forms.CharField(
        required=False,
        max_length=200,
        label="Languages",
        help_text="Codes, such as de, en. Only those you read with ease.",
    )
    country = forms.CharField(required=False, max_length=2, label="Country", help_text="A code, such as DE.")
    birth_year = forms.IntegerField(required=False, label="Year of birth")


@worker_form
def page(request: HttpRequest, worker: User) -> HttpResponse:
    """Skills with their values; languages, country, age."""
    profile = WorkerProfile.objects.filter(worker=worker).first() or WorkerProfile()
    initial = {"languages": ", ".join(profile.languages), "country": profile.country, "birth_year": profile.birth_year}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            describe_oneself(worker=worker, **form.cleaned_data)
        except InvalidInput as error:
            for name, texts in error.fields.items():
                form.add_error(name, texts)
        else:
            messages.success(request, "Saved.")
            return redirect("worker:skills")
    context = {
        "held": held_by(worker),
        "accepted": acceptance([worker.pk])[worker.pk],
        "now": database_now(),
        "form": form,
    }
    return render(request, "worker/skills.html", context, status=422 if form.errors else 200)
