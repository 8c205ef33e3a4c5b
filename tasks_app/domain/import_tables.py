"""Reading tables somebody sent: CSV, TSV and JSONL in the encodings that spreadsheets write, record by record."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import IO, Any

from django.core.files.storage import default_storage

# One line, one cell: beyond this it is no table. (A text to ask about is bounded much lower, by its kind.)
MAX_LINE = 4_000_000
MAX_COLUMNS = 500
MAX_COLUMN_NAME = 80
PREVIEW_RECORDS = 50
_SNIFF_CHARS = 65_536
_DELIMITERS = ",;\t|"

# Process-wide in Python's csv module; its own 131,072 would cut a long text with a message about "field limit".
csv.field_size_limit(MAX_LINE)

TABLE_ENDINGS = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252 (Latin-1), since it is no valid UTF-8",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table, or why it could not be read. `line` is the physical line on which it begins, from 1."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table; `columns` in the file's order (JSONL: as they first appear in the first records)."""

    columns: list[str]
    records: Iterator[Record]
    encoding: str
    delimiter: str = ""


def table_format(name: str, file: IO[bytes]) -> str:
    """How a file is to be read as a table, by its name and bytes: "csv.utf-8", "jsonl.utf-16"; "" where it is none."""
    ending = PurePath(name).suffix.lower()
    if ending == ".json":
        file.seek(0)
        # A list in brackets is not one record a line; it is left for the reason that says so.
        form = "jsonl" if file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else ""
    else:
        form = TABLE_ENDINGS.get(ending, "")
    return f"{form}.{_encoding_of(file)}" if form else ""


def _encoding_of(file: IO[bytes]) -> str:
    """Reads the file once, in pieces."""
    file.seek(0)
    start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(start) == 4 and start[1] == start[3] == 0 and start[0] and start[2]:
        return "utf-16-le"
    if len(start) == 4 and start[0] == start[2] == 0 and start[1] and start[3]:
        return "utf-16-be"
    file.seek(0)
    decoder = io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding="utf-8", newline="")
    try:
        while decoder.read(1 << 20):
            pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else "utf-8"


