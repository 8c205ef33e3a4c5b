"""Files on their way in: an import is opened, files arrive one by one (each once, whatever is retried), then it starts."""

import secrets
from collections.abc import Sequence
from typing import IO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Now

from quorate.accounts.models import User
from quorate.events import dirty
from tasks_app.domain.import_rows import readable, recognise, shape_of
from tasks_app.domain.import_tables import MAX_COLUMN_NAME
from tasks_app.domain.keeping_media import release
from tasks_app.domain.noting import note_import, note_pool
from tasks_app.enums import ImportState, PoolState, TaskKind, Topic
from tasks_app.errors import Conflict, DomainError, InvalidInput
from tasks_app.models import Import, ImportFile, Pool, Task

MAX_FILES = 20_000


class TooLarge(DomainError):
    """The upload is larger than this server takes."""

    code = "too_large"
    status = 413


def open_import(*, pool: Pool, actor: User, name: str) -> Import:
    """An import that waits for files. Raises Conflict for a closed pool."""
    if pool.state == PoolState.CLOSED:
        raise Conflict("This project is closed: it takes no more items.")
    return Import.objects.create(pool=pool, name=readable(name.strip()) or "Upload", created_by=actor)


def add_file(*, batch: Import, file: "File[bytes]", name: str, upload_key: str) -> ImportFile:
    """Keep an uploaded file for the import. The same `upload_key` again is the file that is there already.

    Raises InvalidInput naming "file" or "upload_key", TooLarge, Conflict once the import has started.
    """
    if not 1 <= len(upload_key) <= 80 or not upload_key.isprintable():
        raise InvalidInput(fields={"upload_key": "A key of 1 to 80 characters is needed."})
    clean_name = readable(name.strip().replace("\\", "/")).lstrip("/")
    if not clean_name:
        raise InvalidInput(fields={"file": "The file has no name."})
    there = batch.files.filter(upload_key=upload_key).first()
    if there is not None:
        return there
    size = file.size or 0
    shape = recognise(clean_name, cast(IO[bytes], file))
    file.seek(0)
    stored = default_storage.save(f"uploads/{batch.public_id}/{secrets.token_hex(16)}.{shape}", file)
    try:
        with transaction.atomic():
            locked = Import.objects.select_for_update().filter(pk=batch.pk).first()
            if locked is None or locked.state != ImportState.UPLOADING:
                raise Conflict("This upload has been closed; start another one for more files.")
            _check_room(locked, size)
            Import.objects.filter(pk=locked.pk).update(active_at=Now())
            return ImportFile.objects.create(
                batch=locked, name=clean_name, storage_name=stored, size=size, upload_key=upload_key
            )
    except IntegrityError:
        # The same file was sent twice at once; the other request was first.
        default_storage.delete(stored)
        return ImportFile.objects.get(batch=batch, upload_key=upload_key)
    except DomainError:
        default_storage.delete(stored)
        raise


def _check_room(batch: Import, size: int) -> None:
    limit = settings.MAX_UPLOAD_BYTES
    there = batch.files.aggregate(total=Sum("size"))["total"] or 0
    if size > limit or there + size > limit:
        raise TooLarge(
            f"One upload may have {limit // 1024**2:,} MB in all. Bring the rest as another one.",
            fields={"file": "Too large for this upload."},
        )
    if batch.files.count() >= MAX_FILES:
        raise TooLarge(f"One upload may have {MAX_FILES:,} files. Bring the rest as another one, or as a ZIP.")


def start_import(*, batch: Import, actor: User, column: str = "", without_tables: bool = False) -> Import:
    """Close the upload and begin to read it; `column` is the table's column that holds the item.

    `without_tables` leaves tables out: a folder of photos may hold one that is not about which photos to ask about.
    Again, or after it has begun, changes nothing. Raises InvalidInput naming "files" or "column".
    """
    left_out: list[str] = []
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportState.UPLOADING:
            return locked
        files = list(locked.files.all())
        tables = [upload for upload in files if shape_of(upload) == "table"]
        if len(files) == (len(tables) if without_tables else 0):
            raise InvalidInput(fields={"files": "Choose at least one file."})
        if without_tables:
            left_out = [upload.storage_name for upload in tables]
            locked.files.filter(pk__in=[upload.pk for upload in tables]).delete()
        elif tables and not column.strip().strip("\x00"):
            raise InvalidInput(fields={"column": "Choose the column that holds the items."})
        locked.column = "" if without_tables else readable(column[:MAX_COLUMN_NAME])
        locked.state = ImportState.RUNNING
        locked.save(update_fields=["column", "state"])
        dirty.mark(Topic.IMPORT, locked.pk)
        note_import(locked, actor, "started", files=len(files) - len(left_out))
    for name in left_out:
        default_storage.delete(name)
    return locked


def take_up_again(*, batch: Import, actor: User) -> None:
    """Go on with an import that was stopped, from the row where it stopped. Raises Conflict for any other."""
    with transaction.atomic():
        if not Import.objects.filter(pk=batch.pk, state=ImportState.FAILED).update(
            state=ImportState.RUNNING, error="", total_rows=None
        ):
            raise Conflict("Only an import that was stopped can be taken up again.")
        dirty.mark(Topic.IMPORT, batch.pk)
        note_import(batch, actor, "resumed")


def give_up(*, batch: Import, actor: User) -> None:
    """Drop what has not been brought in: an upload that never started goes, a stopped import keeps what is in.

    Raises Conflict while it runs or when it is through.
    """
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state not in {ImportState.UPLOADING, ImportState.FAILED}:
            raise Conflict("This import is running or through; there is nothing to drop.")
        stored = list(locked.files.values_list("storage_name", flat=True))
        note_import(locked, actor, "dropped", rows=locked.good_rows)
        if locked.good_rows:
            locked.files.all().delete()
            Import.objects.filter(pk=locked.pk).update(
                state=ImportState.DONE, total_rows=locked.done_rows, error=f"Ended early. {locked.error}".strip()[:500]
            )
        else:
            locked.delete()
    for name in stored:
        default_storage.delete(name)


def delete_items(*, pool: Pool, actor: User, public_ids: Sequence[str] | None) -> int:
    """Remove items of a draft (None: all). Returns how many. Raises Conflict once the pool was launched."""
    with transaction.atomic():
        locked = Pool.objects.select_for_update().get(pk=pool.pk)
        if locked.state != PoolState.DRAFT:
            raise Conflict("Items can be removed before the launch only: workers may have answered them.")
        tasks = Task.objects.filter(pool=locked, kind=TaskKind.MAIN)
        if public_ids is not None:
            # Whatever is no public id names nothing; PostgreSQL would not even compare it with a NUL in it.
            tasks = tasks.filter(public_id__in=[name for name in list(public_ids)[:1000] if name.isalnum()])
        count = tasks.count()
        if count:
            release(tasks, pool.project)
            tasks.delete()
            note_pool(pool, actor, "items_deleted", items=count)
    return count
