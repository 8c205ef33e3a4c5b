"""Pictures for the demo, painted by formula: solar cells as electroluminescence shows them, some with a crack."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float64]
SIDE = 300


def solar_cell(number: int, *, cracked: bool) -> bytes:
    """A PNG of SIDE × SIDE grey pixels. The same number gives the same picture. Cracks run from plain to hardly seen."""
    random = np.random.default_rng([17, number])
    y, x = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1) * 2 - 1
    light = 0.62 + 0.1 * random.random() - 0.16 * (x**2 + y**2)
    light += 0.05 * _clouds(random, 5) + 0.03 * _clouds(random, 14)
    light *= 1 - 0.05 * (np.arange(SIDE)[:, None] % 4 == 0)  # the fine grid of fingers
    for bus in (-0.42, 0.42) if number % 3 else (-0.6, 0.0, 0.6):
        light[np.abs(y - bus) < 0.022] *= 0.35
    for _ in range(int(random.integers(0, 3))):  # stains that are no cracks
        cx, cy, r = random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8), random.uniform(0.04, 0.12)
        light *= 1 - random.uniform(0.1, 0.35) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / r**2)
    if cracked:
        depth = random.uniform(0.25, 0.85)
        light *= 1 - depth * _crack(random)
    light[np.abs(x) + np.abs(y) > 1.86] *= 0.12  # the cut corners of a monocrystal
    light += random.normal(0, 0.018, light.shape)
    picture = Image.fromarray((np.clip(light, 0, 1) * 255).astype(np.uint8))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _clouds(random: np.random.Generator, grain: int) -> Floats:
    """Smooth noise around 0, float64[SIDE, SIDE]: a small random picture, enlarged."""
    small = Image.fromarray(random.normal(0, 1, (grain, grain)).astype(np.float32))
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.float64)


def _crack(random: np.random.Generator) -> Floats:
    """How dark each pixel gets, 0..1: jagged lines with branches, and sometimes the dead area behind one."""
    lines = [_walk(random, random.uniform(50, 250, 2), random.uniform(0, 2 * np.pi), int(random.integers(60, 170)))]
    for _ in range(int(random.integers(0, 3))):
        start = lines[0][int(random.integers(len(lines[0])))]
        lines.append(_walk(random, start, random.uniform(0, 2 * np.pi), int(random.integers(25, 80))))
    points = np.concatenate(lines)
    dark = np.zeros((SIDE, SIDE))
    inside = ((points >= 0) & (points < SIDE)).all(axis=1)
    columns, rows = points[inside].astype(int).T
    dark[rows, columns] = 1
    width = np.array([0.45, 1.0, 0.45]) if random.random() < 0.6 else np.array([0.5, 0.9, 1.0, 0.9, 0.5])
    dark = _spread(dark, width)
    if random.random() < 0.35:
        middle = points[len(points) // 2]
        y, x = np.mgrid[0:SIDE, 0:SIDE]
        normal = random.normal(0, 1, 2)
        beside = (x - middle[0]) * normal[0] + (y - middle[1]) * normal[1]
        away = np.hypot(x - middle[0], y - middle[1]) / random.uniform(30, 60)
        dark = np.maximum(dark, 0.6 * np.clip(beside / 3, 0, 1) * np.exp(-(away**4)))
    return dark


def _walk(random: np.random.Generator, start: Floats, heading: float, steps: int) -> Floats:
    """Points float64[steps, 2] of a line that turns a little all the time and sharply now and then."""
    turns = random.normal(0, 0.03, steps) + (random.random(steps) < 0.05) * random.normal(0, 0.7, steps)
    angles = heading + turns.cumsum() + random.normal(0, 0.35, steps)
    moves: Floats = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points: Floats = start + moves.cumsum(axis=0)
    return points


def _spread(dark: Floats, width: Floats) -> Floats:
    """The greatest of the pixel's neighbours, each weakened by its distance."""
    reach = width.size // 2
    best: Floats = dark
    for axis in (0, 1):
        best = np.maximum.reduce(
            [np.roll(best, shift, axis=axis) * width[shift + reach] for shift in range(-reach, reach + 1)]
        )
    return best
