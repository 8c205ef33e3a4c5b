"""The Celery application. Its jobs are the `jobs.py` of each installed app; only the relay sends to it, never a web request."""

import os
import warnings

from celery import Celery, signals
from celery.platforms import SecurityWarning

from quorate.common import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quorate.settings")

app = Celery("quorate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@signals.worker_init.connect  # type: ignore[untyped-decorator]  # as Celery has it
def name_connections(**_details: object) -> None:
    """What PostgreSQL calls a worker's connections (pg_stat_activity)."""
    os.environ.setdefault("PGAPPNAME", "quorate worker")


# Celery warns of running as root because unpickling a message runs code; ours are JSON, and take ids alone.
warnings.filterwarnings("ignore", category=SecurityWarning)

if app.conf.broker_url.startswith("filesystem://"):
    app.conf.broker_url = "filesystem://localhost"  # the name is not used; without one Celery remarks on it
    broker.use()
    broker.make_folders(app.conf.broker_transport_options)
