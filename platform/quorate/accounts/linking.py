"""Accounts that may be one person's: what is noticed, what follows of itself, what an admin decides.

What follows is one thing: such accounts never get the same task. So one person's opinion is asked once, and a mistake costs
nobody anything but that. No pay is withheld, nobody is restricted, and whoever it concerns is told (the page "Settings").

Noticed are the browser (a random number in a cookie of ours) at each way in, and the network at sign-up. A browser that up
to three accounts use links them by itself; one that more use is taken for a shared machine and links nobody. The network
alone is a hint that an admin may look at: homes, offices and whole towns share one.
"""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from quorate.accounts.models import Link, LinkState, Trace, TraceKind, User
from quorate.common.clock import database_now
from quorate.common.errors import InvalidInput
from quorate.events.log import record

# Up to so many accounts on one browser are one person's; more are a library's, a lab's, a family's.
MOST_OF_ONE = 3
# Past this many a thing says nothing about a pair, and pairs would grow with the square.
MOST_OF_A_HINT = 6
KEPT = {TraceKind.DEVICE: timedelta(days=180), TraceKind.NETWORK: timedelta(days=30)}
# Sign-ups from one network are a hint only this close together.
TOGETHER = timedelta(days=1)
MAX_REASON = 500
MOST_EVIDENCE = 5
IN_FORCE = (LinkState.STRONG, LinkState.CONFIRMED)
SWEPT = 1000
# Names the one lock under which links and persons change.
LOCK = 0x6C696E6B


def came_in(*, user: User, device: str) -> None:
    """A worker came in from the browser that holds this secret number."""
    _see(user, TraceKind.DEVICE, device)


def joined(*, user: User, address: str) -> None:
    """A worker's account was made from this network address."""
    if address:
        _see(user, TraceKind.NETWORK, address)


def decide(*, link: Link, actor: User, state: LinkState, reason: str) -> Link:
    """Confirm or dismiss a link, or take that back: HINT or STRONG lets the evidence decide again. Again changes nothing.

    Raises InvalidInput naming "reason".
    """
    clean = reason.strip()
    if not 1 <= len(clean) <= MAX_REASON or "\x00" in clean:
        raise InvalidInput(fields={"reason": f"Say why, in 1 to {MAX_REASON} characters."})
    with transaction.atomic():
        _lock()
        locked = Link.objects.select_related("first", "second").get(pk=link.pk)
        undone = state not in {LinkState.CONFIRMED, LinkState.DISMISSED}
        wanted = _weigh(locked.evidence) if undone else state
        if locked.state == wanted:
            return locked
        before, locked.state, locked.reason = locked.state, wanted, "" if undone else clean
        locked.decided_by = None if undone else actor
        locked.decided_at = None if undone else database_now()
        locked.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        _note(locked, actor, "undone" if undone else str(wanted), before=before, reason=clean)
        _regroup({locked.first_id, locked.second_id})
    return locked


def accounts_of(user: User) -> list[int]:
    """The accounts taken for this person's, theirs among them. One query, none for who has one account."""
    if user.person is None:
        return [user.pk]
    return list(User.objects.filter(person=user.person).order_by("pk").values_list("pk", flat=True))


def forget() -> int:
    """What was noticed and whose time is over goes; links and their reasons stay. One query where there is nothing."""
    due = Trace.objects.filter(kept_until__lt=database_now()).order_by("kept_until").values("pk")[:SWEPT]
    gone, _ = Trace.objects.filter(pk__in=list(due.values_list("pk", flat=True))).delete()
    return gone


def digest_of(kind: TraceKind, value: str) -> str:
    """What is kept instead of the thing. Keyed: addresses are few enough to try them all."""
    return hmac.new(settings.SECRET_KEY.encode(), f"trace:{kind}:{value}".encode(), sha256).hexdigest()


def _see(user: User, kind: TraceKind, value: str) -> None:
    """Note it, and weigh what it says about the workers that were seen with the same. Three queries where there are none."""
    if not user.is_worker:
        return
    now = database_now()
    trace = Trace(
        user=user, kind=kind, digest=digest_of(kind, value), first_seen=now, last_seen=now, kept_until=now + KEPT[kind]
    )
    with transaction.atomic():
        Trace.objects.bulk_create(
            [trace],
            update_conflicts=True,
            unique_fields=["kind", "digest", "user"],
            update_fields=["last_seen", "kept_until"],
        )
        if _seen_with(trace):
            _lock()
            _weigh_group(user, sorted([user.pk, *_seen_with(trace)]), trace)


