"""The worker's pages: find work, do it, see what it earned."""

from django.urls import path

from tasks_app.web.worker import learning, notices, skills, views

app_name = "worker"

urlpatterns = [
    path("", views.market_page, name="market"),
    path("answers/", views.answers, name="answers"),
    path("answers/<str:rejection>/dispute/", views.dispute, name="dispute"),
    path("earnings/", views.earnings, name="earnings"),
    path("notices/", notices.page, name="notices"),
    path("notices/<str:firing>/appeal/", notices.make_appeal, name="appeal"),
    path("skills/", skills.page, name="skills"),
    path("<str:pool>/", views.preview, name="preview"),
    path("<str:pool>/rate/", views.rate_work, name="rate"),
    path("<str:pool>/learn/", learning.page, name="learn"),
    path("<str:pool>/learn/answer/", learning.answer, name="learn_answer"),
    path("<str:pool>/do/", views.do, name="do"),
]
