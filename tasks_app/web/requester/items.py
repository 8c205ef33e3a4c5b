"""The items page: what a project asks about, how it gets in, and a look at each item."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app import tools
from tasks_app.domain.import_tables import TABLE_ENDINGS
from tasks_app.domain.uploading import MAX_FILES, delete_items
from tasks_app.enums import PoolState, TaskKind
from tasks_app.errors import Conflict, NotFound
from tasks_app.models import Pool, Project, Task
from tasks_app.queries import gate
from tasks_app.queries import items as reads
from tasks_app.queries.media import media_url, media_urls
from tasks_app.queries.pools import current_pool
from tasks_app.web.asked import asked, asked_row
from tasks_app.web.requester.page import me, project_context, project_view, see_other

_FILES = {
    "image": "image/png,image/jpeg,image/webp,.zip,",
    "audio": "audio/*,.wav,.mp3,.ogg,.opus,.flac,.m4a,.zip,",
    "video": "video/mp4,video/webm,.zip,",
    "text": "",
}
# What an upload is called in a sentence, and what may be sent.
_CALLED = {
    "image": ("photos", "PNG, JPEG or WEBP"),
    "audio": ("sounds", "WAV, MP3, OGG, FLAC or M4A"),
    "video": ("films", "MP4 (H.264) or WebM"),
    "text": ("a table", "CSV, TSV or JSONL"),
}
_TABLES = ",".join((*TABLE_ENDINGS, ".json"))


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """Dropzone, imports, items."""
    pool = current_pool(project)
    return render(request, "requester/items/page.html", project_context(project, "items", pool, **_all(request, pool)))


@project_view()
def imports(request: HttpRequest, project: Project) -> HttpResponse:
    """The imports alone, polled while one runs. When none does any more, the page is told to fetch its items anew."""
    pool = current_pool(project)
    context = project_context(project, "items", pool, **_imports(pool))
    response = render(request, "requester/items/imports.html", context)
    if not context["polled"]:
        response.headers["HX-Trigger"] = "items-changed"
    return response


@project_view()
def listing(request: HttpRequest, project: Project) -> HttpResponse:
    """The items alone."""
    pool = current_pool(project)
    return render(
        request, "requester/items/list.html", project_context(project, "items", pool, **_items(request, pool))
    )


@project_view()
def item(request: HttpRequest, project: Project, task: str) -> HttpResponse:
    """One item in full."""
    shown = item_of(request, project, task)
    before, after = reads.neighbours(shown)
    addresses = media_urls(project.pk, shown.data, me(request).pk)
    context = project_context(
        project,
        "items",
        shown.pool,
        task=shown,
        media=addresses.pop("", None),
        columns=_columns(project, shown, addresses),
        meta=shown.data.get("meta", {}),
        before=before,
        after=after,
    )
    return render(request, "requester/items/item.html", context)


@project_view("write")
def delete(request: HttpRequest, project: Project) -> HttpResponse:
    """Remove the chosen items of a draft, or all of them."""
    everything = request.POST.get("all") == "1"
    try:
        count = delete_items(
            pool=current_pool(project),
            actor=me(request),
            public_ids=None if everything else request.POST.getlist("task"),
        )
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "1 item was removed." if count == 1 else f"{count:,} items were removed.")
    return see_other(reverse("requester:items", args=[project.public_id]))


def item_of(request: HttpRequest, project: Project, task: str) -> Task:
    """A task of this very project, through the gate. Raises NotFound."""
    found = gate.task(me(request), task)
    if found.pool.project_id != project.pk:
        raise NotFound
    return found


def thumbs(request: HttpRequest, project: Project, tasks: list[Task]) -> list[tuple[Task, str | None]]:
    """Each task with the address of its thumbnail, None where it is no image. No query."""
    user_id = me(request).pk
    return [
        (
            task,
            media_url(project_id=project.pk, sha256=task.data["image"], user_id=user_id, thumb=True)
            if "image" in task.data
            else None,
        )
        for task in tasks
    ]


def _all(request: HttpRequest, pool: Pool) -> dict[str, Any]:
    return {**_items(request, pool), **_imports(pool), **_upload(pool)}


def _items(request: HttpRequest, pool: Pool) -> dict[str, Any]:
    search = asked(request, "q", 100)
    shown = reads.item_page(pool, after=asked_row(request, "after"), before=asked_row(request, "before"), name=search)
    return {
        "items": thumbs(request, pool.project, shown.tasks),
        "item_count": pool.tasks.filter(kind=TaskKind.MAIN).count(),
        "shown": shown,
        "search": search,
        "words": tools.get(pool.project.kind).items,
    }


def _columns(project: Project, task: Task, addresses: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name, text, address of a picture) of what an item carries in the columns of its kind."""
    found = []
    for column in tools.get(project.kind).columns:
        value = task.data.get(column.name)
        if value is not None:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            found.append((column.name, "" if column.kind in tools.STORED else text, addresses.get(column.name, "")))
    return found


def _imports(pool: Pool) -> dict[str, Any]:
    found = reads.recent_imports(pool)
    return {"imports": found, "polled": reads.any_running(found)}


def _upload(pool: Pool) -> dict[str, Any]:
    media = tools.get(pool.project.kind).media
    return {
        "media": media,
        "accept": _FILES[media] + _TABLES,
        "called": _CALLED[media][0],
        "taken": _CALLED[media][1],
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_files": MAX_FILES,
        "columns": tools.get(pool.project.kind).columns,
        "takes_items": pool.state != PoolState.CLOSED,
    }
