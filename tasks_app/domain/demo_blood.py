"""Pictures for the demo, painted by formula: a blood smear under the microscope, with a box around every cell."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Floats = NDArray[np.float64]
WIDTH, HEIGHT = 640, 480
RED, WHITE, PLATELET = "red", "white", "platelet"


@dataclass(frozen=True)
class Thing:
    """A cell: its class and where its middle and its edge are, in pixels."""

    label: str
    x: float
    y: float
    radius: float

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x1, y1, x2, y2, within the picture."""
        edges = (self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)
        x1, y1, x2, y2 = (round(edge) for edge in edges)
        return max(x1, 0), max(y1, 0), min(x2, WIDTH), min(y2, HEIGHT)


def blood_smear(number: int) -> tuple[bytes, list[Thing]]:
    """A JPEG of WIDTH × HEIGHT and what is in it. The same number gives the same picture."""
    random = np.random.default_rng([23, number])
    things = _place(random)
    picture = np.empty((HEIGHT, WIDTH, 3))
    picture[:] = np.array([236, 224, 214]) + random.normal(0, 4, 3)
    shade = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture -= (((shade[0] / HEIGHT - 0.5) ** 2 + (shade[1] / WIDTH - 0.5) ** 2) * 40)[..., None]
    for thing in things:
        _paint(picture, thing, random)
    picture += random.normal(0, 3, picture.shape)
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    out = BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=90)
    return out.getvalue(), things


def _place(random: np.random.Generator) -> list[Thing]:
    """Cells that touch each other here and there, but of which none hides another."""
    wanted = (
        [(WHITE, float(random.uniform(50, 64))) for _ in range(int(random.integers(1, 3)))]
        + [(RED, float(random.uniform(31, 38))) for _ in range(int(random.integers(7, 14)))]
        + [(PLATELET, float(random.uniform(9, 13))) for _ in range(int(random.integers(0, 4)))]
    )
    placed: list[Thing] = []
    for label, radius in wanted:
        for _ in range(60):
            x, y = random.uniform(radius * 0.8, [WIDTH - radius * 0.8, HEIGHT - radius * 0.8])
            apart = [np.hypot(x - other.x, y - other.y) > 0.95 * (radius + other.radius) for other in placed]
            if all(apart):
                placed.append(Thing(label, float(x), float(y), radius))
                break
    return placed


def _paint(picture: Floats, thing: Thing, random: np.random.Generator) -> None:
    """Blends one cell into float64[HEIGHT, WIDTH, 3]."""
    reach = int(thing.radius * 1.25) + 2
    top, left = max(int(thing.y) - reach, 0), max(int(thing.x) - reach, 0)
    patch = picture[top : int(thing.y) + reach, left : int(thing.x) + reach]
    y, x = np.mgrid[0 : patch.shape[0], 0 : patch.shape[1]]
    dy, dx = y + top - thing.y, x + left - thing.x
    angle = np.arctan2(dy, dx)
    wobble = 1 - 0.04 * (1 + np.sin(angle * 3 + random.uniform(0, 6))) * random.random()
    away = np.hypot(dx, dy) / (thing.radius * wobble)
    body = np.clip((1 - away) * thing.radius / 2, 0, 1)
    if thing.label == RED:
        # A disc that is thin in its middle.
        _blend(patch, body * (0.55 + 0.35 * np.clip(away, 0, 1) ** 2), (206, 128, 122))
    elif thing.label == WHITE:
        _blend(patch, body * 0.75, (196, 178, 210))
        for _ in range(int(random.integers(2, 5))):
            turn, out = random.uniform(0, 2 * np.pi), thing.radius * random.uniform(0.15, 0.4)
            lobe = np.hypot(dx - out * np.cos(turn), dy - out * np.sin(turn)) / (thing.radius * 0.42)
            _blend(patch, np.clip((1 - lobe) * 12, 0, 1) * 0.85, (98, 62, 142))
    else:
        _blend(patch, body * 0.9, (138, 96, 160))


def _blend(patch: Floats, alpha: Floats, colour: tuple[int, int, int]) -> None:
    patch += alpha[..., None] * (np.array(colour) - patch)
