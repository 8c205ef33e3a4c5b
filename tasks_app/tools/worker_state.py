"""Keeping fitted worker models between fits: the bytes of `Fit.state`."""

import json
import math
from collections.abc import Callable
from typing import TypeVar

# State = one line of JSON naming the classes that the models speak of, then the models as `aggregation` wrote them.
_END = b"\n"

Models = TypeVar("Models")


def seal_state(keys: list[str], models: bytes) -> bytes:
    """Models with the class keys that they were fitted for."""
    return json.dumps(keys, separators=(",", ":")).encode() + _END + models


def open_state(keys: list[str], state: bytes, read: Callable[[bytes], Models]) -> Models | None:
    """The models in a state; None if it is empty, of another version, or speaks of other classes or another order."""
    header, end, models = state.partition(_END)
    expected = json.dumps(keys, separators=(",", ":")).encode()
    if not end or header != expected:
        return None
    try:
        return read(models)
    except ValueError:
        return None


def number_or_none(value: float) -> float | None:
    """A plain float; None for NaN and infinities, which JSON cannot carry."""
    return float(value) if math.isfinite(value) else None
