"""The requester's pages."""

from django.urls import URLPattern, URLResolver, include, path

from tasks_app.web.requester import (
    history,
    instructions,
    launch,
    live,
    members,
    money,
    price,
    price_steps,
    projects,
    question,
    settings,
)

app_name = "requester"
urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.new, name="new"),
    path("money/", money.statement, name="balance"),
    path("p/<str:project>/", projects.overview, name="project"),
    path("p/<str:project>/question/", question.edit, name="question"),
    path("p/<str:project>/question/example/", question.upload_example, name="example"),
    path("p/<str:project>/instructions/", instructions.edit, name="instructions"),
    path("p/<str:project>/instructions/preview/", instructions.preview, name="instructions_preview"),
    path("p/<str:project>/reports/<str:report>/settle/", instructions.settle, name="report_settle"),
    path("p/<str:project>/price/", price.edit, name="price"),
    path("p/<str:project>/price/estimate/", price.recalculate, name="price_estimate"),
    path("p/<str:project>/price/skills/", price_steps.save, name="price_steps"),
    path("p/<str:project>/launch/", launch.page, name="launch"),
    path("p/<str:project>/launch/<str:action>/", launch.act, name="act"),
    path("p/<str:project>/clone/", launch.clone, name="clone"),
    path("p/<str:project>/live/", live.page, name="live"),
    path("p/<str:project>/live/numbers/", live.numbers, name="live_numbers"),
    path("p/<str:project>/money/", money.of_project, name="money"),
    path("p/<str:project>/history/", history.page, name="history"),
    path("p/<str:project>/settings/", settings.edit, name="settings"),
    path("p/<str:project>/settings/members/", members.add, name="member_add"),
    path("p/<str:project>/settings/members/<str:user>/", members.change, name="member_change"),
    path("p/<str:project>/settings/members/<str:user>/remove/", members.remove, name="member_remove"),
    path("p/<str:project>/settings/archive/", settings.archive_project, name="archive"),
    # Full paths in both ("p/<str:project>/items/"), names in this namespace: requester:items, requester:results, …
    path("", include("tasks_app.web.requester.items_urls")),
    path("", include("tasks_app.web.requester.results_urls")),
    path("", include("tasks_app.web.requester.quality_urls")),
]
