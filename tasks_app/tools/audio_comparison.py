"""Which of two recordings is better?"""

from typing import ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.comparison import CONTEXT, Comparison
from tasks_app.tools.demo_recordings import SOUND, SOUND_FILE


class AudioComparison(Comparison):
    kind = "audio_comparison"
    title = "Comparison of two recordings"
    summary = "People hear two recordings, in random order, and say which is better."
    media = "audio"
    items = Labels("pair", "pairs")
    columns: ClassVar[tuple[ItemColumn, ...]] = (
        ItemColumn(name="second", help="The recording to compare with.", required=True, kind="audio"),
        CONTEXT,
    )

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "In which of these two is the bird easier to hear?"}),
            hint="Space plays one and then the other; press ← or →, or ↓ for neither.",
            item={**SOUND, "second": {**SOUND, "audio": "demo-second"}},
            image=SOUND_FILE,
            images={"second": SOUND_FILE},
        )
