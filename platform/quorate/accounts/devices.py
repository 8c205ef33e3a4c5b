"""The browser's number: a cookie of ours by which two accounts used from one browser are noticed (linking.py)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from quorate.accounts import linking
from quorate.accounts.models import User, new_token

COOKIE = "quorate_browser"
SECONDS = 180 * 24 * 3600
LONGEST = 64


def recognise(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """`user` came in by this request: noted under the browser's number, which a browser without one is given."""
    given = request.COOKIES.get(COOKIE, "")
    known = 0 < len(given) <= LONGEST and given.isascii() and given.isprintable()
    number = given if known else new_token()
    linking.came_in(user=user, device=number)
    response.set_cookie(
        COOKIE,
        number,
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
        path=settings.SESSION_COOKIE_PATH,
    )
    return response
