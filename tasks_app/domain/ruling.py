"""Rules: made, switched and removed by a project's people; applied to workers by the judging job; undone by people.

A rule looks at the worker's answers since it last applied to that worker. So a job that runs twice applies it once, a
sanction that has ended is not repeated on the old answers, and a firing that was undone is not done again on them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.log import record
from tasks_app.domain.noting import note_firing
from tasks_app.domain.quality import let_count
from tasks_app.domain.reviewing import release_held
from tasks_app.domain.skills import grant
from tasks_app.enums import Sanction, SkillSource, TaskKind
from tasks_app.errors import InvalidInput
from tasks_app.grammar import rule as grammar
from tasks_app.models import Answer, Check, Exclusion, Firing, Project, Rule, Skill, SkillGrant, Task
from tasks_app.queries.measures import Window, measure, windows
from tasks_app.tools.fields import Json, Problems, read_text

MAX_RULES = 50
SANCTIONS = {"exclude": Sanction.EXCLUDED, "slow": Sanction.SLOWED, "review": Sanction.REVIEWED}
# For the dry run: who is good by known answers.
GOOD, GOOD_FROM = 0.8, 5


@dataclass(frozen=True)
class DryRun:
    """Whom a rule would have applied to by all past answers: workers with their evidence, the good ones among them."""

    looked_at: int
    applied: list[tuple[int, list[Json]]]
    good: int
    answers: int


def add_rule(*, project: Project, actor: User, body: Any) -> Rule:
    """A new rule, in force at once. Raises InvalidInput naming "rule.when.0.measure" and the like."""
    clean = grammar.clean(body)
    wanted = {action["skill"] for action in clean["then"] if action["do"] == "skill"}
    own = Skill.objects.filter(public_id__in=wanted, owner=project.created_by_id).count()
    if own < len(wanted):
        raise InvalidInput(fields={"rule.then": "The skill is none of the project owner's."})
    if Rule.objects.filter(project=project, removed_at=None).count() >= MAX_RULES:
        raise InvalidInput(fields={"rule": f"At most {MAX_RULES} rules in a project."})
    with transaction.atomic():
        made = Rule.objects.create(project=project, body=clean, created_by=actor)
        _note_rule(made, actor, "added", sentence=grammar.sentence(clean))
    return made


def switch(*, rule: Rule, actor: User, on: bool) -> None:
    """Switch a rule on or off. What it did stays."""
    with transaction.atomic():
        if Rule.objects.filter(pk=rule.pk, enabled=not on).update(enabled=on):
            _note_rule(rule, actor, "switched_on" if on else "switched_off")


def remove(*, rule: Rule, actor: User) -> None:
    """Take a rule away. What it did stays, with its evidence."""
    with transaction.atomic():
        if Rule.objects.filter(pk=rule.pk, removed_at=None).update(removed_at=database_now(), enabled=False):
            _note_rule(rule, actor, "removed")


def apply_rules(project: Project, workers: Collection[int]) -> int:
    """Apply the project's rules to these workers; returns how often one did. Inside no transaction.

    Queries: one for the rules, and for each of them the firings so far and what its measures take.
    """
    fired = 0
    for rule in Rule.objects.filter(project=project, enabled=True, removed_at=None).order_by("pk"):
        seen = dict(
            Firing.objects.filter(rule=rule, worker__in=workers)
            .values_list("worker_id")
            .annotate(last=Max("last_answer"))
            .order_by()
        )
        since = {worker: seen.get(worker, 0) for worker in workers}
        for worker, window in _looked(project, rule.body, since).items():
            if window.answers and grammar.holds(rule.body, window.measured):
                fired += _fire(rule, worker, window)
    return fired


def dry_run(project: Project, body: Json) -> DryRun:
    """Whom this rule would apply to now, by the newest answers of everybody; changes nothing."""
    workers = set(Answer.objects.filter(project=project).order_by().values_list("worker_id", flat=True).distinct())
    looked = _looked(project, body, dict.fromkeys(workers, 0))
    applied = [
        (worker, grammar.evidence(body, window.measured))
        for worker, window in sorted(looked.items())
        if window.answers and grammar.holds(body, window.measured)
    ]
    hit = {worker for worker, _ in applied}
    scores: dict[int, list[float]] = defaultdict(list)
    for worker, score in Check.objects.filter(project=project, worker__in=hit).values_list("worker_id", "score"):
        scores[worker].append(score)
    out = any(action["do"] == "ask_again" for action in body["then"])
    return DryRun(
        looked_at=len(workers),
        applied=applied,
        good=sum(len(row) >= GOOD_FROM and sum(row) / len(row) >= GOOD for row in scores.values()),
        answers=Answer.objects.filter(project=project, worker__in=hit, counts=True).count() if out else 0,
    )


def undo(*, firing: Firing, actor: User, reason: str) -> Firing:
    """Take back all that a firing did: exclusions end, answers count again, a skill it gave goes. Again changes nothing.

    Raises InvalidInput naming "reason".
    """
    problems = Problems()
    clean = read_text(reason, "reason", problems, maximum=500, lines=True)
    problems.check()
    with transaction.atomic():
        locked = Firing.objects.select_for_update(of=("self",)).select_related("project", "worker").get(pk=firing.pk)
        if locked.undone_at is not None:
            return locked
        now = database_now()
        locked.undone_at, locked.undone_by, locked.undo_reason = now, actor, clean
        locked.save(update_fields=["undone_at", "undone_by", "undo_reason"])
        Exclusion.objects.filter(firing=locked, lifted_at=None).update(lifted_at=now)
        SkillGrant.objects.filter(worker=locked.worker, source=SkillSource.RULE, reason=_tag(locked)).delete()
        note_firing(locked, actor, "rule.undone", reason=clean)
        more = sum(action["count"] for action in locked.body["then"] if action["do"] == "add_overlap")
        also = _ask_more(locked, locked.tasks, -more)
        # Now the dirty rows, in their order: pages to accept, then tasks to decide.
        if any(action["do"] == "review" for action in locked.body["then"]):
            release_held(locked.worker_id)
        out = Answer.objects.filter(worker=locked.worker, excluded_reason=_tag(locked))
        let_count(out, counts=True, reason="", also=also)
    return locked


def _looked(project: Project, body: Json, since: Mapping[int, int]) -> dict[int, Window]:
    found = windows(project, since, body["window"])
    measure(project, found, grammar.measures_in(body))
    return found


def _fire(rule: Rule, worker: int, window: Window) -> int:
    """Do what the rule says, once: 1, or 0 where another job was faster."""
    try:
        with transaction.atomic():
            firing = Firing.objects.create(
                rule=rule,
                project=rule.project,
                worker_id=worker,
                body=rule.body,
                evidence=grammar.evidence(rule.body, window.measured),
                last_answer=window.last,
            )
            firing.answers_out = _act(firing, window)
    except IntegrityError:
        return 0
    return 1


def _act(firing: Firing, window: Window) -> int:
    """Inside the firing's transaction; returns how many answers it took out. The dirty rows are written last."""
    now = database_now()
    out, more = False, 0
    for number, action in enumerate(firing.body["then"]):
        if action["do"] in grammar.PLACED:
            _exclude(firing, action, now)
        elif action["do"] == "add_overlap":
            more += action["count"]
        elif action["do"] == "skill":
            _give(firing, action, number)
        out = out or action["do"] == "ask_again"
    evidence = [{"measure": one["measure"], "found": one["found"], "count": one["count"]} for one in firing.evidence]
    rows = Answer.objects.filter(pk__in=[one.pk for one in window.answers] if out else [], counts=True)
    count = rows.count()
    if count:
        Firing.objects.filter(pk=firing.pk).update(answers_out=count)
    note_firing(firing, None, "rule.fired", rule=firing.rule.public_id, evidence=evidence, answers=count)
    also = _ask_more(firing, {one.task for one in window.answers}, more)
    let_count(rows, counts=False, reason=_tag(firing), also=also)
    return count


