"""Replaying a crowd: what would a rule of overlap have asked, paid and found, had these answers come one session at a time?"""

from aggregation.replay.baselines import FixedOverlap, SkillRule, VoteMargin
from aggregation.replay.curves import Point, accuracy_at, saved
from aggregation.replay.model_rule import ModelRule
from aggregation.replay.stage import Outcome, Recorded, Rule, Stage, replay

__all__ = [
    "FixedOverlap",
    "ModelRule",
    "Outcome",
    "Point",
    "Recorded",
    "Rule",
    "SkillRule",
    "Stage",
    "VoteMargin",
    "accuracy_at",
    "replay",
    "saved",
]
