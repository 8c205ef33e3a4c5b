"""Uploads that nobody started: their files wait for a day after the last one came, then all of it goes."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now

from tasks_app.domain.noting import note_import
from tasks_app.enums import ImportState
from tasks_app.models import Import
from tasks_app.queries.locks import passing_by

WAITING = timedelta(days=1)
AT_ONCE = 5


def sweep_uploads(*, limit: int = AT_ONCE) -> int:
    """Drop uploads left alone for a day; returns how many. One query where there are none.

    Files before rows: a process killed in between leaves a row that the next tick sweeps, and no file that nothing names.
    A file that arrives meanwhile waits for the row's lock, then finds the import gone.
    """
    with transaction.atomic():
        left = passing_by(Import.objects.filter(state=ImportState.UPLOADING, active_at__lte=Now() - WAITING))
        due = list(left.select_related("pool__project").order_by("active_at")[:limit])
        for batch in due:
            files = list(batch.files.values_list("storage_name", flat=True))
            for name in files:
                default_storage.delete(name)
            note_import(batch, None, "dropped", rows=0, files=len(files), reason="never started")
            batch.delete()
    return len(due)
