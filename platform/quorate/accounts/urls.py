"""The way in, and oneself."""

from django.urls import include, path

from quorate.accounts import views

accounts = (
    [
        path("sign-in/", views.sign_in, name="sign_in"),
        path("sign-out/", views.sign_out, name="sign_out"),
        path("sign-up/", views.sign_up, name="sign_up"),
        path("invite/<str:token>/", views.invite, name="invite"),
        path("me/", views.me, name="settings"),
        path("me/password/", views.password, name="password"),
        path("me/keys/", views.create_key, name="create_key"),
        path("me/keys/<slug:public_id>/revoke/", views.revoke_key, name="revoke_key"),
    ],
    "accounts",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("", include(accounts)),
]
