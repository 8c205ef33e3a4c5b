"""What kinds share whose answer is written: a text of some length, aggregated word by word."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import AnswerBatch, Fit, Tool
from tasks_app.tools.fields import Json, Problems, read_object, read_text
from tasks_app.tools.simulated import Generator, Simulated, any_of
from tasks_app.tools.text_models import TextModel, likeness

MAX_ANSWER = 20_000
_MODEL = TextModel()
_WORDS = (
    "a",
    "bright",
    "cold",
    "door",
    "ends",
    "few",
    "green",
    "hills",
    "in",
    "july",
    "kept",
    "long",
    "moon",
    "nine",
    "over",
)
LENGTHS = (
    ExtraField(
        name="shortest", label="Least characters", help="0: nothing written is an answer, too.", default=1, maximum=5000
    ),
    ExtraField(
        name="longest",
        label="Most characters",
        help=f"At most {MAX_ANSWER:,}.",
        default=2000,
        minimum=1,
        maximum=MAX_ANSWER,
    ),
)
PASTE = ExtraField(
    name="paste",
    label="Pasting is allowed",
    help="Without it people must write for themselves. It is a hurdle, not a lock: pasted characters are counted with each answer.",
    kind="flag",
    default=True,
)


class Writing(Tool):
    """Answer: {"text": "…"}."""

    min_classes = 0
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (*LENGTHS, PASTE)

    def check_question(self, question: Json, problems: Problems) -> None:
        for name in ("shortest", "longest"):
            if question[name] is not None and question[name] != int(question[name]):
                problems.add(name, "Must be a whole number.")
        if (question["shortest"] or 0) > (question["longest"] or MAX_ANSWER):
            problems.add("longest", "Must not be below the least.")

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("text",))
        least, most = int(question["shortest"]), int(question["longest"])
        text = read_text(entry.get("text"), "text", problems, maximum=most, required=least > 0, lines=True)
        if text and len(text) < least:
            problems.add("text", f"At least {least} characters, got {len(text)}.")
        problems.check()
        return {"text": text}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """1 less the share of words that differ."""
        return likeness(a["text"], b["text"])

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return _MODEL.fit(batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return _MODEL.update(state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        return value["text"] or "Nothing written"

    def classes_in(self, value: Json) -> list[str]:
        return []

    def csv_columns(self, question: Json) -> list[str]:
        return ["text"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        return [value["text"]]

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        return {"text": _of_length(question, [any_of(_WORDS, random) for _ in range(int(random.integers(4, 12)))])}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Words that this person gets wrong are other words."""
        said = [
            word if who.says("right", ("right", "wrong")) == "right" else any_of(_WORDS, who.random)
            for word in truth["text"].split()
        ]
        return {"text": _of_length(question, said)}

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Column `text`, or `label`."""
        return {"text": rows[0].get("text") or rows[0]["label"]}


def _of_length(question: Json, said: Sequence[str]) -> str:
    """These words, as often as the least length asks for, cut at the most."""
    text = " ".join(said)
    while len(text) < question["shortest"]:
        text += " " + (text or _WORDS[0])
    return text[: int(question["longest"])].strip()
