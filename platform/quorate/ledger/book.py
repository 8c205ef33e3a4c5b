"""Moving money. Every verb is idempotent by (kind, ref): said twice, it moves once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Sum, When

from quorate.accounts.models import User
from quorate.common.errors import InvalidInput
from quorate.common.money import written
from quorate.events.log import record
from quorate.ledger.errors import InsufficientFunds
from quorate.ledger.models import Account, AccountKind, Entry, EntryKind


@dataclass(frozen=True)
class Line:
    """An entry as one account sees it: `amount` signed, `balance` after it; micro-units."""

    entry: Entry
    amount: int
    balance: int


def world() -> Account:
    """Where deposits come from and payouts go to."""
    return Account.objects.get_or_create(kind=AccountKind.WORLD, owner=None, ref="")[0]


def requester_account(user_id: int) -> Account:
    """A requester's balance."""
    return Account.objects.get_or_create(kind=AccountKind.REQUESTER, owner_id=user_id, ref="")[0]


def worker_account(user_id: int) -> Account:
    """What a worker has earned and not been paid out."""
    return Account.objects.get_or_create(kind=AccountKind.WORKER, owner_id=user_id, ref="")[0]


def held_account(ref: str) -> Account:
    """What is held for one pool."""
    return Account.objects.get_or_create(kind=AccountKind.HELD, owner=None, ref=ref)[0]


def worker_accounts(user_ids: Iterable[int]) -> dict[int, Account]:
    """Many workers' accounts at once, made where missing. Three queries at most."""
    wanted = set(user_ids)
    found = {row.owner_id: row for row in Account.objects.filter(kind=AccountKind.WORKER, owner_id__in=wanted)}
    missing = wanted - set(found)
    if missing:
        Account.objects.bulk_create(
            [Account(kind=AccountKind.WORKER, owner_id=user_id) for user_id in sorted(missing)], ignore_conflicts=True
        )
        found = {row.owner_id: row for row in Account.objects.filter(kind=AccountKind.WORKER, owner_id__in=wanted)}
    return {owner: row for owner, row in found.items() if owner is not None}


def find(kind: AccountKind, *, owner_id: int | None = None, ref: str = "") -> Account | None:
    """An account to read from; None, which stands for an empty one, where nothing was ever moved. Reading makes no rows."""
    return Account.objects.filter(kind=kind, owner_id=owner_id, ref=ref).first()


def balance(account: Account | None) -> int:
    """The sum of an account's entries in micro-units. One query."""
    if account is None:
        return 0
    sums = Entry.objects.filter(Q(debit=account) | Q(credit=account)).aggregate(
        total=Sum(Case(When(credit=account, then=F("amount")), default=-F("amount")))
    )
    return int(sums["total"] or 0)


def moved(account: Account | None, kind: EntryKind) -> int:
    """What has left an account by entries of one kind, in micro-units."""
    if account is None:
        return 0
    return int(Entry.objects.filter(debit=account, kind=kind).aggregate(total=Sum("amount"))["total"] or 0)


def deposit(*, requester: User, amount: int, actor: User, ref: str, memo: str = "") -> bool:
    """Money arrives from outside. False if this `ref` was deposited before. Raises InvalidInput for amounts below one unit."""
    if amount <= 0:
        raise InvalidInput(fields={"amount": "A deposit is more than zero."})
    with transaction.atomic():
        made = post(
            Entry(
                kind=EntryKind.DEPOSIT,
                ref=ref,
                debit=world(),
                credit=requester_account(requester.pk),
                amount=amount,
                memo=memo,
                actor=actor,
            )
        )
        if made:
            record(
                actor=actor,
                verb="deposited",
                object_type="user",
                object_id=requester.public_id,
                data={"amount": amount, "memo": memo},
            )
    return made


def post(entry: Entry) -> bool:
    """Write one entry; False if its (kind, ref) is there already."""
    return bool(post_all([entry]))


def post_all(entries: Sequence[Entry]) -> list[str]:
    """Write entries whose (kind, ref) are new; returns their refs. Safe against a concurrent writer of the same refs.

    Within the caller's transaction: the unique index makes the second writer wait for the first and then skip.
    """
    if not entries:
        return []
    kind = entries[0].kind
    refs = [entry.ref for entry in entries]
    there = set(Entry.objects.filter(kind=kind, ref__in=refs).values_list("ref", flat=True))
    Entry.objects.bulk_create(entries, ignore_conflicts=True)
    return [ref for ref in refs if ref not in there]


def hold(*, payer_id: int, pool_ref: str, amount: int, ref: str, actor: User | None) -> bool:
    """Reserve from a requester's balance for a pool. False if this `ref` was held before.

    Locks the payer's account row, so that two holds at once cannot both spend the same balance.
    Raises InsufficientFunds with what is missing.
    """
    if amount <= 0:
        return False
    with transaction.atomic():
        payer = Account.objects.select_for_update().get(pk=requester_account(payer_id).pk)
        if Entry.objects.filter(kind=EntryKind.HOLD, ref=ref).exists():
            return False
        have = balance(payer)
        if have < amount:
            message = (
                f"{written(amount)} must be held, the balance is {written(have)}: {written(amount - have)} is missing."
            )
            raise InsufficientFunds(message)
        return post(
            Entry(kind=EntryKind.HOLD, ref=ref, debit=payer, credit=held_account(pool_ref), amount=amount, actor=actor)
        )


