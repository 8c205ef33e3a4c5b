"""Known answers, rules and training of a project; a requester's skills."""

from typing import Any

from django.db.models import Avg, Count
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.accounts.models import User
from tasks_app import rules
from tasks_app.api import lists
from tasks_app.api import quality_shapes as shapes
from tasks_app.api.payloads import iso
from tasks_app.api.reading import body, caller, nothing
from tasks_app.api.schema import described
from tasks_app.api.serializers import Empty
from tasks_app.domain import known_answers, learning, ruling, skills
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.enums import TaskKind
from tasks_app.errors import Forbidden, InvalidInput, NotFound
from tasks_app.grammar import rule as grammar
from tasks_app.models import Pool, Project, Skill, SkillGrant, Task
from tasks_app.queries import audiences, courses, gate, ruled
from tasks_app.queries.api_pseudonyms import pseudonym


class KnownAnswers(APIView):
    @described(
        "known_list",
        tag="quality",
        returns=lists.paged("KnownItem", shapes.KnownItem),
        query=(shapes.KnownFilters,),
    )
    def get(self, request: Request, pool: str) -> Response:
        """A pool's items whose answer is known, newest first."""
        found = gate.pool(caller(request), pool)
        wanted = lists.filters(request, shapes.KnownFilters)
        rows = Task.objects.filter(pool=found).exclude(kind=TaskKind.MAIN)
        if "kind" in wanted:
            rows = rows.filter(kind=wanted["kind"])
        rows = rows.annotate(met=Count("checks"), mean=Avg("checks__score")).prefetch_related("known_answers")
        return lists.page(self, request, rows, _known)

    @described("known_make", tag="quality", takes=shapes.NewKnownItems, returns=shapes.KnownReceipt, status=201)
    def post(self, request: Request, pool: str) -> Response:
        """Make items known: all of them, or none. What was known of them before is replaced, so a retry is harmless."""
        user = caller(request)
        found = gate.pool(user, pool, rules.edit)
        given = body(request, shapes.NewKnownItems)
        try:
            made = known_answers.make_known(
                pool=found, actor=user, entries=_entries(found, given["items"]), kind=TaskKind(given["kind"])
            )
        except InvalidInput as error:
            named = {f"items.{name}" if name[:1].isdigit() else name: texts for name, texts in error.fields.items()}
            raise InvalidInput(fields=named) from error
        return Response({"known": made}, status=201)

    @described("known_mix", tag="quality", takes=shapes.NewMixing, returns=shapes.Mixing)
    def patch(self, request: Request, pool: str) -> Response:
        """Which share of what is handed out is known, and how many workers may meet each."""
        user = caller(request)
        found = gate.pool(user, pool, rules.edit)
        given = {"share": found.known_share, "overlap": found.known_overlap} | body(request, shapes.NewMixing)
        mixed = known_answers.set_mixing(pool=found, actor=user, **given)
        return Response({"share": mixed.known_share, "overlap": mixed.known_overlap})


class WithdrawKnown(APIView):
    @described("known_withdraw", tag="quality", takes=Empty, returns=shapes.KnownReceipt)
    def post(self, request: Request, task: str) -> Response:
        """The item is known no longer: it is asked like all others. Again is harmless."""
        nothing(request.data)
        user = caller(request)
        known_answers.withdraw(task=gate.task(user, task, rules.edit), actor=user)
        return Response({"known": 0})


class Rules(APIView):
    @described("rules_list", tag="quality", returns=shapes.RuleList)
    def get(self, request: Request, project: str) -> Response:
        """A project's rules, in the order in which they are applied."""
        found = gate.project(caller(request), project)
        return Response({"results": [_rule(row, sentence) for row, sentence in ruled.rules_of(found)]})

    @described("rules_create", tag="quality", takes=shapes.NewRule, returns=shapes.Rule, status=201)
    def post(self, request: Request, project: str) -> Response:
        """A new rule, in force at once. One that says the same as a rule there is makes no second one."""
        user = caller(request)
        found = gate.project(user, project, rules.edit)
        wanted = grammar.clean(body(request, shapes.NewRule)["rule"])
        same = next((row for row, _ in ruled.rules_of(found) if row.body == wanted), None)
        made = same or ruling.add_rule(project=found, actor=user, body=wanted)
        return Response(_one_rule(found, made.public_id), status=201)


