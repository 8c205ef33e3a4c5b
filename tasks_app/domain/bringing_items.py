"""Items that come as JSON, all at once: every one is good, or none is taken."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain.adding_tasks import Added, NewTask, add_tasks
from tasks_app.domain.keeping_media import keep_named
from tasks_app.domain.noting import note_pool
from tasks_app.errors import InvalidInput
from tasks_app.models import MediaFile, Pool, Project
from tasks_app.queries.media import shown
from tasks_app.tools.fields import Json, Problems, join, read_text

MAX_ITEMS = 1000
_CALLED = {"image": "image", "audio": "sound", "video": "film"}


def bring_items(*, pool: Pool, actor: User, items: Sequence[Any]) -> Added:
    """New tasks for these items; those the pool has already are counted as duplicates, so a retry makes nothing twice.

    An item is the kind's own ({"text": …} or {"image": "<sha256 of one stored in the project>"}, likewise "audio" and "video", and the kind's columns)
    with an optional "name" and "meta". Raises InvalidInput naming "items.3.text", Conflict for a closed pool, InsufficientFunds.
    """
    if not 1 <= len(items) <= MAX_ITEMS:
        raise InvalidInput(fields={"items": f"1 to {MAX_ITEMS:,} items at a time."})
    stored = _stored(pool.project, items)
    problems = Problems()
    rows = [_row(pool.project, join("items", number), raw, stored, problems) for number, raw in enumerate(items)]
    problems.check()
    with transaction.atomic():
        locked = Pool.objects.select_for_update(of=("self",)).select_related("project").get(pk=pool.pk)
        added = add_tasks(pool=locked, items=rows, actor=actor)
        if added.created:
            note_pool(locked, actor, "items_added", created=added.created, duplicates=added.duplicates)
    return added


def _stored(project: Project, items: Sequence[Any]) -> dict[str, MediaFile]:
    """The stored files that the items name, kept for them. Two queries."""
    fields = _columns(project)
    named = {
        item[field] for item in items if isinstance(item, dict) for field in fields if isinstance(item.get(field), str)
    }
    # 64 hex digits or nothing we have stored: no other text reaches the query.
    wanted = {name for name in named if len(name) == 64 and name.isalnum() and name.isascii()}
    keep_named(project, wanted)
    return {media.sha256: media for media in MediaFile.objects.filter(project=project, sha256__in=wanted)}


def _columns(project: Project) -> dict[str, str]:
    """Which fields of an item name stored files, and of what sort; an item's content is called as its sort."""
    tool = tools.get(project.kind)
    own = {tool.media: tool.media} if tool.media in tools.STORED else {}
    return own | {column.name: column.kind for column in tool.columns if column.kind in tools.STORED}


def _row(project: Project, field: str, raw: Any, stored: dict[str, MediaFile], problems: Problems) -> NewTask:
    """One item, checked; what is wrong with it is noted under `field`."""
    tool = tools.get(project.kind)
    given: Json = dict(raw) if isinstance(raw, dict) else {}
    if not isinstance(raw, dict):
        problems.add(field, "Must be an object.")
        return NewTask({}, "")
    name = read_text(given.pop("name", None), join(field, "name"), problems, maximum=200, required=False)
    for column, sort in _columns(project).items():
        own = column == tool.media
        if not own and not given.get(column):
            continue
        media = stored.get(given[column]) if isinstance(given.get(column), str) else None
        seen = shown(media) if media is not None else {}
        if sort not in seen:
            problems.add(join(field, column), f"No such {_CALLED[sort]} is stored in this project.")
            return NewTask({}, name)
        if own:
            given |= seen | {"name": name}
        else:
            given[column] = seen
    try:
        return NewTask(tool.clean_item(given), name)
    except InvalidInput as error:
        for key, texts in error.fields.items():
            problems.add(join(field, key), texts[0])
        return NewTask({}, name)
