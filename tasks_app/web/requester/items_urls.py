"""The requester's pages about items. Included at the root, in the namespace `requester`."""

from django.urls import URLPattern, path

from tasks_app.web.requester import items, uploads

urlpatterns: list[URLPattern] = [
    path("p/<str:project>/items/", items.page, name="items"),
    path("p/<str:project>/items/list/", items.listing, name="items_list"),
    path("p/<str:project>/items/delete/", items.delete, name="items_delete"),
    path("p/<str:project>/items/imports/", items.imports, name="imports"),
    path("p/<str:project>/items/upload/", uploads.begin, name="upload_begin"),
    path("p/<str:project>/items/upload/<str:upload>/", uploads.show, name="upload"),
    path("p/<str:project>/items/upload/<str:upload>/files/", uploads.add, name="upload_file"),
    path("p/<str:project>/items/upload/<str:upload>/start/", uploads.start, name="upload_start"),
    path("p/<str:project>/items/upload/<str:upload>/problems.csv", uploads.problems, name="import_problems"),
    path("p/<str:project>/items/upload/<str:upload>/<str:action>/", uploads.act, name="upload_act"),
    path("p/<str:project>/items/<str:task>/", items.item, name="item"),
]
