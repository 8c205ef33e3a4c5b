"""The question as its page posts it: class rows named as formset rows are, in the order in which they stand in the page.

Every post, whatever its button, gives all rows back, so that nothing typed is lost; what is right, the kind decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from tasks_app.domain.storing_images import store_image
from tasks_app.errors import InvalidInput
from tasks_app.models import Project
from tasks_app.tools import Tool
from tasks_app.tools.classes import HOTKEYS, PALETTE

TEXTS = ("key", "name", "color", "hotkey", "description", "example")
# The kind refuses more than 100 classes; this bounds the work before it can.
MOST_ROWS = 150
MANY_CLASSES = 7
MOST_TYPED = 200_000
# The number of the row that the page's module copies; it is never posted.
BLANK = 999_999_999

_NAME = re.compile(r"classes-(\d{1,9})-name")
_BUTTON = re.compile(r"(add|remove|up|down)(?::(\d{1,9}))?")


@dataclass(frozen=True)
class Row:
    """One class as typed. `number` names its inputs and stays with it wherever it moves."""

    number: int
    key: str = ""
    name: str = ""
    color: str = ""
    hotkey: str = ""
    description: str = ""
    example: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> dict[str, str]:
        """As clean_question takes it."""
        return {name: getattr(self, name) for name in TEXTS}


@dataclass(frozen=True)
class Draft:
    """The whole form as typed, with what was wrong with it by field."""

    prompt: str
    rows: tuple[Row, ...]
    extra: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    def raw(self, tool: Tool) -> dict[str, Any]:
        """As clean_question takes it. What is no number or no JSON stays text, for the kind to refuse."""
        extra = {one.name: one.typed(self.extra.get(one.name, "")) for one in tool.extra_fields}
        return {"prompt": self.prompt, "classes": [row.raw for row in self.rows], **extra}

    def with_errors(self, fields: Mapping[str, str]) -> "Draft":
        """The draft with messages at their rows ("classes.2.name") and fields; unknown names stay above the form."""
        by_row: dict[int, dict[str, str]] = {}
        rest: dict[str, str] = {}
        for name, text in fields.items():
            parts = name.split(".")
            if len(parts) == 3 and parts[0] == "classes" and parts[1].isdigit() and int(parts[1]) < len(self.rows):
                by_row.setdefault(int(parts[1]), {})[parts[2]] = text
            else:
                # A field inside one of the kind's own ("fields.2.label") is told where that one stands.
                own = parts[0] if len(parts) > 1 and parts[0] in self.extra else name
                rest.setdefault(own, text if own == name else f"{'.'.join(parts[1:])}: {text}")
        rows = tuple(
            replace(row, errors={**row.errors, **by_row.get(place, {})}) for place, row in enumerate(self.rows)
        )
        return replace(self, rows=rows, errors={**self.errors, **rest})

    def after(self, button: str) -> "Draft":
        """The draft after an "add", "remove:3", "up:3" or "down:3" button; as it is for any other."""
        match = _BUTTON.fullmatch(button)
        if match is None:
            return self
        rows = list(self.rows)
        if match[1] == "add":
            rows.append(new_row(rows))
            return replace(self, rows=tuple(rows))
        place = next((at for at, row in enumerate(rows) if str(row.number) == match[2]), None)
        if place is None:
            return self
        row = rows.pop(place)
        if match[1] != "remove":
            rows.insert(max(0, place - 1) if match[1] == "up" else place + 1, row)
        return replace(self, rows=tuple(rows))


def row_of(number: int, texts: Mapping[str, str]) -> Row:
    """A row of the texts named in TEXTS."""
    key, name, color, hotkey, description, example = (texts[field] for field in TEXTS)
    return Row(number, key, name, color, hotkey, description, example)


def new_row(rows: list[Row]) -> Row:
    """An empty row with the first colour and key of the keyboard that no other has."""
    colors = {row.color.upper() for row in rows}
    hotkeys = {row.hotkey.lower() for row in rows}
    return Row(
        number=max((row.number for row in rows), default=-1) + 1,
        color=next((color for color in PALETTE if color not in colors), PALETTE[len(rows) % len(PALETTE)]),
        hotkey=next((key for key in HOTKEYS if key not in hotkeys), ""),
    )


def draft_of(question: Mapping[str, Any], tool: Tool) -> Draft:
    """A stored question; for a project that has none yet two empty rows to begin with."""
    rows = [
        row_of(number, {name: row.get(name) or "" for name in TEXTS})
        for number, row in enumerate(question.get("classes", []))
    ]
    if tool.min_classes and not question:
        for name in tool.first_classes:
            rows.append(replace(new_row(rows), name=name))
    extra = {one.name: one.written(question.get(one.name, one.default)) for one in tool.extra_fields}
    return Draft(prompt=question.get("prompt", ""), rows=tuple(rows), extra=extra)


def draft_from(request: HttpRequest, project: Project, tool: Tool) -> Draft:
    """What was posted. Example images that came with it are stored at once, so that a refused form keeps them."""
    numbers = [int(match[1]) for match in map(_NAME.fullmatch, request.POST) if match][:MOST_ROWS]
    rows = [_read_row(request, project, number) for number in dict.fromkeys(numbers)]
    extra = {one.name: request.POST.get(one.name, "")[:MOST_TYPED].strip() for one in tool.extra_fields}
    return Draft(prompt=request.POST.get("prompt", "")[:20_000], rows=tuple(rows), extra=extra)


def _read_row(request: HttpRequest, project: Project, number: int) -> Row:
    prefix = f"classes-{number}-"
    row = row_of(number, {name: request.POST.get(prefix + name, "")[:20_000] for name in TEXTS})
    if request.POST.get(prefix + "drop_example"):
        row = replace(row, example="")
    upload = request.FILES.get(prefix + "file")
    if not isinstance(upload, UploadedFile):
        return row
    try:
        return replace(row, example=store_image(project=project, data=upload, name="example").sha256)
    except InvalidInput as error:
        return replace(row, errors={"example": error.message})
