"""The sound that the kinds about sounds are tried with: `python scripts/demo_sound.py` writes it anew.

Six seconds of a garden: a bird that chirps twice, three knocks on wood, the bird again while it knocks, over a faint rustle.
"""

import math
import wave
from collections.abc import Callable
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "static" / "demo" / "garden.wav"
RATE = 8000
SECONDS = 6
CHIRPS = (0.7, 1.0, 4.25, 4.55)
KNOCKS = (2.3, 2.65, 3.0, 4.4)


def chirp(second: float) -> float:
    """A whistle that falls, a fifth of a second long."""
    if not 0 <= second < 0.2:
        return 0.0
    return 0.55 * math.sin(math.pi * second / 0.2) * math.sin(2 * math.pi * (2600 * second - 3000 * second * second))


def knock(second: float) -> float:
    """A low thud that dies away."""
    if not 0 <= second < 0.25:
        return 0.0
    return 0.8 * math.exp(-28 * second) * math.sin(2 * math.pi * 170 * second)


def samples() -> bytes:
    """Unsigned 8-bit samples, the same on every machine: noise from a generator of our own."""
    out = bytearray()
    state = 1
    for place in range(RATE * SECONDS):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        value = ((state >> 16 & 255) / 255 - 0.5) * 0.03
        for starts, sound in ((CHIRPS, chirp), (KNOCKS, knock)):
            value += sum(_from(start, place, sound) for start in starts)
        out.append(round(128 + 120 * max(-1.0, min(1.0, value))))
    return bytes(out)


def _from(start: float, place: int, sound: Callable[[float], float]) -> float:
    return sound(place / RATE - start)


if __name__ == "__main__":
    with wave.open(str(TARGET), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(samples())
