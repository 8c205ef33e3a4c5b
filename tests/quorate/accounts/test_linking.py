"""Which accounts are taken for one person's: conservatively, with evidence, undone by people, forgotten in time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quorate.accounts import linking
from quorate.accounts.devices import COOKIE
from quorate.accounts.models import Link, LinkState, Trace, TraceKind, User
from quorate.common.errors import InvalidInput
from quorate.events.models import Event
from tests import factories

PHRASE = "a long enough phrase"


def persons(*users: User) -> list[int | None]:
    """Whose these accounts are, numbered as they come; None for who is alone."""
    stored = dict(User.objects.values_list("pk", "person"))
    seen: dict[int, int] = {}
    found = [stored[user.pk] for user in users]
    return [None if one is None else seen.setdefault(one, len(seen)) for one in found]


def on_one_browser(*users: User, number: str = "n") -> None:
    for user in users:
        linking.came_in(user=user, device=number)


@pytest.mark.parametrize(
    ("accounts", "linked", "state"),
    [
        (2, [0, 0, None, None, None], LinkState.STRONG),
        (3, [0, 0, 0, None, None], LinkState.STRONG),
        (4, [None] * 5, LinkState.HINT),
    ],
)
def test_a_browser_links_up_to_three_accounts_and_none_of_more(
    workers: list[User], accounts: int, linked: list[int | None], state: str
) -> None:
    on_one_browser(*workers[:accounts])

    assert persons(*workers) == linked
    assert set(Link.objects.values_list("state", flat=True)) == {state}
    assert Link.objects.count() == accounts * (accounts - 1) // 2


def test_two_browsers_join_accounts_and_a_shared_machine_weakens_neither(workers: list[User]) -> None:
    on_one_browser(*workers[:2], number="home")
    on_one_browser(*workers[1:3], number="work")
    assert persons(*workers) == [0, 0, 0, None, None]
    on_one_browser(*workers, number="library")
    assert persons(*workers) == [0, 0, 0, None, None]


def test_one_network_is_a_hint_from_which_nothing_follows(workers: list[User]) -> None:
    for worker in workers[:2]:
        linking.joined(user=worker, address="198.51.100.7")
    linking.joined(user=workers[2], address="198.51.100.8")

    assert list(Link.objects.values_list("first", "second", "state")) == [
        (workers[0].pk, workers[1].pk, LinkState.HINT)
    ]
    assert persons(*workers) == [None] * 5


def test_a_network_of_many_and_of_long_ago_says_nothing(db: None) -> None:
    many = factories.make_workers(9)
    linking.joined(user=many[0], address="203.0.113.1")
    Trace.objects.update(first_seen=timezone.now() - timedelta(days=2))
    linking.joined(user=many[1], address="203.0.113.1")
    assert not Link.objects.exists()
    for worker in many[2:]:
        linking.joined(user=worker, address="203.0.113.1")
    assert Link.objects.count() == 15  # of the first six that came together; then it is a crowd


def test_who_does_not_work_is_not_noticed(alice: User, workers: list[User], admin: User) -> None:
    on_one_browser(admin, workers[0])
    assert list(Trace.objects.values_list("user", flat=True)) == [workers[0].pk]
    assert not Link.objects.exists()


def test_decisions_stand_against_what_is_noticed_until_they_are_undone(workers: list[User], admin: User) -> None:
    on_one_browser(*workers[:2])
    link = Link.objects.get()
    linking.decide(link=link, actor=admin, state=LinkState.DISMISSED, reason="Two sisters")
    assert persons(*workers[:2]) == [None, None]
    on_one_browser(*workers[:2])
    assert persons(*workers[:2]) == [None, None]
    linking.decide(link=link, actor=admin, state=LinkState.HINT, reason="Look again")
    assert persons(*workers[:2]) == [0, 0]
    link.refresh_from_db()
    assert (link.state, link.decided_by, link.reason) == (LinkState.STRONG, None, "")
    assert [(event.verb, event.actor_id) for event in Event.objects.filter(object_type="link").order_by("pk")] == [
        ("link.strong", None),
        ("link.dismissed", admin.pk),
        ("link.undone", admin.pk),
    ]


def test_a_hint_in_the_middle_of_a_chain_is_confirmed_and_dismissed(workers: list[User], admin: User) -> None:
    on_one_browser(*workers[:2], number="a")
    on_one_browser(*workers[2:4], number="b")
    for worker in workers[1:3]:
        linking.joined(user=worker, address="198.51.100.7")
    hint = Link.objects.get(state=LinkState.HINT)
    linking.decide(link=hint, actor=admin, state=LinkState.CONFIRMED, reason="Same handwriting")
    assert persons(*workers) == [0, 0, 0, 0, None]
    number = User.objects.get(pk=workers[0].pk).person
    linking.decide(link=hint, actor=admin, state=LinkState.CONFIRMED, reason="Again")
    assert User.objects.get(pk=workers[0].pk).person == number
    linking.decide(link=hint, actor=admin, state=LinkState.DISMISSED, reason="It was not")
    assert persons(*workers) == [0, 0, 1, 1, None]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x00b"])
def test_a_decision_needs_a_reason(workers: list[User], admin: User, reason: str) -> None:
    on_one_browser(*workers[:2])
    with pytest.raises(InvalidInput) as caught:
        linking.decide(link=Link.objects.get(), actor=admin, state=LinkState.CONFIRMED, reason=reason)
    assert list(caught.value.fields) == ["reason"]


def test_neither_number_nor_address_is_kept_and_traces_end(workers: list[User]) -> None:
    linking.came_in(user=workers[0], device="secret-number")
    linking.joined(user=workers[0], address="198.51.100.7")
    kept = str(list(Trace.objects.values()))
    assert "secret-number" not in kept
    assert "198.51.100.7" not in kept
    assert linking.forget() == 0
    Trace.objects.filter(kind=TraceKind.NETWORK).update(kept_until=timezone.now() - timedelta(seconds=1))
    assert linking.forget() == 1
    assert list(Trace.objects.values_list("kind", flat=True)) == [TraceKind.DEVICE]


def test_browsers_are_known_by_a_cookie_and_told_of_it(
    client: Client, settings: object, alice: User, worker: User
) -> None:
    settings.SIGNUP_OPEN = True  # type: ignore[attr-defined]
    client.post("/sign-up/", {"email": "dora@example.org", "name": "Dora", "password": PHRASE})
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], len(cookie.value)) == (True, "Lax", 43)
    assert "shares its tasks" not in client.get("/me/").text
    assert "180 days" in client.get("/me/").text
    client.post("/sign-out/")
    client.post("/sign-in/", {"email": worker.email, "password": factories.PASSWORD})
    assert client.cookies[COOKIE].value == cookie.value
    assert "shares its tasks" in client.get("/me/").text
    dora = User.objects.get(email="dora@example.org")
    assert persons(dora, worker, alice) == [0, 0, None]
    assert sorted(Trace.objects.values_list("user", "kind")) == sorted(
        [(dora.pk, "device"), (dora.pk, "network"), (worker.pk, "device")]
    )


@pytest.mark.parametrize("forged", ["x" * 65, "\x7f", "ünsinn"])
def test_a_forged_number_is_replaced(client: Client, worker: User, forged: str) -> None:
    client.cookies[COOKIE] = forged
    client.post("/sign-in/", {"email": worker.email, "password": factories.PASSWORD})
    assert client.cookies[COOKIE].value != forged
    assert Trace.objects.count() == 1
