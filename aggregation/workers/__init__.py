"""Measures of workers. None of them needs a known truth; each is an array over `answers.worker_ids`."""

from aggregation.workers.copying import Copying, copying
from aggregation.workers.drift import Drift, drift
from aggregation.workers.intervals import Interval, accuracy_interval, confusion_interval
from aggregation.workers.skill import (
    agreement,
    expected_accuracy,
    informedness,
    mutual_information,
    spam_score,
    support,
)
from aggregation.workers.verdict import Verdict, verdicts

__all__ = [
    "Copying",
    "Drift",
    "Interval",
    "Verdict",
    "accuracy_interval",
    "agreement",
    "confusion_interval",
    "copying",
    "drift",
    "expected_accuracy",
    "informedness",
    "mutual_information",
    "spam_score",
    "support",
    "verdicts",
]
