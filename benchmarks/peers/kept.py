"""Peers' results, kept between runs: they change with their versions and the data alone, and some take minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from benchmarks.peers.environment import LIST, ROOT

PLACE = ROOT / ".make" / "peers"
MAKERS = (LIST, LIST.with_name("adapters.py"), LIST.with_name("ebcc.py"))

Figures = dict[str, float]


def figures(name: str, where: str, limit: int, measure: Callable[[], Figures | str]) -> Figures | str:
    """What `measure` found for the peer `name` on the set `where`, from an earlier run where there is one.

    A fit that gave up is tried again where the `limit` (CPU seconds) is higher than it was.
    """
    key = hashlib.sha256(f"{''.join(path.read_text() for path in MAKERS)}{name}{where}".encode()).hexdigest()[:24]
    file = PLACE / f"{key}.json"
    if file.exists():
        kept = json.loads(file.read_text())
        if not isinstance(kept["found"], str) or kept["limit"] >= limit:
            found: Figures | str = kept["found"]
            return found
    fresh = measure()
    PLACE.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"limit": limit, "found": fresh}))
    return fresh
