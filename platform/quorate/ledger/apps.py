from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "quorate.ledger"
    label = "ledger"
