"""Which of two pictures is better?"""

from typing import ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.comparison import CONTEXT, Comparison
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE, PANEL, PANEL_IMAGE


class ImageComparison(Comparison):
    kind = "image_comparison"
    title = "Comparison of two images"
    summary = "People see two pictures side by side, in random order, and say which is better."
    media = "image"
    items = Labels("pair", "pairs")
    columns: ClassVar[tuple[ItemColumn, ...]] = (
        ItemColumn(name="second", help="The picture to compare with.", required=True, kind="image"),
        CONTEXT,
    )

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "Which of these two is easier to count?"}),
            hint="Press ← or →, or ↓ for neither.",
            item=PANEL | {"second": CELLS | {"image": "demo-second"}},
            image=PANEL_IMAGE,
            images={"second": CELLS_IMAGE},
        )
