"""Which of these does a picture show? Any number of classes, each switched by one key or click."""

from typing import ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.class_set import ClassSet
from tasks_app.tools.cropping import CROP, Cropped
from tasks_app.tools.demo_items import PANEL, PANEL_IMAGE


class ImageLabels(Cropped, ClassSet):
    kind = "image_labels"
    title = "Image labels"
    summary = "People mark everything that is true of a picture: any number of classes, or none."
    media = "image"
    items = Labels("image", "images")
    columns: ClassVar[tuple[ItemColumn, ...]] = CROP

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "What do you see on this solar panel?",
                    "classes": [
                        {"name": "Crack", "description": "A thin dark line through one or more cells."},
                        {"name": "Dirt", "description": "Spots or a film on the glass."},
                        {"name": "Shadow", "description": "Something outside throws it."},
                    ],
                }
            ),
            hint="Press 1, 2 or 3 for all that hold, then Enter.",
            item=PANEL,
            image=PANEL_IMAGE,
        )
