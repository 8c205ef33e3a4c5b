"""Simulated workers: who they are, how each answers. Skills come from aggregation.simulate."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from aggregation.arrays import Floats
from aggregation.simulate import WorkerKind, confusion_matrix, draw_boxes
from tasks_app.domain.crowd_truth import draws_boxes
from tasks_app.errors import InvalidInput
from tasks_app.tools.fields import Json

CORNERS = ("x1", "y1", "x2", "y2")
# Seconds a task: median and spread (of the logarithm). Those who do not look are quick.
PACE = {WorkerKind.SPAMMER: (0.9, 0.3), WorkerKind.CONSTANT: (0.7, 0.2), WorkerKind.SLOPPY: (3.0, 0.5)}
CAREFUL = (5.0, 0.4)


@dataclass
class Person:
    """One simulated worker. `skill` is per class: a confusion matrix, made when a question is first met."""

    kind: WorkerKind
    number: int
    seed: int
    random: np.random.Generator = field(init=False)
    skills: dict[str, Floats] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng([self.seed, self.number])

    @property
    def name(self) -> str:
        return f"{self.kind.value}-{self.number:03}"

    def seconds(self) -> float:
        """Active seconds this person would need for a task."""
        median, spread = PACE.get(self.kind, CAREFUL)
        return round(float(median * np.exp(self.random.normal(0, spread))), 1)

    def answer(self, project: str, question: Json, item: Json, truth: Json) -> Json:
        """What this person says to a task whose truth is known. The skill in one project stays the same."""
        keys = [row["key"] for row in question["classes"]]
        if draws_boxes(question):
            return {"boxes": self._boxes(keys, question, item, truth)}
        skill = self.skills.get(project)
        if skill is None or len(skill) != len(keys):
            own = np.random.default_rng([self.seed, self.number, zlib.crc32(project.encode())])
            skill = self.skills[project] = confusion_matrix(self.kind, len(keys), own)
        row = skill[keys.index(truth["class"])]
        return {"class": keys[int(self.random.choice(len(keys), p=row / row.sum()))]}

    def _boxes(self, keys: list[str], question: Json, item: Json, truth: Json) -> list[Json]:
        """Boxes within the picture; what falls below the smallest side is not drawn."""
        real = np.array([[box[name] for name in CORNERS] for box in truth["boxes"]], dtype=float).reshape(-1, 4)
        label = np.array([keys.index(box["class"]) for box in truth["boxes"]], dtype=np.int64)
        width, height = float(item["width"]), float(item["height"])
        drawn, said = draw_boxes(self.kind, real, label, len(keys), max(width, height), self.random)
        limits = np.array([width, height, width, height])
        inside = np.round(np.clip(drawn, 0, limits), 1)
        fits = (inside[:, 2:] - inside[:, :2] >= float(question["min_size"])).all(axis=1)
        return [
            {"class": keys[int(one)], **dict(zip(CORNERS, (float(edge) for edge in box), strict=True))}
            for box, one in zip(inside[fits], said[fits], strict=True)
        ]


def read_mix(text: str) -> dict[WorkerKind, float]:
    """Shares by kind from "hammer=.4,sloppy=.4,spammer=.2", scaled to 1. Raises InvalidInput naming "mix"."""
    shares: dict[WorkerKind, float] = {}
    for part in text.split(","):
        name, _, share = part.partition("=")
        try:
            shares[WorkerKind(name.strip())] = float(share)
        except ValueError:
            known = ", ".join(kind.value for kind in WorkerKind)
            raise InvalidInput(fields={"mix": f"“{part.strip()}” is no kind=share. Kinds: {known}."}) from None
    total = sum(shares.values())
    if not all(0 <= share < 1e6 for share in shares.values()) or total <= 0:
        raise InvalidInput(fields={"mix": "Shares are zero or more, and one of them is more."})
    return {kind: share / total for kind, share in shares.items()}


def people(count: int, mix: Mapping[WorkerKind, float], seed: int) -> list[Person]:
    """`count` people in these shares, by largest remainder."""
    exact = {kind: share * count for kind, share in mix.items()}
    whole = {kind: int(number) for kind, number in exact.items()}
    rest = sorted(exact, key=lambda kind: whole[kind] - exact[kind])
    for kind in rest[: count - sum(whole.values())]:
        whole[kind] += 1
    kinds = [kind for kind in mix for _ in range(whole[kind])]
    return [Person(kind, number, seed) for number, kind in enumerate(kinds)]
