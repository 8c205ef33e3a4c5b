"""What a kind of task is: the one contract between a kind and the rest of Quorate.

A kind is a slice: `tasks_app/tools/<kind>.py`, `templates/tools/<kind>/`, `static/js/tools/<kind>.js`,
`static/js/pages/do/<kind>.js`, `static/css/do/<kind>.css` and their tests.
Nothing outside this package asks which kind a task is. See docs/tools.md for how to write one.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from tasks_app.errors import InvalidInput
from tasks_app.tools.fields import Json, Problems, read_number, read_object, read_text

MAX_PROMPT = 500
MAX_TEXT = 100_000
MAX_SIDE = 100_000


@dataclass(frozen=True, slots=True)
class AnswerBatch:
    """Answers to aggregate, one row each, in any order.

    `tasks` and `workers` are int64 ids of shape (n,); `values` are n canonical answers of one kind.
    """

    tasks: NDArray[np.int64]
    workers: NDArray[np.int64]
    values: Sequence[Json]

    def __post_init__(self) -> None:
        if not len(self.tasks) == len(self.workers) == len(self.values):
            message = f"rows differ: {len(self.tasks)} tasks, {len(self.workers)} workers, {len(self.values)} values"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class TaskResult:
    """The crowd's answer to one task.

    `confidence` is the model's probability that `value` is right (boxes: the expected share of it that is right).
    `votes` counts answers, `posterior` sums to 1 over the classes; `disputed` is the posterior's entropy in nats.
    """

    task: int
    value: Json
    confidence: float
    votes: dict[str, float]
    posterior: dict[str, float]
    answers: int
    disputed: float


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """How good one worker is on this question, under the fitted model; None where the model cannot say.

    `confusion[true][answered]` has rows that sum to 1, in the order of the question's classes; `support` is the
    expected number of answers per true class.
    """

    worker: int
    answers: int
    accuracy: float | None
    agreement: float | None
    spam_score: float | None
    confusion: list[list[float]] | None
    support: list[float] | None


@dataclass(frozen=True, slots=True)
class Fit:
    """Results of the tasks given, the workers' reports (empty after `update`), and the worker models to go on with."""

    results: dict[int, TaskResult]
    workers: dict[int, WorkerReport]
    method: str
    state: bytes


@dataclass(frozen=True, slots=True)
class ExtraField:
    """A number in the question besides prompt and classes, for the question editor to show."""

    name: str
    label: str
    help: str
    minimum: float
    maximum: float
    default: float


@dataclass(frozen=True, slots=True)
class Demo:
    """A question and an item of our own, to try a kind in place. `image` is a path under static/, None for text."""

    question: Json
    item: Json
    hint: str
    image: str | None = None
    draft: Json | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of one kind in the sentences of pages: "12 photos"."""

    one: str
    many: str


class Tool(ABC):
    """One kind of task. Instances hold no state; every method is a pure function of its arguments."""

    kind: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    media: ClassVar[Literal["image", "text"]]
    items: ClassVar[Labels]
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    min_classes: ClassVar[int] = 2
    extra_fields: ClassVar[tuple[ExtraField, ...]] = ()

    @property
    def template_dir(self) -> str:
        return f"tools/{self.kind}"

    @property
    def script(self) -> str:
        """Path under static/ of the ES module that mounts this kind."""
        return f"js/tools/{self.kind}.js"

    @property
    def page_script(self) -> str:
        """Path under static/ of the work page's one module for this kind."""
        return f"js/pages/do/{self.kind}.js"

    @property
    def sheet(self) -> str:
        """Path under static/ of the work page's stylesheet for this kind."""
        return f"css/do/{self.kind}.css"

    @property
    @abstractmethod
    def demo(self) -> Demo:
        """What the "New project" page lets people try."""

    @abstractmethod
    def clean_question(self, raw: Any) -> Json:
        """The canonical question. Raises InvalidInput with fields such as "classes.0.name"."""

    @abstractmethod
    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        """The canonical answer. Raises InvalidInput with fields such as "boxes.3.x2"."""

    @abstractmethod
    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """How alike two canonical answers are, 0..1; symmetric; 1 for equal answers."""

    @abstractmethod
    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        """Worker models and results from all answers. The same answers give the same bits in any row order.

        `final=False` is for fits while answers still flow: it may stop earlier, never differ in kind.
        Answers naming a class that the question no longer has are left out.
        """

    @abstractmethod
    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        """Results of the batch's tasks (all answers of each) under the worker models in `state`, which stays as it is.

        Milliseconds for a few tasks. Workers that `state` does not know are taken for average ones.
        """

    @abstractmethod
    def summary_of(self, question: Json, value: Json) -> str:
        """A value in a few words, for tables."""

    @abstractmethod
    def classes_in(self, value: Json) -> list[str]:
        """Keys of the classes that appear in a value, each once, for filters."""

    @abstractmethod
    def csv_columns(self, question: Json) -> list[str]:
        """Names of the columns that `csv_row` fills."""

    @abstractmethod
    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        """A value as cells, one per column of `csv_columns`."""

    def coco(self, question: Json, images: Iterable[tuple[Json, Json, float | None]]) -> Iterator[str]:
        """A COCO file as chunks of text, from (item, value, confidence); only where `export_formats` has "coco"."""
        message = f"{self.title} has no COCO export."
        raise InvalidInput(fields={"format": message})

    def clean_item(self, raw: Any) -> Json:
        """The canonical item (Task.data). Raises InvalidInput with fields such as "width"."""
        problems = Problems()
        if self.media == "text":
            entry = read_object(raw, "", problems, known=("text", "meta"))
            text = read_text(entry.get("text"), "text", problems, maximum=MAX_TEXT, lines=True)
            item: Json = {"text": text}
        else:
            entry = read_object(raw, "", problems, known=("image", "width", "height", "name", "meta"))
            item = {
                "image": read_text(entry.get("image"), "image", problems, maximum=64),
                "width": _read_side(entry.get("width"), "width", problems),
                "height": _read_side(entry.get("height"), "height", problems),
                "name": read_text(entry.get("name"), "name", problems, maximum=255, required=False),
            }
        meta = _read_meta(entry.get("meta"), problems)
        problems.check()
        return item | ({"meta": meta} if meta else {})


def _read_side(raw: Any, name: str, problems: Problems) -> int:
    side = read_number(raw, name, problems, minimum=1, maximum=MAX_SIDE)
    if side is not None and side != int(side):
        problems.add(name, "Must be a whole number.")
    return int(side or 0)


def _read_meta(raw: Any, problems: Problems) -> Mapping[str, str]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        problems.add("meta", "Must be an object.")
        return {}
    if len(raw) > 100:
        problems.add("meta", "At most 100 entries.")
        return {}
    return {
        read_text(key, "meta", problems, maximum=100): read_text(
            text, "meta", problems, maximum=10_000, required=False, lines=True
        )
        for key, text in raw.items()
    }
