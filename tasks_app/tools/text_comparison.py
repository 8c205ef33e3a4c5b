"""Which of two texts, or of two responses of a model, is better?"""

from typing import ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.comparison import CONTEXT, Comparison


class TextComparison(Comparison):
    kind = "text_comparison"
    title = "Comparison of two texts"
    summary = (
        "People read two texts or two responses of a model side by side, in random order, and say which is better."
    )
    media = "text"
    items = Labels("pair", "pairs")
    columns: ClassVar[tuple[ItemColumn, ...]] = (
        ItemColumn(name="second", help="The text to compare with.", required=True),
        CONTEXT,
    )

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "Which response helps more?"}),
            hint="Press ← or →, or ↓ for neither.",
            item={
                "context": "How do I get red wine out of a carpet?",
                "text": "Blot it at once with a clean cloth, then work in cold water with a little washing-up liquid, "
                "from the edge to the middle, and blot again.",
                "second": "Red wine is made from dark grapes. Stains are a common problem in many households.",
            },
        )