def release(*, payer_id: int, pool_ref: str, keep: int, ref: str, actor: User | None) -> int:
    """Give back what is held for a pool above `keep`. Returns the amount."""
    with transaction.atomic():
        held = Account.objects.select_for_update().get(pk=held_account(pool_ref).pk)
        amount = balance(held) - keep
        if amount <= 0:
            return 0
        payer = requester_account(payer_id)
        made = post(Entry(kind=EntryKind.RELEASE, ref=ref, debit=held, credit=payer, amount=amount, actor=actor))
        return amount if made else 0


@dataclass(frozen=True)
class Reward:
    """What one assignment pays to whom, in micro-units; `ref` is the assignment's public id."""

    ref: str
    worker_id: int
    amount: int


def pay(*, pool_ref: str, rewards: Sequence[Reward], actor: User | None) -> list[str]:
    """Pay rewards from what is held for a pool; returns the refs that were paid now, each exactly once for ever.

    Locks the held account: payments come in batches, so it is no hot row, and the hold can then be checked, not just
    trusted. Raises InsufficientFunds, paying none, when the hold does not cover all.
    """
    due = [reward for reward in rewards if reward.amount > 0]
    if not due:
        return []
    with transaction.atomic():
        held = Account.objects.select_for_update().get(pk=held_account(pool_ref).pk)
        paid = set(
            Entry.objects.filter(kind=EntryKind.REWARD, ref__in=[one.ref for one in due]).values_list("ref", flat=True)
        )
        new = [reward for reward in due if reward.ref not in paid]
        total = sum(reward.amount for reward in new)
        have = balance(held)
        if have < total:
            message = f"{written(have)} is held for this pool, {written(total)} is to be paid."
            raise InsufficientFunds(message)
        accounts = worker_accounts(reward.worker_id for reward in new)
        return post_all(
            [
                Entry(
                    kind=EntryKind.REWARD,
                    ref=reward.ref,
                    debit=held,
                    credit=accounts[reward.worker_id],
                    amount=reward.amount,
                    actor=actor,
                )
                for reward in new
            ]
        )


def bonus(*, payer_id: int, worker_id: int, amount: int, ref: str, memo: str, actor: User) -> bool:
    """Pay a worker something extra out of a requester's balance. False if this `ref` was paid before, with this amount.

    Locks the payer's account row as `hold` does. Raises InvalidInput for amounts below one unit or another amount under a
    `ref` that was paid, InsufficientFunds with what is missing.
    """
    if amount <= 0:
        raise InvalidInput(fields={"amount": "A bonus is more than zero."})
    with transaction.atomic():
        payer = Account.objects.select_for_update().get(pk=requester_account(payer_id).pk)
        paid = Entry.objects.filter(kind=EntryKind.BONUS, ref=ref).first()
        if paid is not None:
            if paid.amount != amount:
                raise InvalidInput(fields={"amount": f"{written(paid.amount)} was paid under this key before."})
            return False
        have = balance(payer)
        if have < amount:
            message = f"The balance is {written(have)}: {written(amount - have)} is missing."
            raise InsufficientFunds(message)
        credit = worker_account(worker_id)
        entry = Entry(kind=EntryKind.BONUS, ref=ref, debit=payer, credit=credit, amount=amount, memo=memo, actor=actor)
        return post(entry)


def entries_of(account: Account | None) -> QuerySet[Entry]:
    """An account's entries, newest first."""
    if account is None:
        return Entry.objects.none()
    return Entry.objects.filter(Q(debit=account) | Q(credit=account)).order_by("-id")


def statement(account: Account | None, *, limit: int = 100, before: int | None = None) -> list[Line]:
    """The newest entries (before entry id `before`) with the balance after each. Three queries."""
    if account is None:
        return []
    rows = entries_of(account)
    if before is not None:
        rows = rows.filter(id__lt=before)
    page = list(rows.select_related("debit__owner", "credit__owner")[:limit])
    if not page:
        return []
    upto = Entry.objects.filter(Q(debit=account) | Q(credit=account), id__lte=page[0].pk)
    total = upto.aggregate(total=Sum(Case(When(credit=account, then=F("amount")), default=-F("amount"))))["total"]
    running = int(total or 0)
    lines = []
    for entry in page:
        signed = entry.amount if entry.credit_id == account.pk else -entry.amount
        lines.append(Line(entry=entry, amount=signed, balance=running))
        running -= signed
    return lines


def balances(accounts: Iterable[Account]) -> dict[int, int]:
    """Balances by account id, for many accounts. Two queries."""
    ids = [account.pk for account in accounts]
    totals = dict.fromkeys(ids, 0)
    for side, sign in (("credit_id", 1), ("debit_id", -1)):
        rows: Any = Entry.objects.filter(**{f"{side}__in": ids}).values_list(side).annotate(total=Sum("amount"))
        for account_id, total in rows:
            totals[account_id] += sign * int(total)
    return totals


def audit() -> list[str]:
    """What is wrong with the books, in words; empty when all holds.

    Every account but the outside one is at zero or above, and all balances together are zero.
    """
    problems = []
    every = list(Account.objects.all())
    totals = balances(every)
    if sum(totals.values()) != 0:
        problems.append(f"The ledger sums to {written(sum(totals.values()))}, not to zero.")
    problems += [
        f"Account {account} is below zero: {written(totals[account.pk])}."
        for account in every
        if account.kind != AccountKind.WORLD and totals[account.pk] < 0
    ]
    return problems
