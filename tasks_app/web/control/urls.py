"""The admins' pages: health, projects, workers, people, money, the log, settings."""

from django.urls import path

from tasks_app.web.control import disputes, money, pairs, people, views, workers

app_name = "control"

urlpatterns = [
    path("", views.health, name="health"),
    path("live/", views.health_live, name="health_live"),
    path("projects/", views.projects, name="projects"),
    path("workers/", workers.workers, name="workers"),
    path("crowd/", workers.crowd, name="crowd"),
    path("workers/<str:worker>/", workers.worker, name="worker"),
    path("workers/<str:worker>/pause/", workers.pause, name="pause"),
    path("workers/<str:worker>/ban/", workers.ban, name="ban"),
    path("workers/<str:worker>/lift/<str:restriction>/", workers.lift, name="lift"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/rejections/<str:rejection>/", disputes.answer, name="dispute_answer"),
    path("disputes/<str:appeal>/", disputes.decide, name="decide"),
    path("projects/<str:project>/alike/", pairs.alike, name="alike"),
    path("pairs/", pairs.links, name="links"),
    path("pairs/<str:link>/", pairs.decide, name="link"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invites/<str:invite>/withdraw/", people.withdraw, name="withdraw"),
    path("people/<str:person>/", people.person, name="person"),
    path("money/", money.money, name="money"),
    path("money/deposit/", money.deposit, name="deposit"),
    path("log/", views.log, name="log"),
    path("settings/", views.settings_page, name="settings"),
    path("settings/terms/", views.set_terms, name="terms"),
]
