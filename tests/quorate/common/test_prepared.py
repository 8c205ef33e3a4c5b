"""Querysets compiled once give what the plain ones give."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from quorate.accounts.models import ApiKey, User, make_api_key
from quorate.common.prepared import Prepared
from tests import factories

BY_NAME = Prepared(
    lambda names: (
        ApiKey.objects.select_related("user")
        .annotate(mail=F("user__email"))
        .filter(name=names.text("name"), user_id=names.number("user"))
        .order_by("pk")
    )
)


def make_key(user: User, name: str) -> ApiKey:
    key, _ = make_api_key(user, name=name)
    key.save()
    return key


@pytest.mark.django_db
def test_rows_are_instances_with_relations_and_annotations_in_one_query() -> None:
    alice, bob = factories.make_user("alice"), factories.make_user("bob")
    keys = [make_key(alice, "one"), make_key(alice, "one"), make_key(alice, "two"), make_key(bob, "one")]

    BY_NAME.rows(name="none", user=0)  # the first on a connection is told to PostgreSQL beforehand
    with CaptureQueriesContext(connection) as queries:
        first = BY_NAME.rows(name="one", user=alice.pk)
        second = BY_NAME.rows(name="one", user=bob.pk)
        emails = [row.user.email for row in first]

    assert first == keys[:2]
    assert second == keys[3:]
    assert emails == [row.mail for row in first] == ["alice@example.org"] * 2  # type: ignore[attr-defined]
    assert len(queries) == 2


@pytest.mark.django_db
def test_first_of_nothing_is_none_and_a_name_left_out_is_an_error() -> None:
    assert BY_NAME.first(name="none", user=1) is None
    with pytest.raises(KeyError, match="user"):
        BY_NAME.rows(name="none")


@pytest.mark.django_db
def test_a_name_that_the_query_lost_is_an_error() -> None:
    lost = Prepared(
        lambda names: User.objects.filter(name=names.text("used")) if names.text("unused") else User.objects
    )  # type: ignore[return-value]
    with pytest.raises(ValueError, match="unused"):
        lost.rows(used="x", unused="y")
