"""A pool's training or exam: what it asks, question by question in the kind's own tool."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache

from quorate.accounts.models import User
from quorate.common import markdown
from quorate.common.device import device_of
from tasks_app import tools
from tasks_app.domain import learning
from tasks_app.enums import Guard
from tasks_app.errors import Conflict, DomainError, InvalidInput, NotFound
from tasks_app.grammar.audience import skills_in
from tasks_app.models import Attempt, Course, Pool
from tasks_app.queries import courses, gate
from tasks_app.queries.audiences import belongs
from tasks_app.queries.media import media_urls
from tasks_app.web.worker.page import worker_action, worker_form

MAX_BODY = 1 << 20


# Going back in the browser must ask anew: a kept page does not know what was answered by now.
@never_cache
@worker_form
def page(request: HttpRequest, worker: User, pool: str) -> HttpResponse:
    """GET: what it is, or the attempt one is in. POST: begins one."""
    found, course = _offered(worker, pool, device_of(request.headers))
    last = courses.latest(worker, found)
    refusal = ""
    if request.method == "POST":
        try:
            last = learning.begin(worker=worker, pool=found)
        except Conflict as error:
            refusal = error.message
    going = last if last is not None and last.finished_at is None else None
    context = {
        "pool": found,
        "course": course,
        "tool": tools.get(found.project.kind),
        "instructions": markdown.render(found.project.instructions, top=3),
        "last": last if going is None else None,
        "going": going,
        "wait": learning.waits_until(course, last),
        "refusal": refusal,
        "work": _work(found, course, going, worker) if going else None,
    }
    return render(request, "worker/learn.html", context, status=409 if refusal else 200)


@worker_action
def answer(request: HttpRequest, worker: User, pool: str) -> HttpResponse:
    """One answer as JSON {"attempt", "task", "answer"}; what it was worth, and the end when it is reached."""
    found, _ = _offered(worker, pool, device_of(request.headers))
    try:
        sent = json.loads(request.body) if len(request.body) <= MAX_BODY else None
        if not isinstance(sent, dict):
            raise InvalidInput(fields={"body": "Must be an object."})
        names = [str(sent.get(name, ""))[:16] for name in ("attempt", "task")]
        if not all(gate.may_be_id(name) for name in names):
            raise NotFound
        told = learning.answer(worker=worker, attempt=names[0], task=names[1], value=sent.get("answer"))
    except (ValueError, RecursionError):
        return JsonResponse({"error": "Not JSON."}, status=400)
    except DomainError as error:
        return JsonResponse({"error": error.message, "fields": error.fields}, status=error.status)
    over = told.attempt.finished_at is not None
    return JsonResponse(
        {
            "score": told.score,
            "right": told.right,
            "explanation": told.explanation,
            "finished": over,
            "next": reverse("worker:learn", args=[found.public_id]) if over else "",
        }
    )


def _offered(worker: User, public_id: str, device: str) -> tuple[Pool, Course]:
    """A published pool with a course. Whoever may not see the pool for want of the very skill that the course gives may
    still take the course; for want of anything else there is no such page.
    """
    pool = gate.market(worker, public_id).pool
    course = courses.open_course(pool)
    if course is None:
        raise NotFound
    given = course.skill.public_id if course.skill else ""
    if pool.guard == Guard.SEE and given not in skills_in(pool.audience) and not belongs(worker, pool, device):
        raise NotFound
    return pool, course


def _work(pool: Pool, course: Course, attempt: Attempt, worker: User) -> dict[str, Any]:
    """What the page's script needs: the questions that are left, without their answers."""
    tasks = []
    for task in courses.questions(attempt):
        item = {name: value for name, value in task.data.items() if name not in {"meta", "name"}}
        addresses = media_urls(pool.project_id, item, worker.pk)
        tasks.append(
            {"task": task.public_id, "item": item, "mediaUrl": addresses.pop("", None), "mediaUrls": addresses}
        )
    return {
        "attempt": attempt.public_id,
        "question": pool.project.question,
        "feedback": course.feedback,
        "of": len(attempt.tasks),
        "tasks": tasks,
        "url": reverse("worker:learn_answer", args=[pool.public_id]),
        "module": static(tools.get(pool.project.kind).script),
    }
