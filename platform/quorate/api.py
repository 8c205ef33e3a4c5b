"""The frame of the REST API: who calls, how JSON is read, how lists are paged, what an error looks like."""

import json
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework import authentication, exceptions, negotiation, pagination, parsers, throttling
from rest_framework.request import Request
from rest_framework.response import Response

from quorate.accounts.models import ApiKey, User, token_digest
from quorate.common.cache import hit
from quorate.common.errors import DomainError
from quorate.common.prepared import Prepared

if TYPE_CHECKING:
    # REST framework reads this module while it loads its own views.
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_JSON_DEPTH = 20
# `last_used_at` is for people to find dead keys; one write a minute is enough and keeps it off the hot path.
USED_EVERY_SECONDS = 60
BAD_KEY = "This API key is not valid."
# How long a key is not looked up where that is spared, and of how many keys. `last_used_at` is not stamped meanwhile.
REMEMBERED_SECONDS = 30
MOST_REMEMBERED = 10_000


KEY = Prepared(lambda names: ApiKey.objects.select_related("user").filter(token_hash=names.text("digest"))[:1])


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer q_…`. One query; none for a view that asks of the key itself, where it was good half a minute ago.

    Such a view is marked by `asks_of_the_key`. Who is calling may have ceased to be so: the statement that does what the view
    is for must have `accounts.models.good_key` among its conditions.
    """

    remembered: ClassVar[dict[str, tuple[float, ApiKey]]] = {}  # shared by all threads: never change what is in it

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The key's user; None where no key was sent. Raises AuthenticationFailed for a key that is not good."""
        # META, not `headers`: that reads every header there is first.
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        asks = getattr(request.parser_context.get("view"), "asks_of_the_key", False)
        digest = token_digest(token.strip())
        key = self._remember(digest) if asks else self._look_up(digest)
        return key.user, key

    def _look_up(self, digest: str) -> ApiKey:
        """The good key with this digest, with its user. Raises AuthenticationFailed."""
        key = KEY.first(digest=digest)
        if key is None or key.revoked_at is not None or not key.user.is_active:
            raise exceptions.AuthenticationFailed(BAD_KEY)
        now = timezone.now()
        if key.last_used_at is None or (now - key.last_used_at).total_seconds() > USED_EVERY_SECONDS:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return key

    def _remember(self, digest: str) -> ApiKey:
        """The same, as last seen."""
        until, key = self.remembered.get(digest, (0.0, None))
        if key is None or until < time.monotonic():
            key = self._look_up(digest)
            if len(self.remembered) >= MOST_REMEMBERED:
                self.remembered.clear()
            self.remembered[digest] = (time.monotonic() + REMEMBERED_SECONDS, key)
        return key

    def authenticate_header(self, request: Request) -> str:
        """Makes a missing key a 401 rather than a 403."""
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session; state-changing calls need the CSRF token."""


class StrictJSONParser(parsers.JSONParser):
    """JSON within bounds: size, depth, no NaN, no NUL, no lone surrogates, none of which a database column can hold."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The parsed body. Raises ParseError or DomainError(413) with the reason."""
        body = stream.read(MAX_JSON_BYTES + 1)
        if len(body) > MAX_JSON_BYTES:
            raise TooLarge
        if not body.strip():
            return {}
        try:
            value = json.loads(body.decode("utf-8"), parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(f"This is not valid JSON: {str(error)[:120]}.") from None
        check_json(value)
        return value


class Negotiation(negotiation.DefaultContentNegotiation):
    """The frame's own, but for what nearly every program sends, whose answer is known: the first there is."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """(renderer, media type). Raises NotAcceptable."""
        plain = format_suffix is None and self.settings.URL_FORMAT_OVERRIDE not in request.query_params
        if plain and request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


class TooLarge(DomainError):
    """The body is larger than 4 MiB."""

    code = "too_large"
    status = 413


def refuse_constant(name: str) -> None:
    """NaN and Infinity are JavaScript, not JSON."""
    message = f"{name} is not a JSON value"
    raise ValueError(message)


def check_json(value: Any) -> None:
    """Walk a parsed value without recursion. Raises ParseError for what no column can store."""
    stack: list[tuple[Any, int]] = [(value, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_JSON_DEPTH:
            raise exceptions.ParseError(f"Nested deeper than {MAX_JSON_DEPTH} levels.")
        if isinstance(node, dict):
            stack.extend((key, depth + 1) for key in node)
            stack.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            stack.extend((child, depth + 1) for child in node)
        elif isinstance(node, str):
            check_text(node)


def check_text(text: str) -> None:
    """Raises ParseError for NUL (PostgreSQL stores none) and lone surrogates (no UTF-8 for them)."""
    if "\x00" in text:
        raise exceptions.ParseError("Text must not contain the NUL character.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise exceptions.ParseError("Text must not contain lone surrogates.")


class CursorPages(pagination.CursorPagination):
    """Newest first, by id: stable while rows are added. `page_size` is 1 to 500."""

    ordering = "-id"
    page_size_query_param = "page_size"
    page_size_query_description = "Rows a page, 1 to 500 (50 if not given)."
    max_page_size = 500

    def decode_cursor(self, request: Request) -> Any:
        """The cursor of the query, None without one. Raises NotFound for one that this API has not made."""
        cursor = super().decode_cursor(request)
        # The base class passes any text on to the query, where a column of numbers makes a crash of it.
        if cursor is not None and cursor.position is not None and not is_bigint(str(cursor.position)):
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


def is_bigint(text: str) -> bool:
    """Whether a database can compare its BIGINT with this."""
    return text.isascii() and text.isdigit() and len(text) <= 18


@dataclass
class Tally:
    """A caller's requests within a minute: all that the cache had heard of when last told, and those it has not heard of."""

    heard: int = 0
    untold: int = 0


class CallerThrottle(throttling.BaseThrottle):
    """So many requests a caller and minute. A counter, not a list of times; the cache, which all processes share, is told of
    a hundredth of the limit at a time: each process may let so much more pass.

    A cache that is away counts nothing and stops nobody.
    """

    minute: ClassVar[int] = 0
    tallies: ClassVar[dict[str, Tally]] = {}
    lock: ClassVar[threading.Lock] = threading.Lock()

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Whether this request may pass."""
        minute = int(time.time() // 60)
        caller = request.user.pk if request.user.is_authenticated else request.META.get("REMOTE_ADDR", "")
        key = f"rate:{caller}:{minute}"
        limit: int = settings.API_RATE_PER_MINUTE
        with self.lock:
            if self.minute != minute:
                CallerThrottle.minute, CallerThrottle.tallies = minute, {}
            tally = self.tallies.setdefault(key, Tally())
            tally.untold += 1
            news = tally.untold if tally.heard == 0 or tally.untold * 100 >= limit else 0
            tally.untold -= news
        if news:
            try:
                tally.heard = hit(key, 120, news)
            except RedisError:
                logger.warning("Rate limit not counted: the cache is away")
                return True
        return tally.heard + tally.untold <= limit

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return 60 - time.time() % 60


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """One shape for every error: {"error": {"code", "message", "fields"}}. None lets an unknown error be a logged 500."""
    from rest_framework.views import exception_handler as drf_exception_handler

    if isinstance(error, DomainError):
        return envelope(error.code, error.message, error.fields, error.status)
    if isinstance(error, OperationalError):
        logger.exception("Database unavailable")
        response = envelope("unavailable", "The database is not reachable just now; try again in a moment.", {}, 503)
        response["Retry-After"] = "2"
        return response
    if isinstance(error, Http404):
        return envelope("not_found", "There is no such thing, or it is not yours to see.", {}, 404)
    if isinstance(error, PermissionDenied):
        return envelope("forbidden", "Your role does not allow this.", {}, 403)
    response_or_none = drf_exception_handler(error, context)
    if response_or_none is None:
        return None
    response = response_or_none
    if isinstance(error, exceptions.ValidationError):
        fields = flatten(error.detail)
        name, texts = next(iter(fields.items()), ("", ["This input is not valid."]))
        response.data = {"error": {"code": "invalid", "message": f"{name}: {texts[0]}".lstrip(": "), "fields": fields}}
        return response
    code = error.get_codes() if isinstance(error, exceptions.APIException) else "error"
    message = str(error.detail) if isinstance(error, exceptions.APIException) else "Error"
    response.data = {"error": {"code": code if isinstance(code, str) else "error", "message": message, "fields": {}}}
    return response


def envelope(code: str, message: str, fields: dict[str, list[str]], status: int) -> Response:
    """An error response."""
    return Response({"error": {"code": code, "message": message, "fields": fields}}, status=status)


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as dotted names: {"classes.0.name": ["…"]}."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, child in detail.items():
            key = prefix if name == "non_field_errors" else f"{prefix}.{name}".lstrip(".")
            found.update(flatten(child, key))
        return found
    if isinstance(detail, list) and any(isinstance(child, dict | list) for child in detail):
        found = {}
        for number, child in enumerate(detail):
            if child:
                found.update(flatten(child, f"{prefix}.{number}".lstrip(".")))
        return found
    texts = [str(text) for text in detail] if isinstance(detail, list) else [str(detail)]
    return {prefix or "body": texts}
