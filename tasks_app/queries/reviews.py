"""Pages that wait for their decision, were refused or accepted, as a project's people, their worker and admins see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Prefetch, Q, QuerySet

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.enums import AssignmentState, Sanction
from tasks_app.errors import NotFound
from tasks_app.models import Answer, Assignment, Pool, Project, Rejection, Rework, Standing
from tasks_app.queries.acceptance import Acceptance, acceptance
from tasks_app.queries.api_pseudonyms import pseudonym
from tasks_app.queries.gate import in_force, may_be_id

# A rule holds what is handed in so long for a person to look at it; then it is accepted like all else.
REVIEW = timedelta(days=14)
STATES = {
    "waiting": AssignmentState.SUBMITTED,
    "rejected": AssignmentState.REJECTED,
    "accepted": AssignmentState.ACCEPTED,
}


@dataclass(frozen=True)
class Piece:
    """One answer of a page. `agrees`: with the result of now; None where there is none."""

    task: str
    name: str
    said: str
    agrees: bool | None
    refused: bool


@dataclass(frozen=True)
class Paper:
    """A page with what a decision about it needs. `due`: when it is accepted by itself; None: by hand."""

    assignment: Assignment
    worker: str
    pieces: list[Piece]
    due: datetime | None
    known: Standing | None
    acceptance: Acceptance
    held: bool
    rejection: Rejection | None
    reworks: list[Rework] = field(default_factory=list)


def pages(pool: Pool, only: str) -> QuerySet[Assignment]:
    """A pool's pages in one of STATES, or "disputed": the oldest first, those decided the newest first. For `papers`."""
    rows = Assignment.objects.filter(pool=pool).select_related("pool__project", "rejection")
    if only == "disputed":
        open_dispute = {"rejection__disputed_at__isnull": False, "rejection__answered_at": None}
        return rows.filter(**open_dispute, rejection__undone_at=None).order_by("rejection__disputed_at", "pk")
    rows = rows.filter(state=STATES[only])
    return rows.order_by("pk") if only == "waiting" else rows.order_by(F("decided_at").desc(nulls_last=True), "-pk")


def papers(rows: Sequence[Assignment], project: Project) -> list[Paper]:
    """Pages with their answers, one pool's. Six queries, whatever their number."""
    answers = Answer.objects.filter(assignment__in=[row.pk for row in rows], superseded_by=None)
    given: dict[int, list[Answer]] = {}
    for answer in answers.select_related("task__result").order_by("pk"):
        given.setdefault(answer.assignment_id, []).append(answer)
    workers = {row.worker_id for row in rows}
    known = {one.worker_id: one for one in Standing.objects.filter(project=project, worker__in=workers)}
    rates = acceptance(workers)
    held = held_for_review(rows[0].pool) if rows else set()
    back: dict[int, list[Rework]] = {}
    for rework in Rework.objects.filter(assignment__in=[row.pk for row in rows]).order_by("pk"):
        back.setdefault(rework.assignment_id, []).append(rework)
    return [
        Paper(
            assignment=row,
            worker=pseudonym(project.pk, row.worker_id),
            pieces=_pieces(project, row, given.get(row.pk, [])),
            due=due_at(row, held),
            held=row.worker_id in held,
            known=known.get(row.worker_id),
            acceptance=rates[row.worker_id],
            rejection=getattr(row, "rejection", None),
            reworks=back.get(row.pk, []),
        )
        for row in rows
    ]


def due_at(row: Assignment, held: Collection[int] = ()) -> datetime | None:
    """When a page that waits is accepted by itself; None where a person decides. `held`: workers whose pages are held for
    review. No query.
    """
    if row.state != AssignmentState.SUBMITTED or not row.pool.accept_automatically or row.submitted_at is None:
        return None
    if row.worker_id in held:
        return held_until(row)
    return row.submitted_at + timedelta(seconds=row.pool.accept_delay_seconds)


def held_until(row: Assignment) -> datetime:
    """Until when a page that was handed in can be held for review by a rule. No query."""
    delay = timedelta(seconds=row.pool.accept_delay_seconds)
    return (row.submitted_at or row.created_at) + max(REVIEW, delay)


def held_for_review(pool: Pool) -> set[int]:
    """Workers whose pages in a pool a rule holds for review now. One query."""
    here = Q(pool=pool) | Q(project=pool.project_id) | Q(requester=pool.project.created_by_id)
    return set(in_force(Sanction.REVIEWED).filter(here).values_list("worker_id", flat=True))


def counts(pool: Pool) -> dict[str, int]:
    """How many pages are in each of the lists of `pages`. Two queries."""
    rows = Assignment.objects.filter(pool=pool)
    found = {only: rows.filter(state=state).count() for only, state in STATES.items() if only != "accepted"}
    return found | {"disputed": pages(pool, "disputed").count()}


def page_in(project: Project, public_id: str) -> Assignment:
    """A page of this very project. One query. Raises NotFound."""
    rows = Assignment.objects.filter(pool__project=project).select_related("pool__project", "rejection")
    found = rows.filter(public_id=public_id).first() if may_be_id(public_id) else None
    if found is None:
        raise NotFound
    return found


def rejection_of(row: Assignment) -> Rejection:
    """What was refused of a page that `page_in` found. Raises NotFound where nothing was."""
    found: Rejection | None = getattr(row, "rejection", None)
    if found is None:
        raise NotFound
    return found


def rejection_on(worker: User, public_id: str) -> Rejection:
    """A rejection of this worker's. One query. Raises NotFound."""
    return _rejection(Rejection.objects.filter(assignment__worker=worker), public_id)


def rejection(public_id: str) -> Rejection:
    """Any rejection, for admins. One query. Raises NotFound."""
    return _rejection(Rejection.objects.all(), public_id)


def disputes() -> QuerySet[Rejection]:
    """Rejections that workers dispute, not answered yet, the oldest first."""
    rows = Rejection.objects.filter(disputed_at__isnull=False, answered_at=None, undone_at=None)
    return rows.select_related("assignment__pool__project__created_by", "assignment__worker").order_by("disputed_at")


def with_reviews(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Pages with what was refused of them and sent back. Two queries more."""
    return rows.select_related("rejection").prefetch_related(
        Prefetch("reworks", queryset=Rework.objects.order_by("pk"))
    )


def rework_in(worker: User, pool: Pool) -> list[Rework]:
    """What this worker is to do again in a pool, oldest first. One query."""
    mine = Rework.objects.filter(
        assignment__worker=worker, assignment__pool=pool, assignment__state=AssignmentState.ACTIVE, lapsed_at=None
    )
    newest = {row.assignment_id: row for row in mine.order_by("pk")}
    return list(newest.values())


def _rejection(rows: QuerySet[Rejection], public_id: str) -> Rejection:
    rows = rows.select_related("assignment__pool__project", "assignment__worker")
    found = rows.filter(public_id=public_id).first() if may_be_id(public_id) else None
    if found is None:
        raise NotFound
    return found


def _pieces(project: Project, row: Assignment, answers: list[Answer]) -> list[Piece]:
    tool = tools.get(project.kind)
    refused = set(row.rejection.tasks) if getattr(row, "rejection", None) and not row.rejection.undone_at else set()
    pieces = []
    for answer in answers:
        result = getattr(answer.task, "result", None)
        alike = None if result is None else tool.agreement(project.question, answer.value, result.value) >= 0.5
        name = answer.task.name or str(answer.task.data.get("text") or answer.task.public_id)[:80]
        said = tool.summary_of(project.question, answer.value)
        pieces.append(Piece(answer.task.public_id, name, said, alike, answer.task.public_id in refused))
    return pieces
