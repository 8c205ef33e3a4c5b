"""Reading requests: headers and bodies as typed values, or InvalidInput naming what is wrong."""

from typing import IO, Any, cast

from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from quorate.accounts.models import User
from tasks_app.domain.submitting import Submitted
from tasks_app.errors import InvalidInput, NotFound
from tasks_app.tools.fields import Json, Problems, join, read_list, read_number, read_object, read_text
from tasks_app.tools.signals import MAX_SECONDS, read_signals

MAX_KEY = 80
MAX_TASKS = 100


class ImageParser(BaseParser):
    """The body's bytes as they come: whoever reads them bounds them."""

    media_type = "image/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream


class SoundParser(ImageParser):
    """The same for sounds."""

    media_type = "audio/*"


class FilmParser(ImageParser):
    """The same for films."""

    media_type = "video/*"


class AnyRenderer(JSONRenderer):
    """For files, which are what they are whatever the caller accepts; errors are JSON all the same."""

    media_type = "*/*"
    format = "any"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        if renderer_context is not None:
            renderer_context["response"]["Content-Type"] = "application/json"
        return super().render(data, "application/json", renderer_context)


def caller(request: Request) -> User:
    """Who is asking. Raises NotFound for nobody, which the permission classes have stopped before."""
    if not isinstance(request.user, User):
        raise NotFound
    return request.user


def body(request: Request, shape: type[Serializer[Any]]) -> Json:
    """The checked body. Raises ValidationError naming every wrong field."""
    read = shape(data=request.data)
    read.is_valid(raise_exception=True)
    checked: Json = read.validated_data
    return checked


def media_body(request: Request) -> IO[bytes]:
    """The body's stream. Raises InvalidInput for an empty one, which the frame does not give to the parser."""
    stream: Any = request.data
    if not hasattr(stream, "read"):
        raise InvalidInput(fields={"file": "The body holds no bytes."})
    return cast(IO[bytes], stream)


def idempotency_key(request: Request) -> str | None:
    """The header's text; None where there is none. Raises InvalidInput for one that is too long or not plain ASCII."""
    key: str = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    if not key:
        return None
    if len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput(fields={"Idempotency-Key": f"At most {MAX_KEY} printable ASCII characters."})
    return key


def submitted(raw: Any) -> list[Submitted]:
    """The answers of a submission. What an answer says is checked by its kind, in the domain."""
    problems = Problems()
    entry = read_object(raw, "", problems, known=("answers",))
    rows = []
    for place, given in enumerate(read_list(entry.get("answers"), "answers", problems, minimum=1, maximum=MAX_TASKS)):
        field = join("answers", place)
        row = read_object(given, field, problems, known=("task", "answer", "seconds", "signals"))
        seconds = 0.0 if row.get("seconds") is None else row["seconds"]
        rows.append(
            Submitted(
                task=read_text(row.get("task"), join(field, "task"), problems, maximum=16),
                answer=row.get("answer"),
                seconds=read_number(seconds, join(field, "seconds"), problems, minimum=0, maximum=MAX_SECONDS) or 0.0,
                signals=read_signals(row.get("signals"), join(field, "signals"), problems),
            )
        )
    problems.check()
    return rows


def skipped(raw: Any) -> tuple[str, str]:
    """(task, reason) of a skip."""
    problems = Problems()
    entry: Json = read_object(raw, "", problems, known=("task", "reason"))
    task = read_text(entry.get("task"), "task", problems, maximum=16)
    reason = read_text(entry.get("reason"), "reason", problems, maximum=200, required=False)
    problems.check()
    return task, reason


def reported(raw: Any) -> tuple[str, str, str]:
    """(task, about, text) of a report."""
    problems = Problems()
    entry: Json = read_object(raw, "", problems, known=("task", "about", "text"))
    task = read_text(entry.get("task"), "task", problems, maximum=16)
    about = read_text(entry.get("about"), "about", problems, maximum=12)
    text = read_text(entry.get("text"), "text", problems, maximum=500, required=False, lines=True)
    problems.check()
    return task, about, text


def nothing(raw: Any) -> None:
    """A body that must be an empty object."""
    problems = Problems()
    read_object(raw, "", problems, known=())
    problems.check()
