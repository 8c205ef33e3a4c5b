"""Views whose own statement asks whether the caller's API key is good, and that are therefore spared looking it up."""

from typing import Any

from django.db import DatabaseError
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.accounts.models import ApiKey, good_key
from quorate.api import BAD_KEY


class ByRememberedKey(APIView):
    """Passes `asked_key(request)` to the verb, which finds nothing for a key that was revoked, or whose owner was put out."""

    asks_of_the_key = True

    def handle_exception(self, exc: Exception) -> Response:
        """Whatever failed may have failed for want of a good key: if so, that is what the caller is told, and nothing else."""
        key = asked_key(self.request)
        if key is not None and not isinstance(exc, DatabaseError) and not good_key(key=key).exists():
            exc = AuthenticationFailed(BAD_KEY)
        return super().handle_exception(exc)


def asked_key(request: Request | Any) -> int | None:
    """The id of the key by which the caller is known; None for a browser's session and for nobody."""
    return request.auth.pk if isinstance(request.auth, ApiKey) else None
