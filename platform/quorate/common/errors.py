"""Errors with a name, a status and the field they speak of. Views and the API turn them into one shape."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """Something a person can understand and act on.

    `code` is stable and for machines, `message` is for people, `fields` maps an input's name ("boxes.3.x2") to its messages.
    """

    code = "invalid"
    status = 400

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        fields: Mapping[str, str | Sequence[str]] | None = None,
    ) -> None:
        self.fields: dict[str, list[str]] = {
            name: [text] if isinstance(text, str) else list(text) for name, text in (fields or {}).items()
        }
        first = next((f"{name}: {texts[0]}" for name, texts in self.fields.items() if texts), "")
        self.message = message or first or (self.__doc__ or "").strip().splitlines()[0]
        if code is not None:
            self.code = code
        super().__init__(self.message)


class InvalidInput(DomainError):
    """The input is not valid."""


class NotFound(DomainError):
    """There is no such thing, or it is not yours to see."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """Your role does not allow this."""

    code = "forbidden"
    status = 403


class Conflict(DomainError):
    """The state of things does not allow this now."""

    code = "conflict"
    status = 409
