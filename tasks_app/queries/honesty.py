"""What a project's last fit learnt of its confidence."""

from tasks_app.models import AggregationState, Project
from tasks_app.tools.base import Honesty


def honesty_of(project: Project) -> Honesty | None:
    """None before there was anything to learn from. One query."""
    kept = AggregationState.objects.filter(project=project).values_list("honesty", flat=True).first()
    if not kept:
        return None
    return Honesty(kept["temperature"], kept["tasks"], [tuple(row) for row in kept["bins"]])
