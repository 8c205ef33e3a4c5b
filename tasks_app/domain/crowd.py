"""Simulated workers: who they are, how each answers. Skills come from aggregation.simulate."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from aggregation.arrays import Floats
from aggregation.simulate import WorkerKind, confusion_matrix
from tasks_app.errors import InvalidInput
from tasks_app.tools import Tool
from tasks_app.tools.fields import Json
from tasks_app.tools.simulated import Simulated

# Seconds a task: median and spread (of the logarithm). Those who do not look are quick.
PACE = {WorkerKind.SPAMMER: (0.9, 0.3), WorkerKind.CONSTANT: (0.7, 0.2), WorkerKind.SLOPPY: (3.0, 0.5)}
CAREFUL = (5.0, 0.4)


@dataclass
class Person:
    """One simulated worker. `skills` are confusion matrices by project and number of classes, made when first needed."""

    kind: WorkerKind
    number: int
    seed: int
    random: np.random.Generator = field(init=False)
    skills: dict[tuple[str, int], Floats] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng([self.seed, self.number])

    @property
    def name(self) -> str:
        return f"{self.kind.value}-{self.number:03}"

    def seconds(self) -> float:
        """Active seconds this person would need for a task."""
        median, spread = PACE.get(self.kind, CAREFUL)
        return round(float(median * np.exp(self.random.normal(0, spread))), 1)

    def answer(self, tool: Tool, project: str, question: Json, item: Json, truth: Json) -> Json:
        """What this person says to a task whose truth is known. The skill in one project stays the same."""
        who = Simulated(self.kind, self.random, partial(self._confusion, project))
        return tool.imitate(question, item, truth, who)

    def _confusion(self, project: str, n_classes: int) -> Floats:
        skill = self.skills.get((project, n_classes))
        if skill is None:
            own = np.random.default_rng([self.seed, self.number, zlib.crc32(project.encode())])
            skill = self.skills[project, n_classes] = confusion_matrix(self.kind, n_classes, own)
        return skill


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
