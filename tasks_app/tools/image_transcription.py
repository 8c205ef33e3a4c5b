"""What is written in a picture? Typed as it stands, fused word by word."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.demo_items import SLIP, SLIP_IMAGE
from tasks_app.tools.writing import Writing


class ImageTranscription(Writing):
    kind = "image_transcription"
    title = "Image transcription"
    summary = "People type what a picture says: a receipt, a sign, a line of handwriting."
    media = "image"
    items = Labels("image", "images")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "Type what the slip says, line by line.", "longest": 300}),
            hint="Type; Ctrl+Enter hands in.",
            item=SLIP,
            image=SLIP_IMAGE,
        )
