"""The rows of an import: a fixed sequence made of its uploaded files, so that row 1,234 is the same row after a restart.

Without a table every file is a row: images, sounds or films as the project asks about, and those in each ZIP. With a table
(CSV, TSV, JSONL) its records are the rows, and the files beside it are what its columns name.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Literal, Self, cast

from django.core.files.storage import default_storage

from tasks_app import tools
from tasks_app.domain import import_tables
from tasks_app.domain.image_headers import SNIFF_BYTES, kind_of
from tasks_app.domain.import_archives import Archive
from tasks_app.domain.import_tables import Record, open_table, table_format
from tasks_app.domain.recording_headers import is_recording
from tasks_app.domain.storing_recordings import Media, store_media, why_wrong
from tasks_app.errors import InvalidInput
from tasks_app.models import Import, ImportFile, Project
from tasks_app.queries.media import shown
from tasks_app.tools.fields import Json

MAX_ROWS = 500_000
NAME_COLUMNS = ("id", "name", "title", "file", "filename", "file_name", "key")
MEDIA_SHAPES = {"image", "recording"}
Opener = Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, what people call it, and the item's content or what is wrong with it.

    `columns` and `files` are what the kind takes besides its content, by column; `meta` is the rest.
    """

    place: str
    name: str = ""
    problem: str = ""
    text: str | None = None
    file: Opener | None = None
    meta: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    files: dict[str, Opener] = field(default_factory=dict)


# --- What a file is ---------------------------------------------------------------------------------------------------
def recognise(name: str, file: IO[bytes]) -> str:
    """The end of an upload's storage name: "image", "recording", "zip", "csv.utf-8" and the like, "other". Reads the content."""
    file.seek(0)
    start = file.read(SNIFF_BYTES)
    if kind_of(start):
        return "image"
    if is_recording(start):
        return "recording"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return (start and table_format(name, file)) or "other"


def shape_of(upload: ImportFile) -> Literal["image", "recording", "zip", "table", "other"]:
    """What `recognise` said when the file arrived."""
    ending = upload.storage_name.rsplit("/", 1)[-1].split(".", 1)[1]
    known = {*MEDIA_SHAPES, "zip", "other"}
    return cast(Literal["image", "recording", "zip", "other"], ending) if ending in known else "table"


