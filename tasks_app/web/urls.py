"""The pages of the crowd, a namespace a section."""

from django.urls import include, path

from tasks_app.web import sandbox

urlpatterns = [
    path("", include("tasks_app.web.requester.urls")),
    path("work/", include("tasks_app.web.worker.urls")),
    path("control/", include("tasks_app.web.control.urls")),
    path("media/", include("tasks_app.web.media_urls")),
    path("sandbox/", sandbox.frame, name="sandbox"),
]
