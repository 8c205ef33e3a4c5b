from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "quorate.common"
    label = "common"
