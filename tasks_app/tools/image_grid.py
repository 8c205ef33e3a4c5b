"""Which of these pictures show it? All pictures of a page side by side; one press selects one."""

from typing import ClassVar

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.classification import Classification
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE
from tasks_app.tools.fields import Json, Problems


class ImageGrid(Classification):
    """Answer: {"class": "<key>"} a picture, as of a classification: the first of two classes where it was selected."""

    kind = "image_grid"
    title = "Grid of images"
    summary = "People see many small pictures at once and select those that show what you ask for."
    media = "image"
    items = Labels("image", "images")
    first_classes: ClassVar[tuple[str, ...]] = ("Shows it", "Does not show it")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Select every picture that shows a white blood cell.",
                    "classes": [{"name": "White cell"}, {"name": "No white cell"}],
                }
            ),
            hint="Press the picture to select it. At work all pictures of a page stand side by side.",
            item=CELLS,
            image=CELLS_IMAGE,
        )

    def check_question(self, question: Json, problems: Problems) -> None:
        if len(question["classes"]) > 2:
            problems.add("classes", "Two classes: what selected pictures show, and what all others are.")
