"""Append-only money in micro-units. One entry moves one amount from one account to another, so the sum is zero by shape."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class AccountKind(models.TextChoices):
    WORLD = "world", "outside"  # where deposits come from and payouts go to; the only one that may be below zero
    REQUESTER = "requester", "requester's balance"
    HELD = "held", "held for a pool"
    WORKER = "worker", "worker's earnings"


class Account(models.Model):
    """A place where money lies. Its balance is the sum of its entries; no row holds it, so none is hot."""

    kind = models.CharField(max_length=12, choices=AccountKind)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ref = models.CharField(max_length=40, blank=True, help_text="What it is held for: a pool's public id.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "owner", "ref"], name="account_once"),
            # NULL owners are distinct to UNIQUE: the outside account needs its own line.
            models.UniqueConstraint(
                fields=["kind", "ref"], condition=models.Q(owner=None), name="account_once_unowned"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.owner_id or ''} {self.ref}".strip()


class EntryKind(models.TextChoices):
    DEPOSIT = "deposit", "deposit"
    HOLD = "hold", "held for a pool"
    RELEASE = "release", "released from a pool"
    REWARD = "reward", "reward"
    BONUS = "bonus", "bonus"
    PAYOUT = "payout", "payout"
    REVERSAL = "reversal", "reversal"


class Entry(models.Model):
    """An amount moved from `debit` to `credit`. Never edited, never deleted (trigger, migration 0002).

    UNIQUE(kind, ref) is what pays an assignment exactly once, whoever tries how often.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=12, choices=EntryKind)
    ref = models.CharField(max_length=80)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount = models.BigIntegerField()
    memo = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "entries"
        constraints = (
            models.UniqueConstraint(fields=["kind", "ref"], name="entry_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="entry_positive"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="entry_moves"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}: {self.amount}"
