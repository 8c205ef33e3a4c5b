"""How well a project's money becomes labels: metrics with their formula, the value to reach, and what to do below it."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from tasks_app.enums import AssignmentState, TaskKind
from tasks_app.models import Assignment, Pool, Slot, Standing
from tasks_app.queries.crowds import Crowd
from tasks_app.queries.dashboards import PoolMoney, money, remembered, stand
from tasks_app.queries.disagreement import Consent
from tasks_app.queries.pools import per_hour

PERCENT, MONEY, NUMBER = "percent", "money", "number"


@dataclass(frozen=True)
class Metric:
    """One line. `value` None: nothing to measure yet; `wanted`: as it is written; `good` None where there is no threshold."""

    name: str
    formula: str
    value: float | None
    form: str
    wanted: str
    good: bool | None
    advice: str


@dataclass(frozen=True)
class _Pages:
    handed_in: int
    lost: int
    rejected: int
    decided: int
    slots: int
    skipped: int


def metrics(pool: Pool, crowd: Crowd, consent: Consent | None) -> list[Metric]:
    """Seven queries, those over all tasks, payments and places up to 4 s old."""
    found = stand(pool)
    done = found.progress.done
    spent = remembered(f"money:{pool.pk}", lambda: money([pool])).get(pool.public_id, PoolMoney()).spent
    pages = remembered(f"pages:{pool.pk}", lambda: _pages(pool), size=lambda row: row.slots)
    sums = Standing.objects.filter(project=pool.project_id).aggregate(n=Sum("known_answers"), score=Sum("known_score"))
    saved = None if found.spread.per_done is None else 1 - found.spread.per_done / pool.overlap_max
    rows = [
        _least("Settled", "settled ÷ (settled + contested)", _part(found.progress.settled, done), 0.85,
               "Contested items need a clearer question, fewer classes at a time, or an expert: send them on from the results."),
        _least("Overlap saved", "1 − answers per finished item ÷ maximum", saved, 0.2,
               "Nearly every item takes the maximum: see which classes are taken for each other, and whether the crowd guesses."),
        _least("Right on known answers", "sum of scores ÷ known answers given", _part(sums["score"] or 0, sums["n"] or 0), 0.8,
               "Read the known answers most often missed; explain them in the instructions, or train before work."),
        _most("Skipped", "items skipped ÷ items handed out", _part(pages.skipped, pages.slots), 0.1,
              "People cannot tell or cannot see: allow “unsure”, or take such items out."),
        _most("Pages lost", "expired or given back ÷ taken", _part(pages.lost, pages.lost + pages.handed_in), 0.15,
              "The time is short or the page too long: allow more minutes, or fewer items on a page."),
        _most("Rejected", "pages rejected ÷ pages decided", _part(pages.rejected, pages.decided), 0.05,
              "Rejecting scares careful people away first: stop careless ones by rules instead."),
        _most("Workers who tell little", f"workers with information below {crowd.threshold:g} ÷ workers",
              _part(crowd.below, crowd.workers), 0.2,
              "Put the proposed rules in force, or ask for a skill on the page Who."),
    ]  # fmt: skip
    if consent is not None:
        rows.append(
            Metric("Agreement over chance", "Krippendorff’s α", consent.alpha, NUMBER, "at least 0.67",
                   None if consent.alpha is None else consent.alpha >= 0.67,
                   "The classes are not told apart in the same way by all: mend the pairs on the page Disagreement.")
        )  # fmt: skip
    cost = _part(spent, found.progress.settled)
    rows.append(Metric("Cost of a settled item", "spent ÷ settled items", cost, MONEY, "–", None, ""))
    hour = per_hour(pool)
    rows.append(Metric("Pay per hour", "reward ÷ median seconds a page", hour, MONEY, "–", None, ""))
    return rows


def _pages(pool: Pool) -> _Pages:
    states = dict(Assignment.objects.filter(pool=pool).values_list("state").annotate(n=Count("pk")).order_by())
    handed_in = sum(states.get(state, 0) for state in ("submitted", "accepted", "rejected"))
    slots = Slot.objects.filter(task__pool=pool, task__kind=TaskKind.MAIN).aggregate(
        n=Count("pk"), skipped=Count("pk", filter=Q(release_reason__startswith="skipped"))
    )
    rejected = states.get(AssignmentState.REJECTED, 0)
    return _Pages(
        handed_in=handed_in,
        lost=states.get(AssignmentState.EXPIRED, 0) + states.get(AssignmentState.RETURNED, 0),
        rejected=rejected,
        decided=rejected + states.get(AssignmentState.ACCEPTED, 0),
        slots=slots["n"],
        skipped=slots["skipped"],
    )


def _part(some: float, of: float) -> float | None:
    return some / of if of else None


def _least(name: str, formula: str, value: float | None, limit: float, advice: str) -> Metric:
    good = None if value is None else value >= limit
    return Metric(name, formula, value, PERCENT, f"at least {limit:.0%}", good, advice)


def _most(name: str, formula: str, value: float | None, limit: float, advice: str) -> Metric:
    good = None if value is None else value <= limit
    return Metric(name, formula, value, PERCENT, f"at most {limit:.0%}", good, advice)
