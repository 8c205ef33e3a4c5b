"""Which class does a film belong to? One key or one click is the answer."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.classification import Classification
from tasks_app.tools.demo_recordings import FILM, FILM_FILE


class VideoClassification(Classification):
    kind = "video_classification"
    title = "Video classification"
    summary = "People watch a film and choose one class. One key is one answer."
    media = "video"
    items = Labels("film", "films")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "What does the cart do behind the ball?",
                    "classes": [{"name": "It stops once"}, {"name": "It never stops"}, {"name": "It cannot be seen"}],
                }
            ),
            hint="Space plays; press 1, 2 or 3, or click.",
            item=FILM,
            image=FILM_FILE,
        )
