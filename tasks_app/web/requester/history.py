"""Who did what in a project, newest first, in sentences."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quorate.events.models import Event
from tasks_app.models import Project
from tasks_app.queries.pools import current_pool
from tasks_app.templatetags.quorate import money
from tasks_app.web.asked import asked_row
from tasks_app.web.requester.page import project_context, project_view

PER_PAGE = 50

FIELDS = {
    "reward": "reward",
    "tasks_per_assignment": "items in one assignment",
    "assignment_seconds": "seconds for one assignment",
    "lifetime_days": "days of lifetime",
    "overlap_min": "least answers",
    "overlap_max": "most answers",
    "confidence": "confidence",
    "accept_automatically": "acceptance without a review",
    "accept_delay_seconds": "seconds until acceptance",
}


def _priced(data: dict[str, Any]) -> str:
    def shown(name: str, value: Any) -> str:
        return money(value) if name == "reward" else str(value)

    parts = [
        f"{FIELDS.get(name, name)} {shown(name, change.get('from'))} → {shown(name, change.get('to'))}"
        for name, change in data.items()
        if isinstance(change, dict)
    ]
    return "set " + ", ".join(parts) if parts else "set the price"


def _described(data: dict[str, Any]) -> str:
    return "changed " + ", ".join(f"the {name} to “{text}”" for name, text in data.items())


def _finished(data: dict[str, Any]) -> str:
    return (
        f"brought in {data.get('good', 0):,} items"
        + (f", {data['duplicates']:,} were there already" if data.get("duplicates") else "")
        + (f", {data['bad']:,} rows were refused" if data.get("bad") else "")
    )


# Verb → the rest of a sentence that begins with a person's name.
SENTENCES: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "project.created": "created the project",
    "project.question_changed": lambda data: f"changed the question (version {data.get('version')})",
    "project.instructions_changed": "changed the instructions",
    "project.described": _described,
    "project.archived": "archived the project",
    "project.unarchived": "took the project out of the archive",
    "project.cloned": "copied the project",
    "project.contested_sent": lambda data: f"made a new draft of {data.get('items', 0):,} contested items",
    "member.added": lambda data: f"added {data.get('name')} as {data.get('role')}",
    "member.role_changed": lambda data: f"made {data.get('name')} {data.get('role')}",
    "member.removed": lambda data: f"removed {data.get('name')}",
    "pool.priced": _priced,
    "pool.price_steps_set": "set the price by skill",
    "pool.launched": "launched it",
    "pool.paused": "paused it",
    "pool.resumed": "resumed it",
    "pool.closed": lambda data: f"closed it; {money(data.get('released', 0))} was given back",
    "pool.reopened": lambda data: (
        f"opened {data.get('items', 0):,} settled items again" + (f": {data['why']}" if data.get("why") else "")
    ),
    "pool.items_added": lambda data: f"added {data.get('created', 0):,} items over the API",
    "pool.items_deleted": lambda data: f"removed {data.get('items', 0):,} items",
    "pool.known_added": lambda data: (
        f"made {data.get('items', 0):,} items known answers"
        + (" for training" if data.get("kind") == "training" else "")
    ),
    "project.rated": "was rated by somebody who worked on it",
    "project.course_set": lambda data: (
        "set up the "
        + ("training" if data.get("feedback") else "exam")
        + ("" if data.get("enabled") else ", not offered")
    ),
    "rule.added": lambda data: f"added a rule: {data.get('sentence')}",
    "rule.switched_on": "switched a rule on",
    "rule.switched_off": "switched a rule off",
    "rule.removed": "removed a rule",
    "pool.audience_set": lambda data: "said who it is for" if data.get("audience") else "opened it to everybody",
    "pool.known_withdrawn": "made a known answer an ordinary item again",
    "pool.known_mixed": lambda data: (
        f"set known answers to {data.get('share', 0):.0%} of the tasks of a new worker, "
        f"each for at most {data.get('overlap', 0):,} workers"
    ),
    "task.reopened": lambda data: f"opened a settled item again: {data.get('why')}",
    "import.started": lambda data: f"started an import ({data.get('files', 0):,} files)",
    "import.resumed": "went on with an import that had stopped",
    "import.dropped": lambda data: f"ended an import early; {data.get('rows', 0):,} items of it stay",
    "import.finished": _finished,
    "import.stopped": lambda data: f"stopped an import: {data.get('reason') or 'no reason given'}",
    "import.failed": lambda data: f"could not import: {data.get('reason')}",
}
# What changes the life of the project stands out.
STRONG = {"project.created", "pool.launched", "pool.paused", "pool.resumed", "pool.closed", "project.archived"}


def sentence(event: Event) -> str:
    """An event in words; a verb that is new here is shown as it is, with its object."""
    told = SENTENCES.get(event.verb)
    if isinstance(told, str):
        return told
    if told is not None:
        return told(event.data)
    return f"{event.verb.replace('.', ': ').replace('_', ' ')} ({event.object_type})"


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """What people did; `?all=1` also every assignment that was taken, submitted and paid. Four queries."""
    pool = current_pool(project)
    everything = request.GET.get("all") == "1"
    events = Event.objects.select_related("actor").order_by("-id")
    if everything:
        events = events.filter(scope=project.public_id)
    else:
        imports = list(pool.imports.order_by("-id").values_list("public_id", flat=True)[:500])
        # Three exact ranges of an index: the assignments' events, a hundred times as many, are not walked through.
        events = events.filter(
            Q(object_type="project", object_id=project.public_id)
            | Q(object_type="pool", object_id=pool.public_id)
            | Q(object_type="import", object_id__in=imports)
        )
    start = asked_row(request, "before")
    if start is not None:
        events = events.filter(id__lt=start)
    found = list(events[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    context = project_context(
        project,
        "history",
        pool,
        events=[(event, sentence(event), event.verb in STRONG) for event in shown],
        everything=everything,
        older=f"?before={shown[-1].pk}{'&all=1' if everything else ''}" if len(found) > PER_PAGE else "",
        newest=("?all=1" if everything else "?") if start is not None else "",
    )
    return render(request, "requester/history.html", context)
