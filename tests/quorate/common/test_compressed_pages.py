"""Pages are compressed and padded, what a program reads is not."""

import gzip

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
TAKES = {"Accept-Encoding": "gzip"}


def test_a_page_is_compressed_for_browsers_that_take_it_and_says_what_it_depends_on() -> None:
    plain = Client().get("/sign-in/")
    packed = Client().get("/sign-in/", headers=TAKES)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content)
    assert b"csrfmiddlewaretoken" in gzip.decompress(packed.content)


def test_the_length_of_a_page_is_padded_at_random() -> None:
    lengths = {len(Client().get("/sign-in/", headers=TAKES).content) for _ in range(20)}
    assert len(lengths) > 5


@pytest.mark.parametrize("path", ["/api/v1/me/", "/api/v1/schema/"])
def test_json_is_not_compressed(path: str) -> None:
    assert "Content-Encoding" not in Client().get(path, headers=TAKES)
