"""The worker's pages: find work, do it, see what it earned."""

from django.urls import path

from tasks_app.web.worker import views

app_name = "worker"

urlpatterns = [
    path("", views.market_page, name="market"),
    path("answers/", views.answers, name="answers"),
    path("earnings/", views.earnings, name="earnings"),
    path("<str:pool>/", views.preview, name="preview"),
    path("<str:pool>/do/", views.do, name="do"),
]
