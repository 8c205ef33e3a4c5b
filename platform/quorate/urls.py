"""The site's table of contents."""

from django.urls import include, path

from quorate.common.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", include("tasks_app.api.urls")),
    path("", include("quorate.accounts.urls")),
    path("", include("tasks_app.web.urls")),
]
