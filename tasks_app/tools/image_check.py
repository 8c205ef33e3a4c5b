"""Is this label right, is this box tight, is anything missing? One key is one answer."""

from typing import ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.checking import BOXES, LABEL, Checking
from tasks_app.tools.cropping import CROP, Cropped
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE, WHITE_CELL


class ImageCheck(Cropped, Checking):
    kind = "image_check"
    title = "Check of labels or boxes"
    summary = "People judge labels or boxes that are there already: is it right, is it tight, is one missing?"
    media = "image"
    items = Labels("image", "images")
    columns: ClassVar[tuple[ItemColumn, ...]] = (LABEL, BOXES, *CROP)

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Is the box tight around the white blood cell?",
                    "classes": [
                        {"name": "Tight", "description": "It touches the cell on all four sides."},
                        {"name": "Too large or too small"},
                        {"name": "No such cell there"},
                    ],
                }
            ),
            hint="Press 1, 2 or 3, or click.",
            item=CELLS | {"boxes": [{"class": "White cell"} | WHITE_CELL]},
            image=CELLS_IMAGE,
        )
