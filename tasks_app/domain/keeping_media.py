"""How long stored images stay: as long as an item or an example shows them, and a day longer.

An image comes before what shows it (an upload before its item, an example before its question is saved), so every image
has a time until which it is kept whatever happens. When that is over, the tick looks at it once: what is shown has no time
any more, until whatever shows it goes; the rest goes, row first. Files are named by their content, and several projects may
share one, so a file goes with the last row that names it.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from tasks_app.models import MediaFile, Project, Task, TaskImage
from tasks_app.queries.locks import passing_by
from tasks_app.queries.media import thumb_name

KEPT = timedelta(days=1)
AT_ONCE = 200


def keep(rows: QuerySet[MediaFile]) -> int:
    """Keep these images for a day from now on, shown or not; returns how many there are. One query.

    Whoever is about to show an image calls this, not only reads it: the update waits for a sweep that holds the row, and
    then finds it there or gone.
    """
    return rows.update(kept_until=Now() + KEPT)


def keep_named(project: Project, names: Iterable[str]) -> int:
    """`keep` for a project's images by the hashes they are named by."""
    return keep(MediaFile.objects.filter(project=project, sha256__in=set(names)))


def examples_of(project: Project) -> set[str]:
    """The hashes of the images that show what a class looks like."""
    return {row["example"] for row in project.question.get("classes", []) if row.get("example")}


def lock_content(sha256: str) -> None:
    """Until the transaction ends nobody else adds or removes a row or file of this content. SQLite's IMMEDIATE does that alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])


def sweep(*, limit: int = AT_ONCE) -> int:
    """Look at the images whose time is over; returns how many rows went. One query where there are none.

    Safe to run twice at once and to be killed anywhere: a file that is gone while its row stands is stored again by
    whoever needs it, and its row is swept by the next tick.
    """
    with transaction.atomic():
        over = passing_by(MediaFile.objects.filter(kept_until__lte=Now()))
        due = list(over.select_related("project").order_by("kept_until")[:limit])
        if not due:
            return 0
        item = Task.objects.filter(pool__project=OuterRef("project"), fingerprint=OuterRef("sha256"))
        ids = MediaFile.objects.filter(pk__in=[row.pk for row in due])
        beside = TaskImage.objects.filter(task__pool__project=OuterRef("project"), sha256=OuterRef("sha256"))
        shown = set(ids.filter(Exists(item) | Exists(beside)).values_list("pk", flat=True))
        shown |= {row.pk for row in due if row.sha256 in examples_of(row.project)}
        ids.filter(pk__in=shown).update(kept_until=None)
        gone = {row.pk: row for row in due if row.pk not in shown}
        # In one order, so that two sweeps cannot wait for each other's content in a ring.
        for sha256 in sorted({row.sha256 for row in gone.values()}):
            lock_content(sha256)
        ids.filter(pk__in=gone).delete()
        for row in gone.values():
            if not MediaFile.objects.filter(sha256=row.sha256).exists():
                default_storage.delete(row.storage_name)
                default_storage.delete(thumb_name(row.sha256))
    return len(gone)


def release(tasks: QuerySet[Task], project: Project) -> None:
    """These items are about to go: their images are looked at in a day."""
    keep(MediaFile.objects.filter(project=project, sha256__in=tasks.values("fingerprint")))
    beside = TaskImage.objects.filter(task__in=tasks)
    keep(MediaFile.objects.filter(project=project, sha256__in=beside.values("sha256")))