def _ask_more(firing: Firing, tasks: Collection[int], more: int) -> list[tuple[int, int]]:
    """Want so many answers more of these tasks, within their maximum; below nothing takes that back. Returns what to decide
    anew, as (project id, task id).
    """
    if not more:
        return []
    mine = Task.objects.filter(pk__in=tasks, kind=TaskKind.MAIN)
    locked = list(mine.select_for_update().order_by("pk"))
    for task in locked:
        task.asked_more = max(task.asked_more + more, 0)
    Task.objects.bulk_update(locked, ["asked_more"])
    Firing.objects.filter(pk=firing.pk).update(tasks=[task.pk for task in locked])
    return [(firing.project_id, task.pk) for task in locked]


def _exclude(firing: Firing, action: Json, now: datetime) -> None:
    project = firing.project
    places: list[dict[str, Any]] = [{"pool": pool} for pool in project.pools.all()]
    if action["from"] == "project":
        places = [{"project": project}]
    elif action["from"] == "requester":
        places = [{"requester_id": project.created_by_id}]
    ends = None if action["days"] is None else now + timedelta(days=action["days"])
    what = {"what": SANCTIONS[action["do"]], "every_seconds": action.get("seconds", 0)}
    Exclusion.objects.bulk_create(
        Exclusion(worker=firing.worker, firing=firing, ends_at=ends, **what, **place) for place in places
    )


def _give(firing: Firing, action: Json, number: int) -> None:
    """The skill, unless it is gone; the value is the first condition's measure where none is given."""
    skill = Skill.objects.filter(public_id=action["skill"]).first()
    found = firing.evidence[0]["found"]
    value = round(min(found, 1.0) * 100) if action["value"] is None else action["value"]
    if skill is not None:
        grant(
            skill=skill,
            worker=firing.worker,
            value=value,
            days=action["days"],
            source=SkillSource.RULE,
            actor=None,
            reason=_tag(firing),
        )


def _tag(firing: Firing) -> str:
    """What an answer or a skill says that this firing changed, so that undoing finds its own."""
    return f"rule applied ({firing.public_id})"


def _note_rule(rule: Rule, actor: User, verb: str, **data: object) -> None:
    record(
        actor=actor,
        verb=f"rule.{verb}",
        object_type="project",
        object_id=rule.project.public_id,
        scope=rule.project.public_id,
        data={"rule": rule.public_id, **data},
    )