# --- The sequence -----------------------------------------------------------------------------------------------------
class Rows:
    """The sequence of one import. Use as a context manager: ZIPs stay open while rows are read."""

    def __init__(self, batch: Import) -> None:
        self._batch = batch
        tool = tools.get(batch.pool.project.kind)
        self._media = tool.media
        self._columns = {column.name: column for column in tool.columns}
        self._files = list(batch.files.order_by("id"))
        self._tables = [upload for upload in self._files if shape_of(upload) == "table"]
        self._stack = ExitStack()
        self._archives: dict[int, Archive] = {}
        self._named: dict[str, list[Opener]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._stack.close()

    def count(self) -> int:
        """How many rows there are; at most MAX_ROWS + 1 are counted. Decodes nothing."""
        total = 0
        for upload in self._files:
            total += self._length(upload, MAX_ROWS + 1 - total)
            if total > MAX_ROWS:
                break
        return total

    def read(self, start: int) -> Iterator[Row]:
        """The rows from number `start` (0 is the first) on."""
        number = 0
        for upload in self._files:
            if number < start and self._is_one(upload):
                number += 1  # thousands of files are passed over without touching them
                continue
            for row in self._rows(upload):
                if number >= start:
                    yield row
                number += 1

    def _is_one(self, upload: ImportFile) -> bool:
        """Whether a file is one row by its shape alone."""
        shape = shape_of(upload)
        if shape in {*MEDIA_SHAPES, "zip"}:
            return self._media == "text" or (shape != "zip" and not self._tables)
        return shape == "other"

    def _length(self, upload: ImportFile, most: int) -> int:
        """Rows of one file; counting stops at `most`."""
        if self._is_one(upload):
            return 1
        return sum(1 for _, _ in zip(range(most), self._rows(upload), strict=False))

    def _rows(self, upload: ImportFile) -> Iterator[Row]:
        shape = shape_of(upload)
        if shape == "table":
            yield from self._table_rows(upload)
        elif shape == "other":
            yield Row(upload.name, upload.name, problem=_why_other(upload, self._media))
        elif self._media == "text":
            yield Row(upload.name, upload.name, problem="This project asks about texts: bring CSV, TSV or JSONL.")
        elif self._tables:
            return
        elif shape in MEDIA_SHAPES:
            yield Row(upload.name, short_name(upload.name), file=_opener(upload))
        else:
            yield from self._archive_rows(upload)

    # --- Images -------------------------------------------------------------------------------------------------------
    def _archive(self, upload: ImportFile) -> Archive:
        if upload.pk not in self._archives:
            file = self._stack.enter_context(default_storage.open(upload.storage_name))
            self._archives[upload.pk] = Archive(cast(IO[bytes], file))
        return self._archives[upload.pk]

    def _archive_rows(self, upload: ImportFile) -> Iterator[Row]:
        try:
            archive = self._archive(upload)
        except InvalidInput as error:
            yield Row(upload.name, upload.name, problem=error.message)
            return
        if not archive.entries:
            yield Row(upload.name, upload.name, problem="This ZIP holds no files.")
        for info in archive.entries:
            place = f"{upload.name}: {readable(info.filename)}"
            if PurePosixPath(info.filename).suffix.lower() in import_tables.TABLE_ENDINGS:
                yield Row(place, problem="This is a table: bring it beside the ZIP, not inside.")
            else:
                yield Row(place, short_name(info.filename), file=partial(archive.open, info))

    def _index(self) -> dict[str, list[Opener]]:
        """Every file that a table may name: by its whole path, and by its file name alone."""
        if self._named is None:
            self._named = defaultdict(list)
            for upload in self._files:
                if shape_of(upload) in MEDIA_SHAPES:
                    self._note(upload.name, _opener(upload))
                elif shape_of(upload) == "zip":
                    try:
                        archive = self._archive(upload)
                    except InvalidInput:
                        continue  # its files are missing, which each row that names one will say
                    for info in archive.entries:
                        self._note(info.filename, partial(archive.open, info))
        return self._named

    def _note(self, name: str, opener: Opener) -> None:
        files = cast(dict[str, list[Opener]], self._named)
        path = same_name(name)
        for key in {path, path.rsplit("/", 1)[-1]}:
            files[key].append(opener)

    def _find(self, wanted: str) -> Opener:
        """Raises InvalidInput for a file that is not there, or is there twice."""
        what = "image" if self._media == "image" else "file"
        found = self._index().get(same_name(wanted), [])
        if len(found) == 1:
            return found[0]
        if wanted.lower().startswith(("http://", "https://")):
            raise InvalidInput(f"{what.capitalize()}s are not fetched from addresses: upload them beside the table.")
        if not found:
            raise InvalidInput(f"No {what} called “{wanted[:80]}” was uploaded with this table.")
        raise InvalidInput(f"{len(found)} {what}s are called “{wanted[:80]}”: write the folder too.")

    # --- Tables -------------------------------------------------------------------------------------------------------
    def _table_rows(self, upload: ImportFile) -> Iterator[Row]:
        column = self._batch.column
        with open_table(upload.storage_name) as table:
            known = column in table.columns
            if not known and table.columns:
                columns = ", ".join(table.columns[:8])
                yield Row(upload.name, problem=f"There is no column “{column}” here; there are: {columns}."[:300])
                return
            empty = True
            for record in table.records:
                empty = False
                yield self._table_row(upload, record)
            if empty:
                yield Row(upload.name, problem="This table has no rows below its first line.")

    def _table_row(self, upload: ImportFile, record: Record) -> Row:
        place = f"{upload.name} line {record.line}"
        if record.problem:
            return Row(place, problem=record.problem)
        content = record.cells.get(self._batch.column, "")
        if not content.strip():
            return Row(place, problem=f"The column “{self._batch.column}” is empty.")
        others = {key: value for key, value in record.cells.items() if key != self._batch.column and value.strip()}
        named = next((others[key] for wanted in NAME_COLUMNS for key in others if key.lower() == wanted), "")
        taken = {name.strip().lower(): name for name in others if name.strip().lower() in self._columns}
        meta = {key: value for key, value in others.items() if key not in taken.values()}
        try:
            files = {
                name: self._find(others[given])
                for name, given in taken.items()
                if self._columns[name].kind in tools.STORED
            }
            columns = {name: others[given] for name, given in taken.items() if name not in files}
            if self._media == "text":
                name = short_name(named) or f"Line {record.line}"
                return Row(place, name, text=content, meta=meta, columns=columns, files=files)
            file = self._find(content)
            return Row(place, short_name(content), file=file, meta=meta, columns=columns, files=files)
        except InvalidInput as error:
            return Row(place, short_name(content), problem=error.message)


# --- A row as an item -------------------------------------------------------------------------------------------------
def item_of(batch: Import, row: Row) -> Json:
    """The canonical item of a row; its files are stored on the way. Raises InvalidInput with the reason as message."""
    if row.problem:
        raise InvalidInput(row.problem)
    project = batch.pool.project
    tool = tools.get(project.kind)
    raw: Json = (
        {"text": row.text} if row.file is None else _stored(project, row.file, row.name, cast(Media, tool.media))
    )
    raw |= row.columns
    kinds = {column.name: column.kind for column in tool.columns}
    for column, opener in row.files.items():
        raw[column] = _stored(project, opener, column, cast(Media, kinds[column]))
    if row.meta:
        raw["meta"] = row.meta
    return tool.clean_item(raw)


def _stored(project: Project, opener: Opener, name: str, media: Media) -> Json:
    with opener() as file:
        return shown(store_media(project=project, data=file, name=name, media=media)) | {"name": name}


# --- Names ------------------------------------------------------------------------------------------------------------
def readable(name: str) -> str:
    """A file name that can be stored and shown: no control characters, no lone surrogates, at most 200 characters."""
    clean = name.encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in clean)[-200:]


def short_name(name: str) -> str:
    """The file's own name without its folders."""
    return " ".join(readable(name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]).split())


def same_name(name: str) -> str:
    """A path as compared: one kind of slash, no "./", accents composed (macOS decomposes them), no case."""
    path = unicodedata.normalize("NFC", name.strip().replace("\\", "/")).casefold()
    return path.removeprefix("./").lstrip("/")


def _opener(upload: ImportFile) -> Opener:
    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with default_storage.open(upload.storage_name) as file:
            yield cast(IO[bytes], file)

    return opened


def _why_other(upload: ImportFile, media: str) -> str:
    with default_storage.open(upload.storage_name) as file:
        start = cast(bytes, file.read(SNIFF_BYTES))
    if start.lstrip().startswith(b"[") and upload.name.lower().endswith(".json"):
        return "A JSON list: write one object a line instead (JSONL)."
    if media == "text" and start:
        return "This is no table: bring CSV, TSV or JSONL."
    return why_wrong(start, media)
