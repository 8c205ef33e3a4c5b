"""/media/: uploaded images, sounds and films."""

from django.urls import path

from tasks_app.web import media

app_name = "media"

urlpatterns = [
    path("<str:token>/<str:sha256>", media.image, name="image"),
    path("<str:token>/<str:sha256>/thumb", media.thumb, name="thumb"),
]
