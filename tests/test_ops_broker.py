"""The embedded broker: messages arrive whole, in order, while others write."""

import threading
from pathlib import Path

import kombu
import pytest

from quorate.common import broker
from tests.running import PATIENCE

ROUNDS = 400


@pytest.fixture
def options(tmp_path: Path) -> dict[str, str]:
    """Transport options for a broker in an empty folder. Kombu remembers bindings by process: each test names its own queue."""
    queue, control = str(tmp_path / "queue"), str(tmp_path / "control")
    options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": control}
    broker.make_folders(options)
    broker.use()
    return options


def test_message_arrives_as_it_was_sent(options: dict[str, str]) -> None:
    with kombu.Connection("filesystem://localhost", transport_options=options) as connection:
        queue = connection.SimpleQueue("plain")
        queue.put({"pool": 7, "sign": "é"})
        message = queue.get(timeout=PATIENCE)
        message.ack()
        queue.close()
    assert message.payload == {"pool": 7, "sign": "é"}


def test_reader_never_meets_half_a_message(options: dict[str, str]) -> None:
    """Kombu's own transport fails here in nearly every run: the reader takes a file between its making and its filling."""

    def write() -> None:
        with kombu.Connection("filesystem://localhost", transport_options=options) as connection:
            queue = connection.SimpleQueue("busy")
            for number in range(ROUNDS):
                queue.put({"number": number})
            queue.close()

    writer = threading.Thread(target=write)
    seen = set()
    with kombu.Connection("filesystem://localhost", transport_options=options) as connection:
        queue = connection.SimpleQueue("busy")
        writer.start()
        while len(seen) < ROUNDS:
            message = queue.get(timeout=PATIENCE)
            seen.add(message.payload["number"])
            message.ack()
        queue.close()
    writer.join()
    assert seen == set(range(ROUNDS))
