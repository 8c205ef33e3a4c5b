"""The kinds of task. A new kind is one module, one line here, its templates, its ES module and its tests."""

from tasks_app.errors import NotFound
from tasks_app.tools.base import (
    AnswerBatch,
    Demo,
    ExtraField,
    Fit,
    TaskResult,
    Tool,
    WorkerReport,
)
from tasks_app.tools.bounding_box import BoundingBox
from tasks_app.tools.image_classification import ImageClassification
from tasks_app.tools.text_classification import TextClassification

__all__ = [
    "AnswerBatch",
    "Demo",
    "ExtraField",
    "Fit",
    "TaskResult",
    "Tool",
    "WorkerReport",
    "all_tools",
    "get",
]

_TOOLS: dict[str, Tool] = {tool.kind: tool for tool in (ImageClassification(), TextClassification(), BoundingBox())}


def get(kind: str) -> Tool:
    """The tool of a kind. Raises NotFound."""
    if kind not in _TOOLS:
        raise NotFound(f"There is no kind of task called {kind[:40]!r}.")
    return _TOOLS[kind]


def all_tools() -> tuple[Tool, ...]:
    """Every kind, in the order in which pages offer them."""
    return tuple(_TOOLS.values())
