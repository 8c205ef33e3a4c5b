"""An answer in people's own words: a caption, a translation, a reply, a summary."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.demo_items import REVIEW
from tasks_app.tools.writing import Writing


class FreeText(Writing):
    kind = "free_text"
    title = "Free text"
    summary = "People read something and write: a translation, a reply, a summary. Length and pasting have rules."
    media = "text"
    items = Labels("text", "texts")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "Sum this up in one sentence.", "shortest": 20, "longest": 200}),
            hint="Write; Ctrl+Enter hands in.",
            item=REVIEW,
        )
