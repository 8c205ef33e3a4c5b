"""A pool's overlap and a task's result in the words of `aggregation.stopping`."""

from aggregation.stopping import Evidence, Mode, Policy
from tasks_app.models import Pool
from tasks_app.tools.base import TaskResult


def policy_of(pool: Pool) -> Policy:
    """What the pool asks for."""
    return Policy(
        mode=Mode(pool.overlap_mode),
        minimum=pool.overlap_min,
        maximum=pool.overlap_max,
        confidence=pool.confidence,
        votes=pool.overlap_votes,
        worth=pool.overlap_worth,
    )


def evidence_of(found: TaskResult | None) -> Evidence:
    """What a task's result rests on; None: nobody has answered."""
    if found is None:
        return Evidence(0.0, 0)
    votes = sorted(found.votes.values(), reverse=True)
    most, second, *_ = [*votes, 0.0, 0.0]
    return Evidence(found.confidence, found.answers, most, second, found.outlook, found.trust)
