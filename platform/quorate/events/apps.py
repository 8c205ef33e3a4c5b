from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "quorate.events"
    label = "events"