class _Unclosed(io.RawIOBase):
    """A view of a file that outlives the wrappers put around it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def open_table(storage_name: str) -> Iterator[Table]:
    """The stored upload as a table; its format and encoding are the end of its name, put there by `table_format`."""
    _, form, encoding = storage_name.rsplit("/", 1)[-1].split(".", 2)
    with default_storage.open(storage_name) as stored:
        text = io.TextIOWrapper(io.BufferedReader(_Unclosed(stored)), encoding=encoding, errors="replace", newline="")
        yield _json_table(text, encoding) if form == "jsonl" else _csv_table(text, form, encoding)


def read_table(name: str, file: IO[bytes]) -> Table | None:
    """A small file as it was sent, as a table; None where it is none. Close the file when the records are read."""
    found = table_format(name, file)
    if not found:
        return None
    form, encoding = found.split(".", 1)
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding=encoding, errors="replace", newline="")
    return _json_table(text, encoding) if form == "jsonl" else _csv_table(text, form, encoding)


# --- CSV --------------------------------------------------------------------------------------------------------------
class _LineTooLong(csv.Error):
    pass


def _lines(text: io.TextIOBase) -> Iterator[str]:
    """Lines; raises _LineTooLong rather than filling memory with one."""
    while line := text.readline(MAX_LINE):
        if len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
            raise _LineTooLong(f"has more than {MAX_LINE:,} characters")
        yield line


def _csv_table(text: io.TextIOBase, form: str, encoding: str) -> Table:
    lines = _lines(text)
    head: list[str] = []
    size = 0
    try:
        for line in lines:
            head.append(line)
            size += len(line)
            if size > _SNIFF_CHARS or len(head) >= 50:
                break
    except _LineTooLong as error:
        return Table([], iter([Record(1, problem=f"Line {error}: this is not a table.")]), ENCODINGS[encoding])
    delimiter = "\t" if form == "tsv" else sniff_delimiter(head)
    reader = csv.reader(_chain(head, lines), delimiter=delimiter, strict=True)
    try:
        names = next((row for row in reader if any(cell.strip() for cell in row)), [])
    except csv.Error as error:
        broken = Record(1, problem=f"The first line cannot be read as column names: {error}.")
        return Table([], iter([broken]), ENCODINGS[encoding], delimiter)
    if len(names) > MAX_COLUMNS:
        broken = Record(1, problem=f"More than {MAX_COLUMNS} columns.")
        return Table([], iter([broken]), ENCODINGS[encoding], delimiter)
    columns = column_names(names)
    return Table(columns, _csv_records(reader, columns), ENCODINGS[encoding], delimiter)


def _chain(head: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from head
    yield from rest


def _csv_records(reader: Any, columns: list[str]) -> Iterator[Record]:
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(line, problem=_csv_reason(str(error)))
            if isinstance(error, _LineTooLong) or "field larger" in str(error) or "end of data" in str(error):
                # What follows would be read from the middle of a cell.
                return
            continue
        if not any(cell.strip() for cell in row):
            continue
        extra = [cell for cell in row[len(columns) :] if cell.strip()]
        if extra:
            yield Record(line, problem=f"{len(row)} cells, but the first line names {len(columns)} columns.")
        else:
            yield Record(line, dict(zip(columns, row, strict=False)))


def _csv_reason(error: str) -> str:
    if "end of data" in error:
        return "A quotation mark is opened here and never closed; the rest of the file was not read."
    if "field larger" in error or "characters" in error:
        return f"A cell of more than {MAX_LINE:,} characters; the rest of the file was not read."
    if "expected after" in error:
        return "A quotation mark inside a cell is not doubled."
    return f"Cannot be read as CSV: {error}."


def sniff_delimiter(lines: Iterable[str]) -> str:
    """Which of comma, semicolon, tab and bar cuts these lines into the most even columns; a comma where none does."""
    sample = list(lines)
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in islice(csv.reader(sample, delimiter=delimiter), 30) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        even = sum(width == widths[0] for width in widths) / len(widths)
        if (even, widths[0]) > best_score:
            best, best_score = delimiter, (even, widths[0])
    return best


def column_names(names: Iterable[str]) -> list[str]:
    """Names that are short, present and different: "", "a", "a" → "column 1", "a", "a (2)"."""
    found: list[str] = []
    for number, raw in enumerate(names, start=1):
        base = " ".join(raw.replace("\x00", "").split())[:MAX_COLUMN_NAME] or f"column {number}"
        name, copy = base, 2
        while name in found:
            ending = f" ({copy})"
            name, copy = base[: MAX_COLUMN_NAME - len(ending)] + ending, copy + 1
        found.append(name)
    return found


# --- JSONL ------------------------------------------------------------------------------------------------------------
def _json_table(text: io.TextIOBase, encoding: str) -> Table:
    records = _json_records(text)
    head = list(islice(records, PREVIEW_RECORDS))
    columns = list(dict.fromkeys(name for record in head for name in record.cells))
    return Table(columns, _chain_records(head, records), ENCODINGS[encoding])


def _chain_records(head: list[Record], rest: Iterator[Record]) -> Iterator[Record]:
    yield from head
    yield from rest


def _json_records(text: io.TextIOBase) -> Iterator[Record]:
    number = 0
    try:
        for number, line in enumerate(_lines(text), start=1):
            if line.strip():
                yield _json_record(number, line)
    except _LineTooLong as error:
        yield Record(number + 1, problem=f"The line {error}; the rest of the file was not read.")


def _json_record(number: int, line: str) -> Record:
    try:
        value = json.loads(line)
    except RecursionError:
        return Record(number, problem="Nested too deeply.")
    except ValueError as error:
        return Record(number, problem=f"Not valid JSON: {str(error)[:120]}.")
    if not isinstance(value, dict):
        return Record(number, problem='Not a JSON object: write one {"…": …} a line.')
    if len(value) > MAX_COLUMNS:
        return Record(number, problem=f"More than {MAX_COLUMNS} fields.")
    return Record(number, {str(key)[:MAX_COLUMN_NAME]: _cell(child) for key, child in value.items()})


def _cell(value: Any) -> str:
    """A JSON value as text: strings as they are, null empty, the rest as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
