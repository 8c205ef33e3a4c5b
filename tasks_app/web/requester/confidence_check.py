"""Is the confidence true: what was said and what is shown, against how often it was right."""

import math
from typing import Any

from tasks_app.models import Project
from tasks_app.queries.honesty import honesty_of
from tasks_app.web import charts

# Temperatures nearer to 1 than this change no confidence worth speaking of.
MUCH = 0.05


def confidence_check(project: Project) -> dict[str, Any]:
    """The picture of the last fit's calibration, and in which direction it corrects; nothing before there is one. One query."""
    found = honesty_of(project)
    if found is None:
        return {}
    verdict = "as often right as it says"
    if found.temperature < 1 - MUCH:
        verdict = "surer than it is right, so it is shown lower"
    elif found.temperature > 1 + MUCH:
        verdict = "right more often than it says, so it is shown higher"
    low = math.floor(10 * min(min(row[:3]) for row in found.bins)) / 10
    lines = [
        charts.Series("as sure as right", [(low, low), (1.0, 1.0)]),
        charts.Series("as the model says", sorted((said, right) for said, _, right, _ in found.bins)),
        charts.Series("as shown", [(shown, right) for _, shown, right, _ in found.bins]),
    ]
    picture = charts.line(
        "Confidence against what was right",
        lines,
        x="confidence, %",
        y="right",
        form=charts.as_percent,
        x_form=lambda share: f"{share * 100:.0f}",
        low=low,
        high=1.0,
    )
    return {"honesty": found, "honesty_chart": picture, "honesty_verdict": verdict}
