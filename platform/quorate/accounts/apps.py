from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "quorate.accounts"
    label = "accounts"
