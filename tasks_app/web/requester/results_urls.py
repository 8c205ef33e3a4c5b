"""The requester's pages about results. Included at the root, in the namespace `requester`."""

from django.urls import URLPattern, path

from tasks_app.web.requester import exports, results

urlpatterns: list[URLPattern] = [
    path("p/<str:project>/results/", results.page, name="results"),
    path("p/<str:project>/contested/send/", results.send_contested, name="send_contested"),
    path("p/<str:project>/results/<str:task>/", results.item, name="result"),
    path("p/<str:project>/export/", exports.page, name="exports"),
    path("p/<str:project>/export/prepared/", exports.prepared, name="exports_prepared"),
    path("p/<str:project>/export/prepare/", exports.prepare, name="export_prepare"),
    path("p/<str:project>/export/now/<str:form>/", exports.direct, name="export_now"),
    path("p/<str:project>/export/files/<str:export>/", exports.download, name="export_file"),
]
