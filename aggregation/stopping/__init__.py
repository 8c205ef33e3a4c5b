"""When to stop asking about a task, what one more answer would bring, and what a confidence is worth."""

from aggregation.stopping.calibration import Calibration
from aggregation.stopping.decisions import Decision, Evidence, Reason, Verdict, decide
from aggregation.stopping.forecast import Forecast, KnownCrowd, forecast
from aggregation.stopping.outlook import HOPELESS, Outlook, chance_to_settle, expected_gains, outlooks
from aggregation.stopping.policy import Mode, Policy
from aggregation.stopping.trust import worth_asking

__all__ = [
    "HOPELESS",
    "Calibration",
    "Decision",
    "Evidence",
    "Forecast",
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
    "outlooks",
    "worth_asking",
]
