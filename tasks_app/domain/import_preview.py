"""A look at uploaded tables before they are read: their columns, some rows, and which column is likely the item."""

from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath

from tasks_app import tools
from tasks_app.domain.import_rows import MEDIA_SHAPES, shape_of
from tasks_app.domain.import_tables import PREVIEW_RECORDS, Record, open_table
from tasks_app.models import Import

SHOWN_ROWS = 5
_TEXT_NAMES = (
    "text",
    "sentence",
    "content",
    "body",
    "message",
    "comment",
    "review",
    "tweet",
    "description",
    "question",
)
_FILE_NAMES = (
    "audio",
    "sound",
    "clip",
    "recording",
    "video",
    "film",
    "image",
    "file",
    "filename",
    "file_name",
    "image_path",
    "path",
    "photo",
    "picture",
    "img",
    "name",
)
_ENDINGS = {
    ".png",
    ".jpg",
    ".jpeg",
    ".webp",
    ".wav",
    ".mp3",
    ".ogg",
    ".oga",
    ".opus",
    ".flac",
    ".m4a",
    ".mp4",
    ".webm",
    ".weba",
}


@dataclass(frozen=True)
class Preview:
    """The first table of an upload. `needed` is False where there is none: nothing has to be chosen then."""

    needed: bool
    name: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Record] = field(default_factory=list)
    guess: str = ""
    encoding: str = ""
    delimiter: str = ""
    tables: int = 0
    images: int = 0
    archives: int = 0


def preview(batch: Import) -> Preview:
    """Reads the beginning of the first table that has columns. One query."""
    uploads = list(batch.files.order_by("id"))
    tables = [upload for upload in uploads if shape_of(upload) == "table"]
    if not tables:
        return Preview(needed=False)
    shapes = [shape_of(upload) for upload in uploads]
    tool = tools.get(batch.pool.project.kind)
    media, taken = tool.media, {column.name for column in tool.columns}
    found = Preview(needed=True, name=tables[0].name)
    for upload in tables:
        with open_table(upload.storage_name) as table:
            records = list(islice(table.records, PREVIEW_RECORDS))
            good = [record for record in records if not record.problem]
            found = Preview(
                needed=True,
                name=upload.name,
                columns=table.columns,
                rows=[(record.line, [record.cells.get(name, "")[:200] for name in table.columns]) for record in good][
                    :SHOWN_ROWS
                ],
                problems=[record for record in records if record.problem][:SHOWN_ROWS],
                guess=guess_column(
                    [name for name in table.columns if name.strip().lower() not in taken], good, media=media
                ),
                encoding=table.encoding,
                delimiter={",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(table.delimiter, ""),
                tables=len(tables),
                images=sum(shape in MEDIA_SHAPES for shape in shapes),
                archives=shapes.count("zip"),
            )
        if found.columns:
            break
    return found


def guess_column(columns: list[str], records: list[Record], *, media: str) -> str:
    """The likeliest column for the item: by its name, else by what stands in it; "" where there is no column."""
    if not columns:
        return ""
    named = _TEXT_NAMES if media == "text" else _FILE_NAMES
    by_name = {column.strip().lower(): column for column in reversed(columns)}
    for name in named:
        if name in by_name:
            return by_name[name]

    def weight(column: str) -> float:
        cells = [record.cells.get(column, "") for record in records]
        if media != "text":
            return sum(PurePath(cell.strip()).suffix.lower() in _ENDINGS for cell in cells)
        return sum(len(cell) for cell in cells if not cell.replace(".", "").replace("-", "").isdigit())

    return max(columns, key=weight)
