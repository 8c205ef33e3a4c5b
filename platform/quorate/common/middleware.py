"""Headers and error pages every response shares."""

import ipaddress
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from quorate.common.errors import DomainError

logger = logging.getLogger(__name__)

UNAVAILABLE = 503

Handler = Callable[[HttpRequest], HttpResponse]

# Nothing inline, nothing from elsewhere. blob: shows a picture chosen for upload before it is sent.
POLICY = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'"
)


class ClientAddress:
    """Puts the client's address in REMOTE_ADDR where `PROXY_HOPS` proxies stand in front: rate limits and the log read it there.

    Each proxy appends whom it heard, so the entry of the outermost trusted one is counted from the right; what is left of
    it is whatever the client cared to send. A header that is too short or holds no address there changes nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops: int = settings.PROXY_HOPS
        heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if 0 < hops <= len(heard):
            address = _address(heard[-hops].strip())
            if address:
                request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def _address(text: str) -> str:
    """A network address in its one spelling, without the port that some proxies add; "" for anything else."""
    host, _, port = text.rpartition(":")
    bare = host if port.isdigit() and (host.count(".") == 3 or host.endswith("]")) else text
    try:
        return str(ipaddress.ip_address(bare.strip("[]")))
    except ValueError:
        return ""


class ContentSecurityPolicy:
    """Sends the policy with every response that has not set its own (uploaded files and sandboxes do)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class CompressedPages(GZipMiddleware):
    """Compresses pages, padded by a random length: who can have words shown in a page, and sees how long it gets, must ask very
    often to learn what else is in it (BREACH). The one secret worth that, the token of its forms, is masked anew each time.

    JSON, files and streams are sent as they are: static files lie compressed on disk, pictures are, and answers are short.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The page, compressed where the browser takes it."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class CalmErrors:
    """A named error becomes its page, a database that is away a 503; both without a traceback for the caller."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        if response.status_code == UNAVAILABLE and request.method in {"GET", "HEAD"}:
            # A connection kept from before the database was started again fails once. A page that only reads may just be
            # asked again; what writes is repeated by whoever sent it, with its key.
            connection.close()
            response = self._answer(request)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except OperationalError:
            # Reached when the session itself cannot be read, before any view: process_exception is not called then.
            return unavailable(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called by Django for what a view raised; None lets Django go on."""
        if isinstance(exception, OperationalError):
            return unavailable(request)
        if isinstance(exception, DomainError):
            template = {404: "404.html", 403: "403.html"}.get(exception.status, "400.html")
            return render(request, template, {"error": exception}, status=exception.status)
        return None


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 with no database needed to say so."""
    logger.exception("Database unavailable")
    message = "The database is not reachable just now. Nothing was lost; try again in a moment."
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(
            {"error": {"code": "unavailable", "message": message, "fields": {}}}, status=UNAVAILABLE
        )
    else:
        response = HttpResponse(message, status=UNAVAILABLE, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = "2"
    return response
