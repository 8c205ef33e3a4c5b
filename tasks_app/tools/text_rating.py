"""How friendly, how clear, how true: a text on a scale. One digit is one answer."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.demo_items import REVIEW
from tasks_app.tools.rating import Rating


class TextRating(Rating):
    kind = "text_rating"
    title = "Text rating"
    summary = "People place a text on a scale of steps. One digit is one answer."
    media = "text"
    items = Labels("text", "texts")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "How pleased is the writer?",
                    "lowest_label": "Not at all",
                    "highest_label": "Delighted",
                }
            ),
            hint="Press 1 to 5, or click.",
            item=REVIEW,
        )
