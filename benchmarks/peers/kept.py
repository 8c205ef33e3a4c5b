"""Peers' results, kept between runs: they change with their versions and the data alone, and some take minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from benchmarks.peers.environment import LIST, ROOT

PLACE = ROOT / ".make" / "peers"

Figures = dict[str, float]


def figures(name: str, where: str, limit: int, measure: Callable[[], Figures | str]) -> Figures | str:
    """What `measure` found for the peer `name` on the set `where`, from an earlier run where there is one."""
    versions = "".join(LIST.read_text() + path.read_text() for path in sorted(LIST.parent.glob("*.py")))
    key = hashlib.sha256(f"{versions}{name}{where}{limit}".encode()).hexdigest()[:24]
    file = PLACE / f"{key}.json"
    if file.exists():
        found: Figures | str = json.loads(file.read_text())
        return found
    fresh = measure()
    PLACE.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(fresh))
    return fresh
