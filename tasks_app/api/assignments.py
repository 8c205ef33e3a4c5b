"""Assignments as lists: a worker's own, and those of a pool for its requester to accept or reject."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks_app import rules
from tasks_app.api import lists, payloads
from tasks_app.api import serializers as shapes
from tasks_app.api.reading import body, caller
from tasks_app.api.schema import described
from tasks_app.domain import reviewing
from tasks_app.enums import AssignmentState
from tasks_app.errors import Conflict
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
        user = caller(request)
        found = gate.assignment_for_review(user, assignment, rules.edit)
        reason = body(request, shapes.Decision).get("reason", "")
        reviewing.accept(pool=found.pool, assignment_ids=[found.pk], actor=user, reason=reason)
        found.refresh_from_db()
        if found.state != AssignmentState.ACCEPTED:
            raise Conflict(
                f"This assignment is {found.get_state_display().lower()}; only a submitted one can be accepted."
            )
        return Response(payloads.assignment(found, worker=pseudonym(found.pool.project_id, found.worker_id)))


class Reject(APIView):
    @described("assignments_reject", tag="review", takes=shapes.Rejection, returns=shapes.Assignment)
    def post(self, request: Request, assignment: str) -> Response:
        """Reject one that waits for its decision. The worker reads the reason; its answers no longer count."""
        user = caller(request)
        found = gate.assignment_for_review(user, assignment, rules.edit)
        reason = body(request, shapes.Rejection)["reason"]
        held = reviewing.reject(assignment=found, actor=user, reason=reason)
        return Response(payloads.assignment(held, worker=pseudonym(held.pool.project_id, held.worker_id)))
