"""Is the label of this text right? One key is one answer."""

from dataclasses import replace
from typing import ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.checking import LABEL, Checking
from tasks_app.tools.demo_items import COMPLAINT


class TextCheck(Checking):
    kind = "text_check"
    title = "Check of a text's label"
    summary = "People judge a label that a text has already, from a model or from others."
    media = "text"
    items = Labels("text", "texts")
    columns: ClassVar[tuple[ItemColumn, ...]] = (replace(LABEL, required=True),)

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Is this what the text is about?",
                    "classes": [{"name": "Right"}, {"name": "Wrong"}, {"name": "Cannot tell"}],
                }
            ),
            hint="Press 1, 2 or 3, or click.",
            item=COMPLAINT | {"label": "Delivery"},
        )
