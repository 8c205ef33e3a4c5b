"""Assignments as lists: a worker's own, and those of a pool for its requester to accept or reject."""

import hashlib

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.accounts.models import User
from quorate.common import money
from tasks_app import rules
from tasks_app.api import lists, payloads
from tasks_app.api import serializers as shapes
from tasks_app.api.reading import body, caller, idempotency_key
from tasks_app.api.schema import described
from tasks_app.domain import rejecting, reviewing, rewarding, reworking
from tasks_app.enums import AssignmentState
from tasks_app.errors import Conflict
from tasks_app.models import Assignment, Rejection
from tasks_app.queries import api_lists, gate
from tasks_app.queries.api_pseudonyms import pseudonym

PAGE = lists.paged("Assignment", shapes.Assignment)


class OwnAssignments(APIView):
    @described("assignments_list", tag="work", returns=PAGE, query=(lists.AssignmentFilters,))
    def get(self, request: Request) -> Response:
        """Your own assignments as a worker, newest first."""
        worker = caller(request)
        wanted = lists.filters(request, lists.AssignmentFilters)
        rows = api_lists.assignments_of(worker, state=wanted.get("state", ""))
        return lists.page(self, request, rows, lambda row: payloads.assignment(row, worker=worker.public_id))


class PoolAssignments(APIView):
    @described("pools_assignments", tag="review", returns=PAGE, query=(lists.AssignmentFilters,))
    def get(self, request: Request, pool: str) -> Response:
        """A pool's assignments, newest first; `state=submitted` are those that wait for your decision."""
        found = gate.pool(caller(request), pool)
        wanted = lists.filters(request, lists.AssignmentFilters)
        rows = api_lists.assignments_in(found, state=wanted.get("state", ""))
        return lists.page(
            self,
            request,
            rows,
            lambda row: payloads.assignment(row, worker=pseudonym(found.project_id, row.worker_id)),
        )


class Accept(APIView):
    @described("assignments_accept", tag="review", takes=shapes.Decision, returns=shapes.Assignment)
    def post(self, request: Request, assignment: str) -> Response:
        """Accept and pay. Again is harmless."""
        user, found = _for_review(request, assignment)
        reason = body(request, shapes.Decision).get("reason", "")
        reviewing.accept(pool=found.pool, assignment_ids=[found.pk], actor=user, reason=reason)
        found.refresh_from_db()
        if found.state != AssignmentState.ACCEPTED:
            raise Conflict(
                f"This assignment is {found.get_state_display().lower()}; only a submitted one can be accepted."
            )
        return _shown(found)


class Reject(APIView):
    @described("assignments_reject", tag="review", takes=shapes.Rejection, returns=shapes.Assignment)
    def post(self, request: Request, assignment: str) -> Response:
        """Reject one that waits for its decision, or some of its tasks. The worker reads why, and may dispute it."""
        user, found = _for_review(request, assignment)
        return _shown(rejecting.reject(assignment=found, actor=user, **body(request, shapes.Rejection)))


class TakeBack(APIView):
    @described("assignments_take_back", tag="review", takes=shapes.TakenBack, returns=shapes.Assignment)
    def post(self, request: Request, assignment: str) -> Response:
        """Take a rejection back, at any time: what was not paid is paid. Again is harmless."""
        user, found = _for_review(request, assignment)
        rejection = Rejection.objects.filter(assignment=found).first()
        given = body(request, shapes.TakenBack)
        if rejection is None:
            raise Conflict("Nothing of this assignment was rejected.")
        return _shown(rejecting.undo(rejection=rejection, actor=user, **given).assignment)


class Rework(APIView):
    @described("assignments_rework", tag="review", takes=shapes.Rework, returns=shapes.Assignment)
    def post(self, request: Request, assignment: str) -> Response:
        """Send one that waits for its decision back to its worker, to be done again."""
        user, found = _for_review(request, assignment)
        return _shown(reworking.ask_rework(assignment=found, actor=user, **body(request, shapes.Rework)))


class Bonus(APIView):
    @described("assignments_bonus", tag="review", takes=shapes.Bonus, returns=shapes.BonusPaid, keyed=True)
    def post(self, request: Request, assignment: str) -> Response:
        """Pay the worker something extra out of your balance. With the same Idempotency-Key it is paid once."""
        user, found = _for_review(request, assignment)
        given = body(request, shapes.Bonus)
        amount = money.parse(given["amount"])
        # Without a key the reason is one: the same again is a retry, not a second bonus.
        said = idempotency_key(request) or given["reason"]
        key = hashlib.sha256(said.encode()).hexdigest()[: rewarding.MAX_KEY]
        paid = rewarding.give_bonus(assignment=found, actor=user, amount=amount, reason=given["reason"], key=key)
        return Response({"paid": paid})


def _for_review(request: Request, assignment: str) -> tuple[User, Assignment]:
    user = caller(request)
    return user, gate.assignment_for_review(user, assignment, rules.edit)


def _shown(row: Assignment) -> Response:
    return Response(payloads.assignment(row, worker=pseudonym(row.pool.project_id, row.worker_id)))
