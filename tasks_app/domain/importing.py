"""Working through an import, a slice at a time: each slice commits its rows together with the cursor, so a process may be
killed anywhere and the next one goes on where the last commit stands, without a row lost or made twice.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from quorate.common.clock import database_now
from quorate.common.table_growth import note_growth
from quorate.events import dirty
from quorate.events.models import Dirty
from tasks_app.domain.adding_tasks import NewTask, add_tasks
from tasks_app.domain.import_rows import MAX_ROWS, Rows, item_of, readable
from tasks_app.domain.noting import note_import
from tasks_app.enums import ImportState, Topic
from tasks_app.errors import Conflict, InvalidInput
from tasks_app.models import Import, ImportProblem, Pool

logger = logging.getLogger(__name__)

SLICE_SECONDS = 1.5
SLICE_ROWS = 2_000
# A second job on the same import would only decode the same images again. A killed one is followed after this long.
LEASE = timedelta(seconds=20)


@dataclass(slots=True)
class Slice:
    """Rows read but not yet committed."""

    start: int
    good: list[NewTask] = field(default_factory=list)
    bad: list[ImportProblem] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.start + len(self.good) + len(self.bad)


def run_import_slice(import_id: int, *, clock: Callable[[], float] = time.monotonic) -> bool:
    """Work about SLICE_SECONDS on an import; True when nothing is left to do. Its dirty row stays until then.

    Safe to run twice at once, late, or not at all.
    """
    seen = _claim(import_id)
    if not seen:
        return not Import.objects.filter(pk=import_id, state=ImportState.RUNNING).exists()
    batch = Import.objects.select_related("pool__project", "created_by").filter(pk=import_id).first()
    if batch is None or batch.state not in {ImportState.RUNNING, ImportState.DONE}:
        dirty.done(seen)
        return True
    if batch.state == ImportState.DONE:
        _clear(batch)
        dirty.done(seen)
        return True
    try:
        _work(batch, clock)
    except Conflict as error:
        # No money, or the pool was closed: what is in stays, and it can be taken up again.
        _fail(batch, error.message)
        dirty.done(seen)
        return True
    _ring_again(import_id)
    return False


def _work(batch: Import, clock: Callable[[], float]) -> None:
    with Rows(batch) as rows:
        if batch.total_rows is None:
            total = rows.count()
            if total > MAX_ROWS:
                raise Conflict(f"More than {MAX_ROWS:,} rows: bring them in several parts.")
            Import.objects.filter(pk=batch.pk, total_rows=None).update(total_rows=total)
            return
        part = _read(batch, rows, clock)
    _commit(batch, part)


def _read(batch: Import, rows: Rows, clock: Callable[[], float]) -> Slice:
    """The next rows, validated, their images stored (again, if a killed process stored them: that finds them there)."""
    part = Slice(batch.done_rows)
    deadline: float | None = None
    for number, row in enumerate(rows.read(batch.done_rows), start=batch.done_rows):
        try:
            part.good.append(NewTask(item_of(batch, row), row.name, number))
        except InvalidInput as error:
            reason = readable(_reason(error))[:300]
            part.bad.append(ImportProblem(batch=batch, row=number, place=readable(row.place), reason=reason))
        # The clock starts with the first row: skipping to it must not eat a slice's whole time for ever.
        now = clock()
        deadline = deadline or now + SLICE_SECONDS
        if now >= deadline or part.end - part.start >= SLICE_ROWS:
            break
    return part


def _reason(error: InvalidInput) -> str:
    name, texts = next(iter(error.fields.items()), ("", [error.message]))
    return texts[0] if name in {"", "text", "image"} or texts[0] == error.message else f"{name}: {texts[0]}"


def _commit(batch: Import, part: Slice) -> None:
    """Rows and cursor in one transaction."""
    with transaction.atomic():
        # The pool first, as launching does: whether tasks get places depends on its state, and two imports into one
        # pool must not both find that an item is new.
        pool = Pool.objects.select_for_update(of=("self",)).select_related("project").get(pk=batch.pool_id)
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportState.RUNNING or locked.done_rows != part.start:
            return  # another process was faster with this very slice
        added = add_tasks(pool=pool, items=part.good, actor=batch.created_by, source=locked)
        ImportProblem.objects.bulk_create(part.bad, batch_size=500)
        locked.done_rows = part.end
        locked.good_rows += added.created
        locked.duplicate_rows += added.duplicates
        locked.bad_rows += len(part.bad)
        if part.end == part.start or part.end >= (locked.total_rows or 0):
            _finish(locked)
        locked.save(
            update_fields=["done_rows", "good_rows", "duplicate_rows", "bad_rows", "total_rows", "state", "finished_at"]
        )


def _finish(batch: Import) -> None:
    batch.state = ImportState.DONE
    batch.total_rows = batch.done_rows
    batch.finished_at = database_now()
    rows = {"good": batch.good_rows, "bad": batch.bad_rows, "duplicates": batch.duplicate_rows}
    note_import(batch, batch.created_by, "finished", **rows)
    note_growth("tasks_app_task", batch.good_rows)


def _fail(batch: Import, reason: str) -> None:
    with transaction.atomic():
        changed = Import.objects.filter(pk=batch.pk, state=ImportState.RUNNING)
        if changed.update(state=ImportState.FAILED, error=reason[:500]):
            note_import(batch, batch.created_by, "stopped", reason=reason[:500])


def _clear(batch: Import) -> None:
    """Delete the uploads of an import that is through. After its commit, and again if a kill came between."""
    for upload in batch.files.all():
        default_storage.delete(upload.storage_name)
    batch.files.all().delete()


# --- The dirty row as a lease -----------------------------------------------------------------------------------------
def _claim(import_id: int) -> list[dirty.Seen]:
    """Take the due row for LEASE; [] where there is none or another process has it."""
    seen = dirty.take(Topic.IMPORT, import_id, limit=1)
    if not seen:
        return []
    now = database_now()
    rows = Dirty.objects.filter(id=seen[0].id, due_at__lte=now)
    return seen if rows.update(due_at=now + LEASE) else []


def _ring_again(import_id: int) -> None:
    Dirty.objects.filter(topic=Topic.IMPORT, scope=import_id).update(due_at=database_now())
