"""What rules did about a worker, on which evidence, and appealing against it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.accounts.models import User
from tasks_app.domain.appealing import MAX_TEXT, appeal
from tasks_app.errors import DomainError
from tasks_app.queries import ruled
from tasks_app.web.worker.page import worker_action, worker_page


@worker_page
def page(request: HttpRequest, worker: User) -> HttpResponse:
    """In plain words, newest first."""
    context = {"rows": ruled.notices_of(worker), "excluded": ruled.excluded_from(worker), "longest": MAX_TEXT}
    return render(request, "worker/notices.html", context)


@worker_action
def make_appeal(request: HttpRequest, worker: User, firing: str) -> HttpResponse:
    """One's word against it."""
    try:
        text = request.POST.get("text", "")[: 2 * MAX_TEXT]
        appeal(worker=worker, firing=ruled.firing_on(worker, firing), text=text)
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, next((texts[0] for texts in error.fields.values()), error.message))
    else:
        messages.success(request, "Your appeal is with the administrators. Their answer will stand here.")
    return redirect("worker:notices")