def _seen_with(trace: Trace) -> list[int]:
    """The other workers' accounts seen with the same thing, while that is kept."""
    rows = Trace.objects.filter(
        kind=trace.kind, digest=trace.digest, user__is_worker=True, kept_until__gt=trace.last_seen
    )
    if trace.kind == TraceKind.NETWORK:
        rows = rows.filter(first_seen__gt=trace.last_seen - TOGETHER)
    return list(rows.exclude(user=trace.user).order_by("user").values_list("user_id", flat=True)[: MOST_OF_A_HINT + 1])


def _weigh_group(user: User, group: list[int], trace: Trace) -> None:
    """Under the lock: write or weigh anew the links among these accounts that this thing speaks of."""
    count, mark = len(group), trace.digest[:12]
    seen = {"kind": str(trace.kind), "mark": mark, "accounts": count, "at": trace.last_seen.isoformat()}
    touched: set[int] = set()
    links = {(link.first_id, link.second_id): link for link in Link.objects.filter(first__in=group, second__in=group)}
    if count <= MOST_OF_A_HINT:
        for other in group:
            pair = (min(user.pk, other), max(user.pk, other))
            if other != user.pk and pair not in links:
                links[pair] = Link(
                    first_id=pair[0], second_id=pair[1], state="", evidence=[], created_at=trace.last_seen
                )
    for pair, link in links.items():
        rest = [one for one in link.evidence if one["mark"] != mark]
        # One more account on a browser says less about each of its pairs, those without the newcomer too.
        if user.pk in pair or len(rest) < len(link.evidence):
            link.evidence = [seen, *rest][:MOST_EVIDENCE]
        before = link.state
        if before not in {LinkState.CONFIRMED, LinkState.DISMISSED}:
            link.state = _weigh(link.evidence)
        link.save()
        if link.state != before:
            touched.update(pair)
            _note(link, None, str(link.state), before=before)
    _regroup(touched)


def _weigh(evidence: Iterable[dict[str, object]]) -> LinkState:
    """What evidence alone makes of a link."""
    strong = any(one["kind"] == TraceKind.DEVICE and int(str(one["accounts"])) <= MOST_OF_ONE for one in evidence)
    return LinkState.STRONG if strong else LinkState.HINT


def _regroup(changed: set[int]) -> None:
    """Under the lock: who is one person with whom, among those that hang together with these accounts.

    Accounts that come to be one person's get a number nobody had: what is kept under the old one (the hand-out's guard)
    was about other accounts.
    """
    if not changed:
        return
    persons = User.objects.filter(pk__in=changed).exclude(person=None).values("person")
    reach = changed | set(User.objects.filter(person__in=persons).values_list("pk", flat=True))
    while True:
        rows = Link.objects.filter(Q(first__in=reach) | Q(second__in=reach), state__in=IN_FORCE)
        pairs = list(rows.values_list("first_id", "second_id"))
        further = reach.union(*pairs)
        if further == reach:
            break
        reach = further
    groups = {one: {one} for one in reach}
    for first, second in pairs:
        if groups[first] is not groups[second]:
            groups[first] |= groups[second]
            for one in groups[second]:
                groups[one] = groups[first]
    before = dict(User.objects.filter(pk__in=reach).values_list("pk", "person"))
    for group in {min(group): group for group in groups.values()}.values():
        same = {one for one in reach if before[one] is not None and before[one] == before[min(group)]}
        if same != group:
            person = None if len(group) == 1 else secrets.randbits(62)
            User.objects.filter(pk__in=group).update(person=person)


def _lock() -> None:
    """Until the transaction ends nobody else changes links. SQLite's IMMEDIATE does that alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _note(link: Link, actor: User | None, what: str, **data: object) -> None:
    record(
        actor=actor,
        verb=f"link.{what}",
        object_type="link",
        object_id=link.public_id,
        data={"accounts": [link.first.public_id, link.second.public_id], "evidence": link.evidence, **data},
    )
