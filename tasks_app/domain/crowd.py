"""Simulated workers: who they are, how each answers. Skills come from aggregation.simulate."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

import numpy as np

from aggregation.arrays import Floats
from aggregation.simulate import WorkerKind, confusion_matrix
from tasks_app.errors import InvalidInput
from tasks_app.tools import Tool
from tasks_app.tools.fields import Json
from tasks_app.tools.simulated import Simulated


class Manner(StrEnum):
    """How somebody of a simulated crowd goes about it."""

    HAMMER = "hammer"
    SLOPPY = "sloppy"
    SPAMMER = "spammer"  # does not look; one answer may be liked better than another
    RANDOM = "random"  # does not look, and every answer is as likely
    CONSTANT = "constant"
    FAST = "fast"  # does not look, and takes a tenth of the time
    ADVERSARY = "adversary"
    BIASED = "biased"
    COPYING = "copying"  # all of them hand in what one sloppy person says
    DRIFTING = "drifting"  # a hammer for the first answers, then does not look any more
    LINKED = "linked"  # sloppy, in pairs: each two are one person's accounts, used in one browser


# Whose skill a manner has, where it has not the name of a skill.
SKILLS = {
    Manner.RANDOM: WorkerKind.SPAMMER,
    Manner.FAST: WorkerKind.SPAMMER,
    Manner.COPYING: WorkerKind.SLOPPY,
    Manner.DRIFTING: WorkerKind.HAMMER,
    Manner.LINKED: WorkerKind.SLOPPY,
}
TIRED_AFTER = 30
# Seconds a task: median and spread (of the logarithm). Those who do not look are quick.
BLIND, LOOSE, CAREFUL = (0.9, 0.3), (3.0, 0.5), (5.0, 0.4)
PACE = {
    Manner.SPAMMER: BLIND,
    Manner.RANDOM: BLIND,
    Manner.CONSTANT: (0.7, 0.2),
    Manner.FAST: (0.4, 0.2),
    Manner.COPYING: (2.0, 0.3),
    Manner.SLOPPY: LOOSE,
    Manner.LINKED: LOOSE,
}


@dataclass
class Person:
    """One simulated worker. `skills` are confusion matrices by project and number of classes, made when first needed."""

    kind: Manner
    number: int
    seed: int
    partner: int = 0  # the how manieth pair of accounts, of linked ones
    random: np.random.Generator = field(init=False)
    skills: dict[tuple[str, int], Floats] = field(default_factory=dict, init=False)
    answers: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng([self.seed, self.number])

    @property
    def name(self) -> str:
        return f"{self.kind.value}-{self.number:03}"

    @property
    def skill(self) -> WorkerKind:
        """How well this person answers now."""
        if self.kind == Manner.DRIFTING and self.answers > TIRED_AFTER:
            return WorkerKind.SPAMMER
        return SKILLS.get(self.kind) or WorkerKind(self.kind)

    def seconds(self) -> float:
        """Active seconds this person would need for a task."""
        tired = self.kind == Manner.DRIFTING and self.skill is WorkerKind.SPAMMER
        median, spread = BLIND if tired else PACE.get(self.kind, CAREFUL)
        return round(float(median * np.exp(self.random.normal(0, spread))), 1)

    def answer(self, tool: Tool, project: str, question: Json, item: Json, truth: Json) -> Json:
        """What this person says to a task whose truth is known. The skill in one project stays the same."""
        self.answers += 1
        draw, number = self.random, self.number
        if self.kind == Manner.COPYING:
            # The one they copy from meets every item once: the same chance for the same item, whoever hands it in.
            draw, number = np.random.default_rng([self.seed, zlib.crc32(json.dumps(item, sort_keys=True).encode())]), 0
        who = Simulated(self.skill, draw, partial(self._confusion, project, self.skill, number))
        return tool.imitate(question, item, truth, who)

    def _confusion(self, project: str, kind: WorkerKind, number: int, n_classes: int) -> Floats:
        if self.kind == Manner.RANDOM:
            return np.full((n_classes, n_classes), 1 / n_classes)
        key = (f"{project} {kind}", n_classes)
        if key not in self.skills:
            own = np.random.default_rng([self.seed, number, zlib.crc32(project.encode())])
            self.skills[key] = confusion_matrix(kind, n_classes, own)
        return self.skills[key]


def read_mix(text: str) -> dict[Manner, float]:
    """Shares by kind from "hammer=.4,sloppy=.4,spammer=.2", scaled to 1. Raises InvalidInput naming "mix"."""
    shares: dict[Manner, float] = {}
    for part in text.split(","):
        name, _, share = part.partition("=")
        try:
            shares[Manner(name.strip())] = float(share)
        except ValueError:
            known = ", ".join(kind.value for kind in Manner)
            raise InvalidInput(fields={"mix": f"“{part.strip()}” is no kind=share. Kinds: {known}."}) from None
    total = sum(shares.values())
    if not all(0 <= share < 1e6 for share in shares.values()) or total <= 0:
        raise InvalidInput(fields={"mix": "Shares are zero or more, and one of them is more."})
    return {kind: share / total for kind, share in shares.items()}


def people(count: int, mix: Mapping[Manner, float], seed: int) -> list[Person]:
    """`count` people in these shares, by largest remainder."""
    exact = {kind: share * count for kind, share in mix.items()}
    whole = {kind: int(number) for kind, number in exact.items()}
    rest = sorted(exact, key=lambda kind: whole[kind] - exact[kind])
    for kind in rest[: count - sum(whole.values())]:
        whole[kind] += 1
    kinds = [kind for kind in mix for _ in range(whole[kind])]
    before = {kind: kinds.index(kind) for kind in set(kinds)}
    return [Person(kind, number, seed, (number - before[kind]) // 2) for number, kind in enumerate(kinds)]
