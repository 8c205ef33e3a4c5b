"""Keeping fitted worker models between fits: the bytes of `Fit.state`."""

import json
import math
from collections.abc import Callable, Sequence
from typing import TypeVar

# State = one line of JSON naming the classes that the models speak of, then the models as `aggregation` wrote them.
_END = b"\n"
_LENGTH = 8

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


def bundle(states: Sequence[bytes]) -> bytes:
    """Several states as one."""
    return b"".join(len(state).to_bytes(_LENGTH, "big") + state for state in states)


def unbundle(data: bytes) -> list[bytes]:
    """What `bundle` joined. ValueError when it is something else."""
    states = []
    while data:
        end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
        if len(data) < end:
            message = "the bundle of states is cut off"
            raise ValueError(message)
        states.append(data[_LENGTH:end])
        data = data[end:]
    return states
