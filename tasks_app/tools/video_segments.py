"""What happens when? Segments of a film, each with a class."""

from typing import ClassVar

from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.demo_recordings import FILM, FILM_FILE
from tasks_app.tools.regions import SHORTEST, TRANSCRIBE, Regions, form_of


class VideoSegments(Regions):
    kind = "video_segments"
    title = "Video segments"
    summary = "People mark from when to when something happens in a film, and give it a class."
    media = "video"
    items = Labels("film", "films")
    form = form_of("segments", "segment")
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (SHORTEST, TRANSCRIBE)

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Mark from when to when the cart moves, and when it stands still.",
                    "classes": [{"name": "Moves"}, {"name": "Stands still"}],
                }
            ),
            hint="Press Space to play and I and O to mark, or drag over the line below the film.",
            item=FILM,
            image=FILM_FILE,
            draft={"segments": [{"class": "stands-still", "start": 1500, "end": 2800}]},
        )
