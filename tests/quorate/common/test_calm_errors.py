"""A database that was started again: reading heals itself, writing is told to try again."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from quorate.common.middleware import CalmErrors


def failing_once() -> Callable[[HttpRequest], HttpResponse]:
    calls: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        calls.append(request)
        if len(calls) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        return HttpResponse("here")

    return answer


def failing_always(request: HttpRequest) -> HttpResponse:
    raise OperationalError(f"no server for {request.path}")


@pytest.mark.django_db
def test_a_page_that_only_reads_is_asked_again() -> None:
    assert CalmErrors(failing_once())(RequestFactory().get("/projects/")).content == b"here"


@pytest.mark.django_db
def test_a_write_is_not_repeated_by_the_server() -> None:
    response = CalmErrors(failing_once())(RequestFactory().post("/api/v1/pools/x/next/"))
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert b'"code": "unavailable"' in response.content


@pytest.mark.django_db
def test_a_database_that_stays_away_is_a_503_in_words() -> None:
    response = CalmErrors(failing_always)(RequestFactory().get("/projects/"))
    assert response.status_code == 503
    assert b"Nothing was lost" in response.content
