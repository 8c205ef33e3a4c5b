"""Results out: CSV for spreadsheets, JSONL with full provenance, COCO for boxes; streamed, or prepared by a job when large."""

import csv
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from tempfile import TemporaryFile
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import slugify

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events import dirty
from quorate.events.log import record
from quorate.events.models import Dirty
from tasks_app import tools
from tasks_app.enums import ExportState, ResultState, Topic
from tasks_app.errors import InvalidInput
from tasks_app.models import Answer, Export, Project
from tasks_app.queries.api_pseudonyms import pseudonym
from tasks_app.queries.export import Exported, exported, meta_columns, task_count
from tasks_app.tools.fields import Json

# Below this an export is streamed at once; from here on a job prepares it.
DIRECT_TASKS = 5_000
KEPT_EXPORTS = 10
LEASE = timedelta(seconds=30)
# A spreadsheet takes a cell that begins so for a formula, and runs it on the reader's machine.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
PIECE = 65_536


@dataclass(frozen=True)
class Format:
    """A way out: its name for people, the file's ending and content type."""

    key: str
    title: str
    summary: str
    ending: str
    content_type: str


FORMATS = {
    form.key: form
    for form in (
        Format("csv", "CSV", "One row an item with its result: for spreadsheets.", "csv", "text/csv; charset=utf-8"),
        Format(
            "jsonl",
            "JSONL with provenance",
            "One object a line: item, result, votes, and every answer with its worker's code name, time and version.",
            "jsonl",
            "application/x-ndjson",
        ),
        Format(
            "coco", "COCO", "Boxes of all items with a result, as training tools read them.", "json", "application/json"
        ),
    )
}


def formats_of(project: Project) -> list[Format]:
    """The formats that a project's kind has."""
    return [FORMATS[key] for key in tools.get(project.kind).export_formats if key in FORMATS]


def format_of(project: Project, key: str) -> Format:
    """Raises InvalidInput naming "format"."""
    for form in formats_of(project):
        if form.key == key:
            return form
    raise InvalidInput(fields={"format": "Choose one of the formats."})


def file_name(project: Project, form: Format) -> str:
    """Such as solar-panels-2026-11-21.csv: letters, digits and dashes alone, whatever the project is called."""
    stem = slugify(project.name)[:60].strip("-_") or "results"
    return f"{stem}-{database_now():%Y-%m-%d}.{form.ending}"


def is_direct(project: Project) -> bool:
    """Whether an export is small enough to be streamed while the reader waits. One query."""
    return task_count(project) < DIRECT_TASKS


def chunks(project: Project, form: Format) -> Iterator[str]:
    """The export as pieces of text; memory does not grow with its length."""
    ways = {"csv": _csv, "jsonl": _jsonl, "coco": _coco}
    return _gathered(ways[form.key](project))


def _gathered(pieces: Iterable[str]) -> Iterator[str]:
    """The same text in pieces of some PIECE characters: each costs a write to the network or a look at the lease."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


# --- CSV --------------------------------------------------------------------------------------------------------------
def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet runs: text that begins like a formula gets a quote in front. Numbers stay numbers."""
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value


