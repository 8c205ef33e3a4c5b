"""Sentences of the worker's pages."""

from tasks_app.enums import AssignmentState
from tasks_app.models import Assignment

WORDS = {
    AssignmentState.ACTIVE: "Not handed in yet",
    AssignmentState.SUBMITTED: "Waiting to be accepted",
    AssignmentState.ACCEPTED: "Paid",
    AssignmentState.REJECTED: "Not paid",
    AssignmentState.RETURNED: "Given back: nothing is owed, nothing is held against you",
    AssignmentState.EXPIRED: "The time ran out; the tasks went to others",
}


def decision(assignment: Assignment) -> str:
    """What became of an assignment, in words, with the reason where one was given."""
    words = WORDS[AssignmentState(assignment.state)]
    return f"{words}: {assignment.decision_reason}" if assignment.decision_reason else words


def money_number(amount: float) -> str:
    """An amount on an axis: "0.5", "12"."""
    return f"{amount:,.2f}".rstrip("0").rstrip(".")
