"""Which class does a text belong to? One key or one click is the answer."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.classification import Classification
from tasks_app.tools.demo_items import REVIEW


class TextClassification(Classification):
    kind = "text_classification"
    title = "Text classification"
    summary = "People read a text and choose one class. One key is one answer."
    media = "text"
    items = Labels("text", "texts")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "How does the writer feel about the delivery?",
                    "classes": [
                        {"name": "Pleased", "color": "#009E73"},
                        {"name": "Mixed", "color": "#E69F00"},
                        {"name": "Annoyed", "color": "#D55E00"},
                    ],
                }
            ),
            hint="Press 1, 2 or 3, or click.",
            item=REVIEW,
        )
