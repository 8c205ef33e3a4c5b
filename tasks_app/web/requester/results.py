"""Results: table and gallery with filters, and the page of one item with all that led to its result."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app import rules, tools
from tasks_app.domain import routing
from tasks_app.enums import ResultState, TaskKind
from tasks_app.errors import DomainError
from tasks_app.models import KnownAnswer, Project, Result, Task
from tasks_app.queries import results as reads
from tasks_app.queries.known import known_of
from tasks_app.queries.media import media_urls
from tasks_app.queries.pools import current_pool
from tasks_app.queries.reopened import reopenings
from tasks_app.tools.fields import Json
from tasks_app.web import charts
from tasks_app.web.asked import asked
from tasks_app.web.requester.forms import CloneForm
from tasks_app.web.requester.items import item_of, thumbs
from tasks_app.web.requester.page import me, project_context, project_view, see_other

_ORDERS = (
    ("confidence", "Least sure first"),
    ("-confidence", "Surest first"),
    ("-disputed", "Most disputed first"),
    ("-answers", "Most answers first"),
)
_KEPT = ("state", "class", "low", "high", "q", "sort", "view")


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """Table or gallery."""
    wanted = _wanted(request)
    shown = reads.page_of(
        project, wanted, after=request.GET.get("after", "")[:80], before=request.GET.get("before", "")[:80]
    )
    counts = reads.state_counts(project)
    context = project_context(
        project,
        "results",
        current_pool(project),
        rows=_rows(request, project, shown.tasks),
        newer=_query(request, before=shown.newer),
        older=_query(request, after=shown.older),
        kept=_query(request),
        wanted=wanted,
        raw=request.GET,
        counts=counts,
        total=sum(counts.values()),
        states=[(state.value, state.label, counts[state.value]) for state in ResultState],
        classes=project.question.get("classes", []),
        sorts=_ORDERS,
        route=CloneForm(initial={"name": f"{project.name[:108]} (contested)"}),
        can_route=me(request).is_requester,
        gallery=request.GET.get("view") == "gallery",
        words=tools.get(project.kind).items,
    )
    return render(request, "requester/results/page.html", context)


@project_view("write", change=rules.view)
def send_contested(request: HttpRequest, project: Project) -> HttpResponse:
    """The contested items as a new draft of one's own; whoever may see a project may copy what is asked in it."""
    form = CloneForm(request.POST)
    if form.is_valid():
        try:
            copy = routing.send_contested(project=project, actor=me(request), name=form.cleaned_data["name"])
        except DomainError as error:
            form.take(error)
        else:
            messages.success(
                request, f"“{copy.name}” is a new draft with the contested items: set its price and who may take it."
            )
            return see_other(reverse("requester:price", args=[copy.public_id]))
    for texts in form.errors.values():
        messages.error(request, " ".join(str(text) for text in texts))
    return see_other(reverse("requester:results", args=[project.public_id]) + "?state=contested")


@project_view()
def item(request: HttpRequest, project: Project, task: str) -> HttpResponse:
    """One item: every answer, votes, posterior, result, and why asking stopped."""
    shown = item_of(request, project, task)
    shown.pool.project = project
    result: Result | None = getattr(shown, "result", None)
    given = reads.given_answers(shown)
    wanted = _wanted(request)
    before, after = reads.neighbours(project, wanted, shown)
    tool = tools.get(project.kind)
    addresses = media_urls(project.pk, shown.data, me(request).pk)
    context = project_context(
        project,
        "results",
        shown.pool,
        task=shown,
        result=result,
        given=[(one, tool.summary_of(project.question, one.answer.value)) for one in given],
        item_json={key: value for key, value in shown.data.items() if key != "meta"},
        question_json=project.question,
        layers=_layers(project, given, result),
        module=tool.script,
        media=addresses.pop("", None),
        media_addresses=addresses,
        meta=shown.data.get("meta", {}),
        posterior=_chart(project, result),
        votes=_votes(project, result),
        reopenings=reopenings(shown),
        known=[] if shown.kind == TaskKind.MAIN else _known(project, shown),
        before=before,
        after=after,
        kept=_query(request),
    )
    return render(request, "requester/results/item.html", context)


def _known(project: Project, task: Task) -> list[tuple[str, KnownAnswer]]:
    """What is known of an item, in words. One query."""
    tool = tools.get(project.kind)
    return [(tool.summary_of(project.question, one.value), one) for one in known_of(task)]


def _wanted(request: HttpRequest) -> reads.Filter:
    return reads.read_filter({name: asked(request, name, 100) for name in _KEPT})


def _layers(project: Project, given: list[reads.Given], result: Result | None) -> list[Json]:
    """What the tool lays over each other: the result, then each answer that counts, by code name."""
    layers: list[Json] = []
    if result is not None:
        layers.append({"label": "Result", "color": "", "answer": result.value, "result": True})
    layers += [
        {"label": one.worker, "color": "", "answer": one.answer.value}
        for one in given
        if one.answer.counts and one.answer.superseded_by_id is None
    ]
    return layers


def _chart(project: Project, result: Result | None) -> Any:
    """How likely each class is, most likely first; None where the kind has no such thing."""
    if result is None or not result.posterior:
        return None
    names = {row["key"]: row["name"] for row in project.question.get("classes", [])}
    ordered = sorted(result.posterior.items(), key=lambda pair: (-pair[1], pair[0]))[:12]
    return charts.bars(
        "How likely each class is",
        [(names.get(key, key), value) for key, value in ordered],
        x="class",
        y="probability",
        form=charts.as_percent,
    )


def _votes(project: Project, result: Result | None) -> list[tuple[str, float]]:
    """Votes by the name of what was voted for, most first."""
    names = {row["key"]: row["name"] for row in project.question.get("classes", [])}
    votes = result.votes if result else {}
    return [(names.get(key, key), n) for key, n in sorted(votes.items(), key=lambda pair: (-pair[1], pair[0]))]


def _rows(
    request: HttpRequest, project: Project, tasks: list[Task]
) -> list[tuple[Task, str | None, Result | None, Any]]:
    """Each task with its thumbnail, its result and the classes in it. No query."""
    classes = {row["key"]: row for row in project.question.get("classes", [])}
    rows = []
    for task, thumb in thumbs(request, project, tasks):
        result: Result | None = getattr(task, "result", None)
        keys = [key for key in result.classes.split("|") if key] if result else []
        rows.append((task, thumb, result, [classes[key] for key in keys if key in classes]))
    return rows


def _query(request: HttpRequest, **cursor: str) -> str:
    """The filter as a query string, with a cursor; "" for a cursor that leads nowhere."""
    if cursor and not any(cursor.values()):
        return ""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in _KEPT or not kept[name]:
            del kept[name]
    for name, value in cursor.items():
        kept[name] = value
    return f"?{kept.urlencode()}" if kept else ""
