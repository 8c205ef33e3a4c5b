"""People: users with roles, invitations, API keys. Knows nothing of tasks."""

import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from quorate.common.ids import new_public_id


def token_digest(token: str) -> str:
    """What is stored of a token. A plain SHA-256 is enough: tokens are 256 random bits, there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A secret of 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Signing in does not care how the address was capitalised."""
        return self.get(email=normal_email(username or ""))


def normal_email(email: str) -> str:
    """One spelling per address: stripped, lower case."""
    return email.strip().lower()


class User(AbstractBaseUser):
    """A person. Any mix of the three roles: requester, worker, admin."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_requester = models.BooleanField(default=False)
    is_worker = models.BooleanField(default=True)
    is_admin = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Which accounts are taken for one person's: those with the same number here. Derived from links.
    person = models.BigIntegerField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = (
            # Two spellings of one address would be two people with one mailbox.
            models.CheckConstraint(condition=models.Q(email=models.functions.Lower("email")), name="user_email_lower"),
        )
        indexes = (models.Index(fields=["person"], condition=~models.Q(person=None), name="user_person"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Used by Django's auth templates."""
        return self.name


class Invite(models.Model):
    """An invitation by an admin: a link that makes one account with these roles, once."""

    email = models.EmailField(blank=True)
    is_requester = models.BooleanField(default=False)
    is_worker = models.BooleanField(default=True)
    is_admin = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invites_made")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="invite_used")
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)

    def __str__(self) -> str:
        return f"invite {self.public_id}"

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return self.used_at is None and self.expires_at > timezone.now()


class TraceKind(models.TextChoices):
    """What an account leaves behind that two accounts of one person would share."""

    DEVICE = "device", "browser"
    NETWORK = "network", "network at sign-up"


class Trace(models.Model):
    """That an account was seen with a thing, of which a digest alone is kept, until a date."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="traces")
    kind = models.CharField(max_length=8, choices=TraceKind)
    digest = models.CharField(max_length=64)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    kept_until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "digest", "user"], name="trace_once"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class LinkState(models.TextChoices):
    """What is thought of two accounts."""

    HINT = "hint", "A hint"
    STRONG = "strong", "Linked by itself"
    CONFIRMED = "confirmed", "Confirmed"
    DISMISSED = "dismissed", "Dismissed"


class Link(models.Model):
    """Two accounts that may be one person's, and why; once for each pair, the lower number first."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    first = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=LinkState)
    evidence = models.JSONField(help_text="[{kind, mark, accounts, at}]: seen on what, how many accounts were, when.")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="link_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="link_in_order"),
        )
        indexes = (models.Index(fields=["state", "-id"], name="link_state"),)

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"

    @property
    def in_force(self) -> bool:
        """Whether the two never get the same task."""
        return self.state in {LinkState.STRONG, LinkState.CONFIRMED}


class ApiKey(models.Model):
    """A key for the API. Its text is shown once; only its digest is stored."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


def good_key(*, key: int) -> models.QuerySet[ApiKey]:
    """The key with this id if it is good now: a condition for a statement that does what it was sent for."""
    return ApiKey.objects.filter(pk=key, revoked_at=None, user__is_active=True)


def make_api_key(user: User, **values: Any) -> tuple[ApiKey, str]:
    """A new, unsaved key and its text."""
    token = "q_" + new_token()
    return ApiKey(user=user, prefix=token[:8], token_hash=token_digest(token), **values), token