class TryRule(APIView):
    @described("rules_try", tag="quality", takes=shapes.NewRule, returns=shapes.RuleTried)
    def post(self, request: Request, project: str) -> Response:
        """Whom a rule would apply to now, by past answers. Changes nothing."""
        found = gate.project(caller(request), project, rules.edit)
        tried = ruling.dry_run(found, grammar.clean(body(request, shapes.NewRule)["rule"]))
        names = [pseudonym(found.pk, worker) for worker, _ in tried.applied]
        return Response(
            {"looked_at": tried.looked_at, "applies_to": names, "good": tried.good, "answers": tried.answers}
        )


class OneRule(APIView):
    @described("rules_change", tag="quality", takes=shapes.RuleChange, returns=shapes.Rule)
    def patch(self, request: Request, project: str, rule: str) -> Response:
        """Switch it on or off. What it did stays."""
        user = caller(request)
        found = gate.project(user, project, rules.edit)
        one = ruled.rule_of(found, rule)
        ruling.switch(rule=one, actor=user, on=body(request, shapes.RuleChange)["enabled"])
        return Response(_one_rule(found, rule))


class RemoveRule(APIView):
    @described("rules_remove", tag="quality", takes=Empty, returns=shapes.RuleList)
    def post(self, request: Request, project: str, rule: str) -> Response:
        """Take it away; the answer lists what is left. What it did stays, with its evidence."""
        nothing(request.data)
        user = caller(request)
        found = gate.project(user, project, rules.edit)
        ruling.remove(rule=ruled.rule_of(found, rule), actor=user)
        return Response({"results": [_rule(row, sentence) for row, sentence in ruled.rules_of(found)]})


class Training(APIView):
    @described("training_read", tag="quality", returns=shapes.Training)
    def get(self, request: Request, project: str) -> Response:
        """How the project's training items are taught, and how that went."""
        return Response(_training(gate.project(caller(request), project)))

    @described("training_change", tag="quality", takes=shapes.TrainingChange, returns=shapes.Training)
    def patch(self, request: Request, project: str) -> Response:
        """Change what you send; the rest stays as it is."""
        user = caller(request)
        found = gate.project(user, project, rules.edit)
        course = courses.course_of(found)
        values = {name: getattr(course, name) for name in ("enabled", "feedback", *learning.BOUNDS)}
        values |= {"skill": course.skill.public_id if course.skill else None, "days": course.skill_days}
        values |= body(request, shapes.TrainingChange)
        learning.set_course(project=found, actor=user, **values | {"skill": values["skill"] or ""})
        return Response(_training(found))


class Skills(APIView):
    @described("skills_list", tag="skills", returns=shapes.SkillList)
    def get(self, request: Request) -> Response:
        """Your skills, by name."""
        return Response({"results": [_skill(row) for row in audiences.skills_of(_requester(request))]})

    @described("skills_create", tag="skills", takes=shapes.NewSkill, returns=shapes.Skill, status=201)
    def post(self, request: Request) -> Response:
        """A new skill of yours. A name you have already is refused, so a retry makes no second one."""
        user = _requester(request)
        made = skills.create_skill(owner=user, **body(request, shapes.NewSkill))
        return Response(_skill(_own_skill(user, made.public_id)), status=201)


