"""What is said in a recording? Typed as it is heard, fused word by word."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.demo_recordings import SOUND, SOUND_FILE
from tasks_app.tools.writing import Writing


class AudioTranscription(Writing):
    kind = "audio_transcription"
    title = "Audio transcription"
    summary = "People type what is said in a recording, slowed down where it is quick."
    media = "audio"
    items = Labels("recording", "recordings")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "Write down what you hear, one sound a word.", "longest": 300}),
            hint="Ctrl+Space plays and pauses while you type; Ctrl+Enter hands in.",
            item=SOUND,
            image=SOUND_FILE,
        )
