"""Which class does a picture show? One key or one click is the answer."""

from typing import ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.classification import Classification
from tasks_app.tools.cropping import CROP, Cropped
from tasks_app.tools.demo_items import PANEL, PANEL_IMAGE


class ImageClassification(Cropped, Classification):
    kind = "image_classification"
    title = "Image classification"
    summary = "People look at a picture and choose one class. One key is one answer."
    media = "image"
    items = Labels("image", "images")
    columns: ClassVar[tuple[ItemColumn, ...]] = CROP

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "What is wrong with this solar panel?",
                    "classes": [
                        {"name": "Crack", "description": "A thin dark line through one or more cells."},
                        {"name": "Dirt", "description": "Spots or a film on the glass; the cells below are whole."},
                        {"name": "Nothing", "key": "nothing", "description": "Every cell looks like its neighbours."},
                    ],
                }
            ),
            hint="Press 1, 2 or 3, or click.",
            item=PANEL,
            image=PANEL_IMAGE,
        )
