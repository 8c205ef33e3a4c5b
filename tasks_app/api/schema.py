"""What the OpenAPI document says beyond the shapes: errors, headers, how people are known."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

from tasks_app.api import serializers as shapes

V = TypeVar("V", bound=Callable[..., Any])

KEY_HEADER = OpenApiParameter(
    name="Idempotency-Key",
    type={"type": "string", "maxLength": 80},
    location=OpenApiParameter.HEADER,
    description="Of your choice, new for each intention. The same call with the same key is done once.",
)
ERRORS = {
    400: "The input is not valid; `fields` says where.",
    401: "No API key and no session, or one that is not good.",
    403: "Your role does not allow this.",
    404: "There is no such thing, or it is not yours to see.",
    405: "This address does not know this method.",
    406: "Only JSON is spoken here.",
    409: "The state of things does not allow this now; `code` says why.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    503: "The database is away; `Retry-After` says when to try again.",
}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself when defined
    target_class = "quorate.api.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer q_…`."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "quorate.api.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The browser's session; changes need the header `X-CSRFToken`.",
        }


def only_the_api(endpoints: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leaves out what merely uses the frame's views, such as images."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/")]


Shape = type[Serializer[Any]] | Serializer[Any]


def described(
    name: str,
    *,
    tag: str,
    returns: Shape | Any,
    takes: Any = None,
    status: int = 200,
    query: tuple[Any, ...] = (),
    keyed: bool = False,
    text: str | None = None,
) -> Callable[[V], V]:
    """Documents one method of a view. `text`, or its docstring, is the description."""
    answers: dict[Any, Any] = returns if isinstance(returns, dict) else {status: returns}
    answers = answers | {
        code: OpenApiResponse(response=shapes.Error, description=text) for code, text in ERRORS.items()
    }
    return extend_schema(
        operation_id=name,
        description=text,
        tags=[tag],
        request=takes,
        responses=answers,
        parameters=[*query, *((KEY_HEADER,) if keyed else ())],
    )
