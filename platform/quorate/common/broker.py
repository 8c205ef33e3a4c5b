"""Celery's file-system transport for the embedded mode, with messages that are whole or not there.

Kombu writes a message under its final name, so a worker that looks in between takes an empty file and falls over it. Here it
is written beside the queue and renamed, which the file system does at once.
"""

import json
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem

SCHEME = "filesystem"


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override] # kombu's two differ
        """Puts a message into the queue. Its name begins with the time, which is the order in which it is taken."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.control_folder, name)
        draft.write_text(json.dumps(payload))
        draft.replace(Path(self.data_folder_out, name))


class Transport(filesystem.Transport):
    Channel = Channel


def make_folders(options: dict[str, Any]) -> None:
    """Makes the folders named in the transport options; the transport itself makes the control folder only."""
    for option in ("data_folder_in", "data_folder_out", "control_folder"):
        Path(options[option]).mkdir(parents=True, exist_ok=True)


def use() -> None:
    """Makes this the transport of `filesystem://`."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:{Transport.__name__}"
