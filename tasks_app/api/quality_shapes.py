"""Shapes of known answers, rules, training and skills."""

from typing import Any

from rest_framework import serializers

from tasks_app.api.lists import Filters
from tasks_app.api.serializers import Strict
from tasks_app.domain import learning
from tasks_app.domain.known_answers import MAX_ANSWERS, MAX_EXPLANATION
from tasks_app.domain.skills import MAX_DAYS, MAX_NAME, MAX_PEOPLE, MAX_TEXT
from tasks_app.enums import SkillSource, TaskKind

MOST_ENTRIES = 500
KNOWN_KINDS = [choice for choice in TaskKind.choices if choice[0] != TaskKind.MAIN]
RULE_HELP = '{"when": [{"measure", "is", "value", "least"}], "window", "then": [{"do", …}]}: see docs/quality.md.'


class KnownFilters(Filters):
    kind = serializers.ChoiceField(KNOWN_KINDS, required=False)


class RightAnswer(serializers.Serializer[Any]):
    answer = serializers.JSONField(help_text="As a worker would give it.")
    weight = serializers.FloatField(help_text="What saying exactly this is worth, above 0 to 1.")


class KnownItem(serializers.Serializer[Any]):
    task = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=KNOWN_KINDS)
    answers = RightAnswer(many=True)
    explanation = serializers.CharField(allow_blank=True)
    places_left = serializers.IntegerField(help_text="How many more workers may meet it.")
    met = serializers.IntegerField(help_text="Workers who answered it.")
    score = serializers.FloatField(allow_null=True, help_text="Their mean score, 0 to 1.")


class NewRightAnswer(Strict):
    answer = serializers.JSONField()
    weight = serializers.FloatField(required=False, default=1.0)


class NewKnown(Strict):
    task = serializers.CharField(max_length=16)
    answers = serializers.ListField(child=NewRightAnswer(), min_length=1, max_length=MAX_ANSWERS)
    explanation = serializers.CharField(required=False, default="", allow_blank=True, max_length=MAX_EXPLANATION)


class NewKnownItems(Strict):
    kind = serializers.ChoiceField(choices=KNOWN_KINDS, required=False, default=TaskKind.GOLD)
    items = serializers.ListField(child=NewKnown(), min_length=1, max_length=MOST_ENTRIES)


class KnownReceipt(serializers.Serializer[Any]):
    known = serializers.IntegerField()


class Mixing(serializers.Serializer[Any]):
    share = serializers.FloatField()
    overlap = serializers.IntegerField()


class NewMixing(Strict):
    share = serializers.FloatField(required=False, min_value=0, max_value=0.5)
    overlap = serializers.IntegerField(required=False, min_value=1, max_value=1000)


class Rule(serializers.Serializer[Any]):
    id = serializers.CharField()
    rule = serializers.JSONField(help_text=RULE_HELP)
    sentence = serializers.CharField()
    enabled = serializers.BooleanField()
    fired = serializers.IntegerField(help_text="How often it applied.")
    undone = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class RuleList(serializers.Serializer[Any]):
    results = Rule(many=True)


class NewRule(Strict):
    rule = serializers.JSONField(help_text=RULE_HELP)


class RuleChange(Strict):
    enabled = serializers.BooleanField()


class RuleTried(serializers.Serializer[Any]):
    looked_at = serializers.IntegerField(help_text="Workers with answers.")
    applies_to = serializers.ListField(child=serializers.CharField(), help_text="Workers, by pseudonym.")
    good = serializers.IntegerField(help_text="Those of them who are good by known answers.")
    answers = serializers.IntegerField(help_text="Answers it would take out.")


class Training(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()
    feedback = serializers.BooleanField(help_text="Each answer is told at once whether it is right; false: an exam.")
    questions = serializers.IntegerField()
    pass_mark = serializers.IntegerField(help_text="Percent.")
    retry_hours = serializers.IntegerField()
    skill = serializers.CharField(allow_null=True, help_text="What passing gives.")
    days = serializers.IntegerField(allow_null=True, help_text="For how long; null: for good.")
    items = serializers.IntegerField(help_text="Training items there are.")
    tried = serializers.IntegerField(help_text="Workers who finished an attempt.")
    passed = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)


def _bounded(name: str) -> serializers.IntegerField:
    low, high = learning.BOUNDS[name]
    return serializers.IntegerField(required=False, min_value=low, max_value=high)


class TrainingChange(Strict):
    enabled = serializers.BooleanField(required=False)
    feedback = serializers.BooleanField(required=False)
    questions = _bounded("questions")
    pass_mark = _bounded("pass_mark")
    retry_hours = _bounded("retry_hours")
    skill = serializers.CharField(required=False, allow_null=True, max_length=16)
    days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_DAYS)


class Skill(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    holders = serializers.IntegerField()


class SkillList(serializers.Serializer[Any]):
    results = Skill(many=True)


class NewSkill(Strict):
    name = serializers.CharField(max_length=MAX_NAME)
    description = serializers.CharField(required=False, default="", allow_blank=True, max_length=MAX_TEXT)


class Grant(serializers.Serializer[Any]):
    worker = serializers.CharField(help_text="The worker's id.")
    name = serializers.CharField()
    value = serializers.IntegerField()
    source = serializers.ChoiceField(choices=SkillSource.choices)  # type: ignore[assignment]  # the name of the wire
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class NewGrants(Strict):
    people = serializers.ListField(
        child=serializers.RegexField(r"^[^\s,;]+$", max_length=254),
        min_length=1,
        max_length=MAX_PEOPLE,
        help_text="E-mail addresses or worker ids.",
    )
    value = serializers.IntegerField(min_value=0, max_value=100)
    days = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=MAX_DAYS)


class GrantsReceipt(serializers.Serializer[Any]):
    given = serializers.IntegerField()


class Revocation(Strict):
    worker = serializers.CharField(max_length=16)


class Revoked(serializers.Serializer[Any]):
    revoked = serializers.BooleanField(help_text="False where it was not held.")
