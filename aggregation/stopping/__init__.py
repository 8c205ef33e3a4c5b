"""When to stop asking about a task, what one more answer would bring, and what a confidence is worth."""

from aggregation.stopping.calibration import Calibration
from aggregation.stopping.decisions import Decision, Evidence, Reason, Verdict, decide
from aggregation.stopping.forecast import Forecast, KnownCrowd, forecast
from aggregation.stopping.honest import HonestCrowd
from aggregation.stopping.outlook import HOPELESS, Outlook, chance_to_settle, expected_gains, outlooks
from aggregation.stopping.policy import Mode, Policy
from aggregation.stopping.trust import LEAST_SKILL, hands, skill_at_most, worth_asking

__all__ = [
    "HOPELESS",
    "LEAST_SKILL",
    "Calibration",
    "Decision",
    "Evidence",
    "Forecast",
    "HonestCrowd",
    "KnownCrowd",
    "Mode",
    "Outlook",
    "Policy",
    "Reason",
    "Verdict",
    "chance_to_settle",
    "decide",
    "expected_gains",
    "forecast",
    "hands",
    "outlooks",
    "skill_at_most",
    "worth_asking",
]
