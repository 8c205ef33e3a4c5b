"""Which class does a recording belong to? One key or one click is the answer."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.classification import Classification
from tasks_app.tools.demo_recordings import SOUND, SOUND_FILE


class AudioClassification(Classification):
    kind = "audio_classification"
    title = "Audio classification"
    summary = "People listen to a recording and choose one class. One key is one answer."
    media = "audio"
    items = Labels("recording", "recordings")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "What is heard most often?",
                    "classes": [{"name": "A bird"}, {"name": "Knocking"}, {"name": "Speech"}],
                }
            ),
            hint="Space plays; press 1, 2 or 3, or click.",
            item=SOUND,
            image=SOUND_FILE,
        )