def csv_lines(head: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """Rows as CSV text, guarded. Begins with a byte order mark, without which Excel misreads UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow([safe_cell(cell) for cell in head])
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


_BEFORE = ["item", "name", "content", "state"]
_AFTER = ["confidence", "answers", "disputed", "method", "stopped_by", "result_version", "updated_at"]


def _csv(project: Project) -> Iterator[str]:
    tool = tools.get(project.kind)
    metas = meta_columns(project)
    columns = tool.csv_columns(project.question) if project.question else []
    head = [*_BEFORE, *(column.name for column in tool.columns), *columns, *_AFTER, *(f"meta.{name}" for name in metas)]
    return csv_lines(head, (_csv_row(project, row, columns, metas) for row in exported(project, answers=False)))


def _csv_row(project: Project, row: Exported, columns: list[str], metas: list[str]) -> list[Any]:
    task, result = row.task, row.result
    content = task.data.get("text") or task.data.get("name") or task.data.get("image", "")
    tool = tools.get(project.kind)
    cells: list[Any] = [task.public_id, task.name, content, task.state]
    cells += [_column(task.data.get(column.name)) for column in tool.columns]
    if result is None or not columns:
        cells += [""] * (len(columns) + len(_AFTER))
    else:
        cells += tool.csv_row(project.question, result.value)
        cells += [
            round(result.confidence, 6),
            result.answers,
            round(result.disputed, 6),
            result.method,
            result.reason if task.state != ResultState.OPEN else "",
            result.version,
            result.updated_at.isoformat(timespec="seconds"),
        ]
    meta = task.data.get("meta", {})
    return cells + [meta.get(name, "") for name in metas]


def _column(value: Any) -> str:
    """What an item carries in a column of its kind: text as it is, a picture by its name, the rest as JSON."""
    if isinstance(value, dict) and "image" in value:
        return str(value.get("name") or value["image"])
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


# --- JSONL ------------------------------------------------------------------------------------------------------------
def _jsonl(project: Project) -> Iterator[str]:
    for row in exported(project, answers=True):
        yield json.dumps(_provenance(project, row), ensure_ascii=False, separators=(",", ":")) + "\n"


def _provenance(project: Project, row: Exported) -> Json:
    task, result = row.task, row.result
    return {
        "project": project.public_id,
        "item": task.public_id,
        "name": task.name,
        "data": task.data,
        "state": task.state,
        "question_version": project.question_version,
        "result": None
        if result is None
        else {
            "value": result.value,
            "summary": result.summary,
            "confidence": result.confidence,
            "votes": result.votes,
            "posterior": result.posterior,
            "disputed": result.disputed,
            "answers": result.answers,
            "method": result.method,
            "why": result.why,
            "reason": result.reason,
            "version": result.version,
            "updated_at": result.updated_at.isoformat(),
        },
        "answers": [_answer(project, answer) for answer in row.answers],
    }


def _answer(project: Project, answer: Answer) -> Json:
    return {
        "answer": answer.public_id,
        "worker": pseudonym(project.pk, answer.worker_id),
        "assignment": answer.assignment.public_id,
        "assignment_state": answer.assignment.state,
        "value": answer.value,
        "seconds": answer.seconds,
        "signals": answer.signals,
        "at": answer.created_at.isoformat(),
        "question_version": answer.question_version,
        "counts": answer.counts and answer.superseded_by_id is None,
        "excluded_reason": answer.excluded_reason,
        "superseded": answer.superseded_by_id is not None,
    }


def _coco(project: Project) -> Iterator[str]:
    images = (
        (row.task.data, row.result.value, row.result.confidence)
        for row in exported(project, answers=False)
        if row.result is not None
    )
    return tools.get(project.kind).coco(project.question, images)


# --- Prepared by a job ------------------------------------------------------------------------------------------------
def prepare_export(*, project: Project, actor: User, key: str) -> Export:
    """Have an export prepared; the oldest ones of the project go. Raises InvalidInput naming "format"."""
    form = format_of(project, key)
    with transaction.atomic():
        export = Export.objects.create(project=project, format=form.key, created_by=actor)
        old = list(Export.objects.filter(project=project).order_by("-id")[KEPT_EXPORTS:])
        Export.objects.filter(pk__in=[row.pk for row in old]).delete()
        dirty.mark(Topic.EXPORT, export.pk)
        record(
            actor=actor,
            verb="export.requested",
            object_type="export",
            object_id=export.public_id,
            scope=project.public_id,
            data={"format": form.key},
        )
        transaction.on_commit(lambda: _forget(old))
    return export


def run_export(export_id: int) -> bool:
    """Write a requested export; True when nothing is left to do. Killed, it is begun anew when its lease is over."""
    seen = dirty.take(Topic.EXPORT, export_id, limit=1)
    if not seen or not _prolong(seen[0].id, only_due=True):
        return not Export.objects.filter(pk=export_id, state=ExportState.RUNNING).exists()
    export = Export.objects.select_related("project").filter(pk=export_id).first()
    if export is not None and export.state == ExportState.RUNNING:
        _write(export, seen[0].id)
    dirty.done(seen)
    return True


def _write(export: Export, row_id: int) -> None:
    project = export.project
    try:
        form = format_of(project, export.format)
    except InvalidInput as error:
        Export.objects.filter(pk=export.pk).update(state=ExportState.FAILED, error=error.message)
        return
    with TemporaryFile() as file:
        for piece in chunks(project, form):
            file.write(piece.encode("utf-8", "replace"))
            _prolong(row_id)
        file.seek(0)
        # A random folder: a process that was thought dead and writes after all does not touch this file.
        name = default_storage.save(
            f"exports/{secrets.token_hex(12)}/{file_name(project, form)}", File(file, name="export")
        )
    done = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(
        state=ExportState.DONE, storage_name=name, finished_at=database_now(), rows=task_count(project)
    )
    if not done:
        default_storage.delete(name)


def _prolong(row_id: int, *, only_due: bool = False) -> bool:
    """Take or keep the dirty row for LEASE, so that the relay does not ring another job for it meanwhile."""
    now = database_now()
    rows = Dirty.objects.filter(id=row_id)
    return bool((rows.filter(due_at__lte=now) if only_due else rows).update(due_at=now + LEASE))


def _forget(old: list[Export]) -> None:
    for export in old:
        if export.storage_name:
            default_storage.delete(export.storage_name)
