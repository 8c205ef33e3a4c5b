"""Invariants c and g from the worker's chair: the page's own code answers through a network that cuts four of ten replies."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from quorate.accounts.models import User, make_api_key
from tasks_app.models import Answer, Assignment
from tests import factories
from tests.reliability.proxy import CuttingProxy
from tests.wiping import wipe

pytestmark = pytest.mark.long
SUBMITS = 1000
SHARE = 0.4
LONGEST = 400  # seconds
PAGE = Path(__file__).with_name("page.mjs")


@pytest.fixture(autouse=True)
def wiped(transactional_db: None) -> Iterator[None]:
    """What the server committed is gone before the next test."""
    yield
    wipe()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_of_a_thousand_submissions_none_is_lost_and_none_counts_twice(
    live_server: LiveServer, alice: User, worker: User
) -> None:
    pool = factories.make_open_pool(alice, tasks=SUBMITS, overlap_min=1, overlap_max=1, reward=1000)
    key, token = make_api_key(worker, name="page")
    key.save()
    with CuttingProxy(urlsplit(live_server.url).port or 0, SHARE) as proxy:
        command = ["node", str(PAGE), str(proxy.port), token, pool.public_id, str(SUBMITS)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST)
        assert ran.returncode == 0, ran.stderr
        assert proxy.cut > SUBMITS * SHARE

    told: dict[str, Any] = json.loads(ran.stdout)
    kept = list(Answer.objects.values_list("task__public_id", "value"))
    assert len(kept) == SUBMITS
    assert {task: value["class"] for task, value in kept} == told["said"]
    assert told["refused"] == []
    assert Assignment.objects.filter(worker=worker).count() == SUBMITS
