"""Whose word about a client's address is taken: nobody's, or that of as many proxies as the settings name."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from quorate.accounts import throttle
from quorate.accounts.models import User
from quorate.common.middleware import ClientAddress
from quorate.common.processes import web

PASSWORD = "correct horse battery"


def address(forwarded: str | None) -> str:
    """What the views see of a request from the proxy 10.0.0.1."""
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    ClientAddress(view)(RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.1"))
    return seen[0]


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "192.0.2.7", "10.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (2, "203.0.113.9,192.0.2.7 , 10.0.0.2", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "192.0.2.7:4711", "192.0.2.7"),
        (1, "[2001:DB8::1]:4711", "2001:db8::1"),
        (1, "2001:db8:0::1", "2001:db8::1"),
        (1, "<script>", "10.0.0.1"),
    ],
)
def test_client_address_is_counted_from_the_right(
    settings: Settings, hops: int, forwarded: str | None, expected: str
) -> None:
    settings.PROXY_HOPS = hops
    assert address(forwarded) == expected


def tries(forwarded: str, alice: User) -> int:
    data = {"email": alice.email, "password": PASSWORD}
    return Client(headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1").post("/sign-in/", data).status_code


@pytest.mark.parametrize(("hops", "other"), [(0, 422), (1, 302)])
def test_sign_in_limits_see_the_client_behind_a_trusted_proxy_alone(
    settings: Settings, alice: User, caplog: pytest.LogCaptureFixture, hops: int, other: int
) -> None:
    settings.PROXY_HOPS = hops
    place = "192.0.2.7" if hops else "10.0.0.1"
    for _ in range(throttle.MOST_FROM_ONE_PLACE):
        throttle.failed(email=alice.email, place=place)
    assert caplog.messages == [f"Sign-in failed from {place}"] * throttle.MOST_FROM_ONE_PLACE
    # Who guesses must not get new attempts by inventing an address in front of the true one.
    assert tries("198.51.100.1, 192.0.2.7", alice) == 422
    assert tries("192.0.2.8", alice) == other


def test_web_server_itself_believes_no_forwarded_header() -> None:
    command = web(bind="127.0.0.1", port=8000, processes=1, threads=1)
    assert command[command.index("--forwarded-allow-ips") + 1] == ""
