"""A form to fill in about each item: texts, numbers, choices, tables of choices, a position; some asked only if others say so."""

from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.form import Form


class Questionnaire(Form):
    kind = "questionnaire"
    title = "Questionnaire"
    summary = (
        "People fill in a form about each item: find a web page and report, visit a place, answer several questions."
    )
    items = Labels("item", "items")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Find the website of this shop and tell us about it.",
                    "fields": [
                        {"name": "site", "label": "Address of its website", "kind": "link", "required": False},
                        {
                            "name": "open",
                            "label": "Is it open on Sundays?",
                            "kind": "choice",
                            "options": ["Yes", "No", "It does not say"],
                        },
                        {
                            "name": "from_hour",
                            "label": "From which hour?",
                            "kind": "number",
                            "minimum": 0,
                            "maximum": 24,
                            "when": {"field": "open", "is": ["Yes"]},
                        },
                        {
                            "name": "sells",
                            "label": "What does it sell?",
                            "kind": "choices",
                            "options": ["Bread", "Cake", "Coffee"],
                        },
                    ],
                }
            ),
            hint="Fill it in; Ctrl+Enter hands in.",
            item={"text": "Corner Café, 12 Mill Lane"},
        )
