"""The worker's endpoints: next, submit, skip, report, return. The hot path: plain views, hand-written JSON."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.accounts.models import User
from quorate.common import markdown
from quorate.common.device import device_of
from tasks_app.api import payloads, reading
from tasks_app.api import serializers as shapes
from tasks_app.api.keyed import ByRememberedKey, asked_key
from tasks_app.api.schema import described
from tasks_app.domain import giving_back, handing_out, reporting, submitting
from tasks_app.models import Assignment
from tasks_app.queries import gate
from tasks_app.queries.api_work import PageTask, page_of
from tasks_app.queries.media import media_url


class Next(ByRememberedKey):
    @described("next", tag="work", takes=shapes.Empty, returns=shapes.PageOrNothing, keyed=True)
    def post(self, request: Request, pool: str) -> Response:
        """Take the next page of tasks of a pool; with the same key, the same page again."""
        worker = reading.caller(request)
        key = reading.idempotency_key(request)
        reading.nothing(request.data)
        device = device_of(request.headers)
        taken = handing_out.take(worker=worker, pool=pool, take_key=key, api_key=asked_key(request), device=device)
        if taken.assignment is None:
            return Response({"assignment": None, "reason": taken.reason, "message": taken.message})
        return Response({"assignment": page(taken.assignment, taken.tasks, worker)})


class OneAssignment(APIView):
    @described("assignments_read", tag="work", returns=shapes.Page)
    def get(self, request: Request, assignment: str) -> Response:
        """Your own assignment, to go on with it."""
        worker = reading.caller(request)
        held = gate.own_assignment(worker, assignment)
        return Response({"assignment": page(held, page_of(held), worker)})


class Submit(ByRememberedKey):
    @described("submit", tag="work", takes=shapes.Submission, returns=shapes.Receipt, keyed=True)
    def post(self, request: Request, assignment: str) -> Response:
        """Hand in the answers of your assignment. The same answers again are answered like the first time."""
        worker = reading.caller(request)
        # An assignment is handed in once, so its own id is as good a key as any that the client could have chosen.
        key = reading.idempotency_key(request) or f"assignment:{assignment}"
        answers = reading.submitted(request.data)
        receipt = submitting.submit(
            worker=worker, assignment=assignment, answers=answers, submit_key=key, api_key=asked_key(request)
        )
        return Response(payloads.receipt(receipt.assignment, replayed=receipt.replayed))


class Skip(APIView):
    @described("skip", tag="work", takes=shapes.SkipRequest, returns=shapes.Page)
    def post(self, request: Request, assignment: str) -> Response:
        """Give one task of your assignment back and go on with the others."""
        worker = reading.caller(request)
        task, reason = reading.skipped(request.data)
        held = giving_back.skip(worker=worker, assignment=assignment, task=task, reason=reason)
        return Response({"assignment": page(held, page_of(held), worker)})


class Report(APIView):
    @described("report", tag="work", takes=shapes.ReportRequest, returns=shapes.ReportReceipt)
    def post(self, request: Request, assignment: str) -> Response:
        """Tell the requester that the instructions are wrong or an item is broken. Again is harmless."""
        worker = reading.caller(request)
        task, about, text = reading.reported(request.data)
        told = reporting.report(worker=worker, assignment=assignment, task=task, about=about, text=text)
        return Response({"id": told.public_id})


class Return(APIView):
    @described("return", tag="work", takes=shapes.ReturnRequest, returns=shapes.Page)
    def post(self, request: Request, assignment: str) -> Response:
        """Give your whole assignment back, unpaid and without blame."""
        worker = reading.caller(request)
        unseen = reading.body(request, shapes.ReturnRequest).get("unseen", False)
        held = giving_back.give_back(worker=worker, assignment=assignment, unseen=unseen)
        return Response({"assignment": page(held, page_of(held), worker)})


def page(assignment: Assignment, tasks: Sequence[PageTask], worker: User) -> dict[str, Any]:
    """The assignment's JSON for its worker."""
    project = assignment.pool.project
    return payloads.assignment_page(
        assignment,
        tasks,
        now=timezone.now(),
        instructions_html=instructions_html(project.instructions),
        media_url=lambda sha256: media_url(project_id=project.pk, sha256=sha256, user_id=worker.pk),
    )


# Rendering takes a millisecond or more, and every worker of a project is shown the same text with every page.
@lru_cache(maxsize=256)
def instructions_html(text: str) -> str:
    return str(markdown.render(text, top=3))
