"""Pages of answers that wait for a decision, and what was decided: accept, reject in whole or part, send back, bonus, disputes."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from quorate.accounts.models import User
from quorate.common import money
from quorate.common.ids import new_public_id
from tasks_app.domain import rejecting, reviewing, rewarding, reworking
from tasks_app.errors import DomainError, InvalidInput
from tasks_app.models import Assignment, Project
from tasks_app.queries import reviews
from tasks_app.queries.pools import current_pool
from tasks_app.web.asked import asked
from tasks_app.web.requester.page import me, posted, project_context, project_view, see_other

PAGE_SIZE = 20
LISTS = (("waiting", "Waiting"), ("disputed", "Disputed"), ("rejected", "Rejected"), ("accepted", "Accepted"))


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """One of the lists."""
    only = asked(request, "only", 10)
    only = only if only in dict(LISTS) else "waiting"
    pool = current_pool(project)
    shown = Paginator(reviews.pages(pool, only), PAGE_SIZE).get_page(request.GET.get("page"))
    context = project_context(
        project,
        "review",
        pool,
        page=shown,
        papers=reviews.papers(list(shown), project),
        only=only,
        lists=LISTS,
        counts=reviews.counts(pool),
        key=new_public_id(),
    )
    return render(request, "requester/review.html", context)


@project_view("write")
def accept_many(request: HttpRequest, project: Project) -> HttpResponse:
    """The pages that are ticked, or all that wait."""
    pool = current_pool(project)
    waiting = reviews.pages(pool, "waiting")
    if posted(request, "all", 1) != "1":
        names = [name for name in request.POST.getlist("assignment")[:PAGE_SIZE] if "\x00" not in name]
        waiting = waiting.filter(public_id__in=names)
    number = reviewing.accept_all(
        pool=pool, assignment_ids=list(waiting.values_list("pk", flat=True)), actor=me(request)
    )
    messages.success(request, f"{number:,} accepted and paid." if number else "None of them was waiting any more.")
    return _back(request, project)


@project_view("write")
def one(request: HttpRequest, project: Project, assignment: str) -> HttpResponse:
    """What is done with one page; `do` names it."""
    held = reviews.page_in(project, assignment)
    verb = VERBS.get(posted(request, "do", 20))
    if verb is None:
        messages.error(request, "Choose what to do with the page.")
        return _back(request, project)
    try:
        messages.success(request, verb(request, held, me(request)))
    except DomainError as error:
        messages.error(request, next((texts[0] for texts in error.fields.values()), error.message))
    return _back(request, project)


def _accept(request: HttpRequest, held: Assignment, actor: User) -> str:
    if not reviewing.accept(pool=held.pool, assignment_ids=[held.pk], actor=actor):
        return "It was decided already."
    return "Accepted and paid."


def _reject(request: HttpRequest, held: Assignment, actor: User) -> str:
    given = {"reason": posted(request, "reason", 2100), "evidence": posted(request, "evidence", 4100)}
    done = rejecting.reject(assignment=held, actor=actor, **given, tasks=request.POST.getlist("task")[:100])
    return "Rejected; the worker reads why, and may dispute it." if done.rejection.whole else "Accepted in part."


def _rework(request: HttpRequest, held: Assignment, actor: User) -> str:
    hours = posted(request, "hours", 10)
    number = int(hours) if hours.isascii() and hours.isdecimal() else None
    reworking.ask_rework(assignment=held, actor=actor, comment=posted(request, "comment", 4100), hours=number)
    return "Sent back to the worker."


def _bonus(request: HttpRequest, held: Assignment, actor: User) -> str:
    try:
        amount = money.parse(posted(request, "amount", 40).replace(",", "."))
    except InvalidInput as error:
        raise InvalidInput(fields={"amount": error.fields["amount"][0]}) from None
    given = {"reason": posted(request, "reason", 1000), "key": posted(request, "key", 80)}
    if not rewarding.give_bonus(assignment=held, actor=actor, amount=amount, **given):
        return "This bonus was paid already."
    return f"A bonus of {money.written(amount)} was paid."


def _undo(request: HttpRequest, held: Assignment, actor: User) -> str:
    rejecting.undo(rejection=reviews.rejection_of(held), actor=actor, reason=posted(request, "reason", 2100))
    return "Taken back: the page is accepted and paid in full."


def _answer(request: HttpRequest, held: Assignment, actor: User) -> str:
    granted = posted(request, "do", 20) == "grant"
    answer = posted(request, "answer", 2100)
    rejecting.answer_dispute(rejection=reviews.rejection_of(held), actor=actor, granted=granted, answer=answer)
    return (
        "Granted: the page is accepted and paid in full." if granted else "Turned down; the worker reads your answer."
    )


VERBS: dict[str, Callable[[HttpRequest, Assignment, User], str]] = {
    "accept": _accept,
    "reject": _reject,
    "rework": _rework,
    "bonus": _bonus,
    "undo": _undo,
    "grant": _answer,
    "turn_down": _answer,
}


def _back(request: HttpRequest, project: Project) -> HttpResponse:
    only = posted(request, "only", 10)
    query = f"?only={only}" if only in dict(LISTS) and only != "waiting" else ""
    return see_other(reverse("requester:review", args=[project.public_id]) + query)
