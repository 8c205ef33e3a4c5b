"""What is a text about? Any number of classes, each switched by one key or click."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.class_set import ClassSet
from tasks_app.tools.demo_items import REVIEW


class TextLabels(ClassSet):
    kind = "text_labels"
    title = "Text labels"
    summary = "People mark everything that is true of a text: any number of classes, or none."
    media = "text"
    items = Labels("text", "texts")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "What does the writer speak of?",
                    "classes": [
                        {"name": "Delivery"},
                        {"name": "Packaging"},
                        {"name": "The lamp itself"},
                        {"name": "Price"},
                    ],
                }
            ),
            hint="Press 1 to 4 for all that hold, then Enter.",
            item=REVIEW,
        )