class Grants(APIView):
    @described("skills_holders", tag="skills", returns=lists.paged("Grant", shapes.Grant), query=(lists.Filters,))
    def get(self, request: Request, skill: str) -> Response:
        """Who holds it, newest first."""
        found = _own_skill(_requester(request), skill)
        lists.filters(request, lists.Filters)
        return lists.page(self, request, audiences.holders(found), _grant)

    @described("skills_grant", tag="skills", takes=shapes.NewGrants, returns=shapes.GrantsReceipt)
    def post(self, request: Request, skill: str) -> Response:
        """Give it to people, or another value: all of them, or none. Again is harmless."""
        user = _requester(request)
        found = _own_skill(user, skill)
        given = body(request, shapes.NewGrants)
        return Response(
            {"given": skills.grant_to_people(skill=found, actor=user, **given | {"people": " ".join(given["people"])})}
        )


class RevokeSkill(APIView):
    @described("skills_revoke", tag="skills", takes=shapes.Revocation, returns=shapes.Revoked)
    def post(self, request: Request, skill: str) -> Response:
        """Take it back from a worker. Again is harmless."""
        user = _requester(request)
        found = _own_skill(user, skill)
        holder = User.objects.filter(public_id=body(request, shapes.Revocation)["worker"]).first()
        # Who is nobody here holds nothing: the answer tells no ids from others.
        revoked = holder is not None and skills.revoke(skill=found, worker=holder, actor=user)
        return Response({"revoked": revoked})


def _entries(pool: Pool, items: list[dict[str, Any]]) -> list[Known]:
    """Entries with their tasks. Raises InvalidInput naming "0.task" for what is no item of this pool, or is there twice."""
    ids = [item["task"] for item in items]
    tasks = {task.public_id: task for task in Task.objects.filter(pool=pool, public_id__in=ids)}
    wrong = {f"{place}.task": "No item of this pool." for place, one in enumerate(ids) if one not in tasks}
    wrong |= {f"{place}.task": "It is there twice." for place, one in enumerate(ids) if one in ids[:place]}
    if wrong:
        raise InvalidInput(fields=wrong)
    return [
        Known(
            task=tasks[item["task"]],
            answers=[RightAnswer(one["answer"], one["weight"]) for one in item["answers"]],
            explanation=item["explanation"],
        )
        for item in items
    ]


def _known(row: Any) -> dict[str, Any]:
    answers = sorted(row.known_answers.all(), key=lambda one: (-one.weight, one.pk))
    return {
        "task": row.public_id,
        "name": row.name,
        "kind": row.kind,
        "answers": [{"answer": one.value, "weight": one.weight} for one in answers],
        "explanation": answers[0].explanation if answers else "",
        "places_left": row.slots_free,
        "met": row.met,
        "score": row.mean,
    }


def _rule(row: Any, sentence: str) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "rule": row.body,
        "sentence": sentence,
        "enabled": row.enabled,
        "fired": row.fired,
        "undone": row.undone,
        "created_at": iso(row.created_at),
    }


def _one_rule(project: Project, public_id: str) -> dict[str, Any]:
    return next(_rule(row, text) for row, text in ruled.rules_of(project) if row.public_id == public_id)


def _training(project: Project) -> dict[str, Any]:
    course, went = courses.course_of(project), courses.stats(project)
    return {
        **{name: getattr(course, name) for name in ("enabled", "feedback", *learning.BOUNDS)},
        "skill": course.skill.public_id if course.skill else None,
        "days": course.skill_days,
        "items": went.items,
        "tried": went.tried,
        "passed": went.passed,
        "score": went.score,
    }


def _skill(row: Skill) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "description": row.description,
        "holders": row.holders,  # type: ignore[attr-defined]  # the annotation of skills_of()
    }


def _grant(row: SkillGrant) -> dict[str, Any]:
    return {
        "worker": row.worker.public_id,
        "name": row.worker.name,
        "value": row.value,
        "source": row.source,
        "granted_at": iso(row.granted_at),
        "expires_at": iso(row.expires_at),
    }


def _requester(request: Request) -> User:
    user = caller(request)
    if not user.is_requester:
        raise Forbidden("Only requesters give skills.")
    return user


def _own_skill(owner: User, public_id: str) -> Skill:
    found = audiences.skills_of(owner).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
