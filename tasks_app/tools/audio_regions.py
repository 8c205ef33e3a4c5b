"""What sounds when? Regions of a recording, each with a class and, where asked for, what is said in it."""

from typing import ClassVar

from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.demo_recordings import SOUND, SOUND_FILE
from tasks_app.tools.regions import SHORTEST, TRANSCRIBE, Regions, form_of


class AudioRegions(Regions):
    kind = "audio_regions"
    title = "Audio regions"
    summary = "People mark where in a recording something sounds, give it a class, and may write what is said."
    media = "audio"
    items = Labels("recording", "recordings")
    form = form_of("regions", "region")
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (SHORTEST, TRANSCRIBE)

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Mark every chirp and every knock.",
                    "classes": [{"name": "Bird"}, {"name": "Knocking"}],
                }
            ),
            hint="Drag over the sound, or press Space to play and I and O to mark.",
            item=SOUND,
            image=SOUND_FILE,
            draft={"regions": [{"class": "bird", "start": 690, "end": 1210}]},
        )
