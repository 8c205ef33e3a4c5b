"""How much, how good, how sharp: a picture on a scale. One digit is one answer."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.demo_items import PANEL, PANEL_IMAGE
from tasks_app.tools.rating import Rating


class ImageRating(Rating):
    kind = "image_rating"
    title = "Image rating"
    summary = "People place a picture on a scale of steps. One digit is one answer."
    media = "image"
    items = Labels("image", "images")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "How badly is this solar panel damaged?",
                    "lowest_label": "Not at all",
                    "highest_label": "Broken",
                }
            ),
            hint="Press 1 to 5, or click.",
            item=PANEL,
            image=PANEL_IMAGE,
        )
