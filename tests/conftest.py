"""People, projects and signed-in clients for every test. Databases and browsers: plumbing.py."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from quorate.accounts.models import User
from tasks_app.enums import Role
from tasks_app.models import Pool, Project
from tests import factories

ClientFor = Callable[[User], Client]


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hashing a password slowly is the point in life and half the run time in tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    """The owner: a requester with 1,000.00."""
    user = factories.make_user("alice", is_requester=True)
    factories.fund(user)
    return user


@pytest.fixture
def bob(db: None) -> User:
    """Alice's colleague: a requester, editor of `project`."""
    return factories.make_user("bob", is_requester=True)


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: a requester with nothing to do with Alice."""
    return factories.make_user("charlie", is_requester=True)


@pytest.fixture
def admin(db: None) -> User:
    """An admin who is no requester and no worker."""
    return factories.make_user("admin", is_admin=True, is_worker=False)


@pytest.fixture
def worker(db: None) -> User:
    """One worker."""
    return factories.make_user("willa")


@pytest.fixture
def workers(db: None) -> list[User]:
    """Five workers."""
    return factories.make_workers(5)


@pytest.fixture
def project(alice: User, bob: User) -> Project:
    """Alice's draft: text classification, three tasks; Bob edits."""
    made = factories.make_project(alice)
    factories.join(made, bob, Role.EDITOR)
    return made


@pytest.fixture
def open_pool(alice: User) -> Pool:
    """Alice's launched pool: text classification, three tasks, overlap 3 to 7, confidence .9."""
    return factories.make_open_pool(alice)


@pytest.fixture
def client_for() -> ClientFor:
    """A browser-like client signed in as somebody, CSRF checks off."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
