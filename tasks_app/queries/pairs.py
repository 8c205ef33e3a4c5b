"""Pairs of workers that admins look at: accounts that may be one person's."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from quorate.accounts.linking import IN_FORCE, MOST_OF_ONE
from quorate.accounts.models import Link, LinkState, TraceKind
from tasks_app.errors import NotFound
from tasks_app.models import Answer
from tasks_app.queries.gate import may_be_id

ONLY = {"": IN_FORCE, "hints": (LinkState.HINT,), "dismissed": (LinkState.DISMISSED,)}


@dataclass(frozen=True)
class ToldLink:
    """A link in words. `shared`: items that both accounts answered."""

    link: Link
    seen: list[str]
    shared: int


def links(*, only: str) -> QuerySet[Link]:
    """Links by what is thought of them, newest first; `shared` on each. One query a page."""
    also = Answer.objects.filter(worker=OuterRef("second"), superseded_by=None, task__answers__worker=OuterRef("first"))
    shared = also.order_by().values("worker").annotate(n=Count("task", distinct=True)).values("n")
    rows = Link.objects.filter(state__in=ONLY.get(only, IN_FORCE)).select_related("first", "second", "decided_by")
    return rows.annotate(shared=Coalesce(Subquery(shared, output_field=IntegerField()), 0)).order_by("-pk")


def link_of(public_id: str) -> Link:
    """Raises NotFound."""
    found = Link.objects.filter(public_id=public_id).first() if may_be_id(public_id) else None
    if found is None:
        raise NotFound
    return found


def told(link: Link) -> ToldLink:
    """A row of `links` in words. No query."""
    shared: int = link.shared  # type: ignore[attr-defined]  # the annotation of links()
    return ToldLink(link, [_in_words(one["kind"], one["accounts"]) for one in link.evidence], shared)


def _in_words(kind: str, accounts: int) -> str:
    if kind == TraceKind.NETWORK:
        return f"Both signed up from one network within a day; {accounts} accounts did. A hint, no more."
    if accounts > MOST_OF_ONE:
        return f"Both came in from one browser, as {accounts} accounts did: a shared machine, so it says little."
    return f"Both came in from one browser, which {accounts} accounts use."
