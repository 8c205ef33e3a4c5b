"""What a kind of task is: the one contract between a kind and the rest of Quorate.

A kind is a slice: `tasks_app/tools/<kind>.py`, `templates/tools/<kind>/`, `static/js/tools/<kind>.js`,
`static/js/pages/do/<kind>.js`, `static/css/do/<kind>.css` and their tests.
Nothing outside this package asks which kind a task is. See docs/tools.md for how to write one.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from aggregation.stopping import Calibration, Outlook
from tasks_app.errors import InvalidInput
from tasks_app.tools.asking import ExtraField, ItemColumn
from tasks_app.tools.classes import read_classes
from tasks_app.tools.fields import Json, Problems, join, read_number, read_object, read_text
from tasks_app.tools.simulated import Generator, Simulated

MAX_PROMPT = 500
MAX_TEXT = 100_000
MAX_COLUMN = 20_000
MAX_SIDE = 100_000
MAX_MILLISECONDS = 24 * 3600 * 1000
# What an item may show of a stored file, and what tells its size; a sound or film may not tell how long it is.
STORED = {"image", "audio", "video"}
_CONTENT = {
    "text": ("text",),
    "image": ("image", "width", "height", "name"),
    "audio": ("audio", "milliseconds", "name"),
    "video": ("video", "width", "height", "milliseconds", "name"),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """A right answer, canonical, and what saying exactly this is worth: above 0 to 1."""

    value: Json
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class AnswerBatch:
    """Answers to aggregate, one row each, in any order.

    `tasks` and `workers` are int64 ids of shape (n,); `values` are n canonical answers of one kind. `truth` holds by task
    id what is known to be right: a fit learns the workers from it, where the kind's aggregation can.
    """

    tasks: NDArray[np.int64]
    workers: NDArray[np.int64]
    values: Sequence[Json]
    truth: Mapping[int, Sequence[Truth]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not len(self.tasks) == len(self.workers) == len(self.values):
            message = f"rows differ: {len(self.tasks)} tasks, {len(self.workers)} workers, {len(self.values)} values"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class TaskResult:
    """The crowd's answer to one task.

    `confidence` is the model's probability that `value` is right (boxes: the expected share of it that is right).
    `votes` counts answers, `posterior` sums to 1 over the classes (where several may hold, it is each one's own probability); `disputed` is the posterior's entropy in nats.
    `outlook`: what more answers would bring, where the kind's model can say; `trust`: in how good hands the task is
    (`aggregation.stopping.hands`), where the kind knows.
    """

    task: int
    value: Json
    confidence: float
    votes: dict[str, float]
    posterior: dict[str, float]
    answers: int
    disputed: float
    outlook: Outlook | None = None
    trust: float | None = None


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
class Honesty:
    """What confidences are worth in a project: `temperature` (below 1: they were too sure, and are shown lower), learnt from
    `tasks` of known truth; `bins`: mean said, mean shown, share right and number of tasks, by what is shown, ascending.
    """

    temperature: float
    tasks: float
    bins: list[tuple[float, float, float, float]]

    @classmethod
    def of(cls, calibration: Calibration, bins: NDArray[np.float64]) -> Self:
        """As the aggregation found it."""
        said = [(float(row[0]), float(row[1]), float(row[2]), float(row[3])) for row in bins]
        return cls(calibration.temperature, calibration.tasks, said)


@dataclass(frozen=True, slots=True)
class Fit:
    """Results of the tasks given, the workers' reports (empty after `update`), and the worker models to go on with.

    `honesty`: what this fit learnt of its confidence; None where the kind does not calibrate, and after `update`.
    """

    results: dict[int, TaskResult]
    workers: dict[int, WorkerReport]
    method: str
    state: bytes
    honesty: Honesty | None = None


@dataclass(frozen=True, slots=True)
class Demo:
    """A question and an item of our own, to try a kind in place. `image` is a path under static/, None for text;
    `images` are those of the kind's image columns, by name.
    """

    question: Json
    item: Json
    hint: str
    image: str | None = None
    draft: Json | None = None
    images: Mapping[str, str] = field(default_factory=dict)


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
    media: ClassVar[Literal["image", "text", "audio", "video"]]
    items: ClassVar[Labels]
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    # 0: the question has no classes; its `classes` is an empty list all the same.
    min_classes: ClassVar[int] = 2
    # What a new question's classes are called at first.
    first_classes: ClassVar[tuple[str, ...]] = ("", "")
    # Whether `TaskResult.votes` counts equal values, so that a pool may stop at so many of them.
    counts_votes: ClassVar[bool] = False
    # Whether an answer is a list of shapes, so that `overlaps` has something to compare.
    draws: ClassVar[bool] = False
    extra_fields: ClassVar[tuple[ExtraField, ...]] = ()
    columns: ClassVar[tuple[ItemColumn, ...]] = ()

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

    def clean_question(self, raw: Any) -> Json:
        """The canonical question. Raises InvalidInput with fields such as "classes.0.name"."""
        problems = Problems()
        entry = read_object(raw, "", problems, known=("prompt", "classes", *(one.name for one in self.extra_fields)))
        question: Json = {
            "prompt": read_text(entry.get("prompt"), "prompt", problems, maximum=MAX_PROMPT),
            "classes": self._read_classes(entry.get("classes"), problems),
        }
        for one in self.extra_fields:
            question[one.name] = one.read(entry.get(one.name), problems)
        self.check_question(question, problems)
        problems.check()
        return question

    def _read_classes(self, raw: Any, problems: Problems) -> list[Json]:
        if self.min_classes:
            return read_classes(raw, problems, minimum=self.min_classes)
        if raw:
            problems.add("classes", "This kind of task has no classes.")
        return []

    def check_question(self, question: Json, problems: Problems) -> None:  # noqa: B027  # most kinds have nothing to add
        """What one field of a question says about another; may put a field in order. Called with stand-ins, too."""

    @abstractmethod
    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        """The canonical answer. Raises InvalidInput with fields such as "boxes.3.x2"."""

    @abstractmethod
    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """How alike two canonical answers are, 0..1; symmetric; 1 for equal answers."""

    def overlaps(self, question: Json, a: Json, b: Json) -> list[float]:
        """How alike each pair of shapes is that two answers drew of the same thing, 0..1 (of boxes their IoU); none without shapes."""
        return []

    def score(self, question: Json, truth: Iterable[Truth], answer: Json) -> float:
        """What an answer to an item with these right answers is worth, 0..1: of the nearest one by `agreement`."""
        return max((one.weight * self.agreement(question, one.value, answer) for one in truth), default=0.0)

    def read_known(self, question: Json, text: str) -> Any:
        """An answer from a table's cell, unchecked: as JSON, or as people write it. ValueError where it is neither."""
        return json.loads(text)

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

    @abstractmethod
    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        """A truth for an item that nobody knows the truth of: an answer for simulated people to give, more or less well."""

    @abstractmethod
    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """What somebody simulated answers where `truth` is the right answer; `clean_answer` takes it as it is."""

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """The right answer to one item from its rows in a file of truths; here a column `answer` with the answer as JSON.

        Raises KeyError for a column or class that is missing, ValueError for what cannot be read.
        """
        truth: Json = json.loads(rows[0]["answer"])
        return truth

    def size(self, value: Json) -> int:
        """How many things a value says: what it weighs in a score against the truth."""
        return 1

    def coco(self, question: Json, images: Iterable[tuple[Json, Json, float | None]]) -> Iterator[str]:
        """A COCO file as chunks of text, from (item, value, confidence); only where `export_formats` has "coco"."""
        message = f"{self.title} has no COCO export."
        raise InvalidInput(fields={"format": message})

    def clean_item(self, raw: Any) -> Json:
        """The canonical item (Task.data). Raises InvalidInput with fields such as "width"."""
        problems = Problems()
        known = (*_CONTENT[self.media], *(column.name for column in self.columns), "meta")
        entry = read_object(raw, "", problems, known=known)
        if self.media == "text":
            item: Json = {"text": read_text(entry.get("text"), "text", problems, maximum=MAX_TEXT, lines=True)}
        else:
            item = read_stored(self.media, entry, "", problems)
        for column in self.columns:
            value = self.clean_column(column, entry.get(column.name), item, problems)
            if value or value == 0:
                item[column.name] = value
            elif column.required:
                problems.add(column.name, "This field is required.")
        meta = _read_meta(entry.get("meta"), problems)
        problems.check()
        return item | ({"meta": meta} if meta else {})

    def clean_column(self, column: ItemColumn, raw: Any, item: Json, problems: Problems) -> Any:
        """What an item carries in a column, canonical; something empty where it carries nothing. `item` is the rest so far."""
        if column.kind in STORED:
            if not raw:
                return None
            entry = read_object(raw, column.name, problems, known=_CONTENT[column.kind])
            return read_stored(column.kind, entry, column.name, problems)
        return read_text(raw, column.name, problems, maximum=MAX_COLUMN, required=False, lines=True)


def media_in(item: Json) -> dict[str, str]:
    """SHA-256 of the stored files that an item shows, by column; "" is its content."""
    parts = {"": item} | {name: value for name, value in item.items() if isinstance(value, dict)}
    return {name: str(part[media]) for name, part in parts.items() for media in sorted(STORED & part.keys())}


def read_stored(media: str, entry: Json, field: str, problems: Problems) -> Json:
    """A stored picture or film with its size, a stored sound or film with its length if that is known."""
    found: Json = {media: read_text(entry.get(media), join(field, media), problems, maximum=64)}
    if media != "audio":
        found["width"] = _read_whole(entry.get("width"), join(field, "width"), problems, MAX_SIDE)
        found["height"] = _read_whole(entry.get("height"), join(field, "height"), problems, MAX_SIDE)
    if media != "image":
        length, name = entry.get("milliseconds"), join(field, "milliseconds")
        found["milliseconds"] = None if length is None else _read_whole(length, name, problems, MAX_MILLISECONDS)
    return found | {"name": read_text(entry.get("name"), join(field, "name"), problems, maximum=255, required=False)}


def _read_whole(raw: Any, name: str, problems: Problems, maximum: int) -> int:
    number = read_number(raw, name, problems, minimum=1, maximum=maximum)
    if number is not None and number != int(number):
        problems.add(name, "Must be a whole number.")
    return int(number or 0)


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
