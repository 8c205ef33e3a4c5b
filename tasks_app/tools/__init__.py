"""The kinds of task. A new kind is one module, one line here, its templates, its ES module and its tests."""

from tasks_app.errors import NotFound
from tasks_app.tools.asking import ExtraField, ItemColumn
from tasks_app.tools.audio_classification import AudioClassification
from tasks_app.tools.audio_comparison import AudioComparison
from tasks_app.tools.audio_regions import AudioRegions
from tasks_app.tools.audio_transcription import AudioTranscription
from tasks_app.tools.base import STORED, AnswerBatch, Demo, Fit, TaskResult, Tool, Truth, WorkerReport, media_in
from tasks_app.tools.bounding_box import BoundingBox
from tasks_app.tools.ellipse import Ellipse
from tasks_app.tools.free_text import FreeText
from tasks_app.tools.image_check import ImageCheck
from tasks_app.tools.image_classification import ImageClassification
from tasks_app.tools.image_comparison import ImageComparison
from tasks_app.tools.image_grid import ImageGrid
from tasks_app.tools.image_labels import ImageLabels
from tasks_app.tools.image_rating import ImageRating
from tasks_app.tools.image_transcription import ImageTranscription
from tasks_app.tools.keypoints import Keypoints
from tasks_app.tools.mask import Mask
from tasks_app.tools.own_html import OwnHtml
from tasks_app.tools.polygon import Polygon
from tasks_app.tools.polyline import Polyline
from tasks_app.tools.questionnaire import Questionnaire
from tasks_app.tools.text_check import TextCheck
from tasks_app.tools.text_classification import TextClassification
from tasks_app.tools.text_comparison import TextComparison
from tasks_app.tools.text_labels import TextLabels
from tasks_app.tools.text_ranking import TextRanking
from tasks_app.tools.text_rating import TextRating
from tasks_app.tools.text_spans import TextSpans
from tasks_app.tools.video_boxes import VideoBoxes
from tasks_app.tools.video_classification import VideoClassification
from tasks_app.tools.video_segments import VideoSegments

__all__ = [
    "STORED",
    "AnswerBatch",
    "Demo",
    "ExtraField",
    "Fit",
    "ItemColumn",
    "TaskResult",
    "Tool",
    "Truth",
    "WorkerReport",
    "all_tools",
    "get",
    "media_in",
]

_TOOLS: dict[str, Tool] = {
    tool.kind: tool
    for tool in (
        ImageClassification(),
        TextClassification(),
        BoundingBox(),
        Polygon(),
        Polyline(),
        Ellipse(),
        Keypoints(),
        Mask(),
        ImageGrid(),
        ImageLabels(),
        TextLabels(),
        ImageCheck(),
        TextCheck(),
        ImageRating(),
        TextRating(),
        ImageComparison(),
        TextComparison(),
        TextRanking(),
        TextSpans(),
        FreeText(),
        ImageTranscription(),
        AudioClassification(),
        AudioRegions(),
        AudioTranscription(),
        AudioComparison(),
        VideoClassification(),
        VideoSegments(),
        VideoBoxes(),
        Questionnaire(),
        OwnHtml(),
    )
}


def get(kind: str) -> Tool:
    """The tool of a kind. Raises NotFound."""
    if kind not in _TOOLS:
        raise NotFound(f"There is no kind of task called {kind[:40]!r}.")
    return _TOOLS[kind]


def all_tools() -> tuple[Tool, ...]:
    """Every kind, in the order in which pages offer them."""
    return tuple(_TOOLS.values())
