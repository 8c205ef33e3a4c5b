"""What the question of a kind asks its requester besides prompt and classes, and what its items carry besides their content."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from tasks_app.tools.fields import Problems, read_choice, read_number, read_text


@dataclass(frozen=True, slots=True)
class ExtraField:
    """A field of the question besides prompt and classes, for the question editor to show.

    `minimum` and `maximum` bound a number, `maximum` also the length of a text; `choices` are (key, label). A field of kind
    "json" is read by `Tool.check_question`: here it may be any JSON.
    """

    name: str
    label: str
    help: str
    default: Any
    minimum: float = 0
    maximum: float = 500
    kind: Literal["number", "text", "choice", "flag", "json"] = "number"
    choices: tuple[tuple[str, str], ...] = ()

    def read(self, raw: Any, problems: Problems) -> Any:
        """The canonical value; the default where there is none."""
        if raw is None:
            return self.default
        if self.kind == "number":
            return read_number(raw, self.name, problems, minimum=self.minimum, maximum=self.maximum)
        if self.kind == "choice":
            return read_choice(raw, self.name, problems, choices=[key for key, _ in self.choices])
        if self.kind == "flag":
            if not isinstance(raw, bool):
                problems.add(self.name, "Must be true or false.")
            return raw is True
        if self.kind == "text":
            return read_text(raw, self.name, problems, maximum=int(self.maximum), required=False, lines=True)
        return raw

    def written(self, value: Any) -> str:
        """A value as an input of the editor holds it."""
        if self.kind == "number":
            return f"{value:g}"
        if self.kind == "flag":
            return "1" if value else ""
        return str(value) if self.kind in {"text", "choice"} else json.dumps(value, indent=2, ensure_ascii=False)

    def typed(self, text: str) -> Any:
        """What `read` takes, from the text of an input; None for an empty one. What cannot be read stays text, to be refused."""
        if self.kind == "flag":
            return bool(text)
        if self.kind == "text":
            return text
        if not text.strip():
            return None
        try:
            if self.kind == "number":
                return float(text.replace(",", "."))
            return text if self.kind == "choice" else json.loads(text)
        except (ValueError, RecursionError):
            return text


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """Something that items carry beside their content and workers see: a column of a table, a field of an item in the API.

    "image", "audio", "video": in a table the name of an uploaded file, in the API the SHA-256 of a stored one. "json": JSON, in a table as
    its text; read by `Tool.clean_column`.
    """

    name: str
    help: str
    required: bool = False
    kind: Literal["text", "json", "image", "audio", "video"] = "text"
