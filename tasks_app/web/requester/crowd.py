"""Where the crowd disagrees, and how well it works: a project's pages about its workers' answers as a whole."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from tasks_app.models import Project
from tasks_app.queries import crowds, disagreement, efficiency
from tasks_app.queries.dashboards import stand
from tasks_app.queries.pools import current_pool
from tasks_app.queries.ratings import ratings_of
from tasks_app.web import charts
from tasks_app.web.chart_frame import HeatWords
from tasks_app.web.histograms import information, shares
from tasks_app.web.requester.items import thumbs
from tasks_app.web.requester.page import project_context, project_view

MET = HeatWords(
    row="one said",
    column="another said",
    head="One said",
    figure="Heat map of classes that are taken for each other.",
    hit="of those who met an answer said the same",
    cell="met",
)
# Above this the map is a carpet; the list of pairs says what matters.
CLASSES = 30


@project_view()
def disagree(request: HttpRequest, project: Project) -> HttpResponse:
    """Items by entropy, classes taken for each other, known answers that the crowd sees otherwise."""
    pool = current_pool(project)
    found = disagreement.consent(project)
    disputed = disagreement.most_disputed(project)
    context = project_context(
        project,
        "disagree",
        pool,
        rows=[(task, thumb) for task, thumb in thumbs(request, project, disputed)],
        consent=found,
        heat_map=_heat_map(found),
        contradictions=disagreement.contradictions(pool),
    )
    return render(request, "requester/disagree.html", context)


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """The crowd as a whole: information, agreement, drawings, answers an item, and what the money comes to."""
    pool = current_pool(project)
    crowd = crowds.project_crowd(project)
    consent = disagreement.consent(project)
    drawn = crowds.drawn_alike(project)
    spread = stand(pool).spread
    context: dict[str, Any] = project_context(
        project,
        "crowd",
        pool,
        crowd=crowd,
        consent=consent,
        metrics=efficiency.metrics(pool, crowd, consent),
        rated=ratings_of(project),
        least=crowds.least_telling(project),
        information=information(crowd),
        agreement=shares("Workers by agreement with the others", crowd.agreement, "agreement", "workers"),
        drawn=None
        if drawn is None
        else shares("Drawings by likeness to the result", drawn, "likeness (boxes: IoU)", "shapes"),
        answers=charts.bars(
            "Items by answers",
            [(str(number), float(spread.counts.get(number, 0))) for number in range(max(spread.counts, default=0) + 1)],
            x="answers",
            y="items",
        ),
    )
    return render(request, "requester/crowd.html", context)


def _heat_map(found: disagreement.Consent | None) -> SafeString | None:
    if found is None or not found.shares or len(found.names) > CLASSES:
        return None
    return charts.heat_map("Classes taken for each other", found.names, found.shares, words=MET)
