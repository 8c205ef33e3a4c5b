"""A requester's own page, shown in a sandbox that reaches nothing; what it may answer is said by the question's fields."""

from typing import ClassVar

from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import Demo, Labels
from tasks_app.tools.fields import Json, Problems
from tasks_app.tools.form import FIELDS, Form

MAX_HTML = 100_000
_EXAMPLE = """<h2><crowd-item field="text"></crowd-item></h2>
<crowd-choice name="open" label="Is the shop open?" options="Yes, No"></crowd-choice>
<crowd-text name="why" label="What does the sign say?"></crowd-text>
<crowd-submit>Done</crowd-submit>
"""
HTML = ExtraField(
    name="html",
    label="HTML",
    help="Your page, with its own styles and scripts. It reaches no network and no other page. Forms are handed in by themselves; "
    "crowd-item, crowd-choice, crowd-text, crowd-number and crowd-submit are there, and quorate.item, quorate.change(values) "
    "and quorate.submit(values) for scripts.",
    kind="text",
    default=_EXAMPLE.strip(),
    maximum=MAX_HTML,
)


class OwnHtml(Form):
    """Answer: {"fields": {…}}, as of a questionnaire with these fields."""

    kind = "own_html"
    title = "Your own HTML"
    summary = (
        "People work on a page that you write, as on MTurk. It runs in a sandbox, and its answers are checked here."
    )
    items = Labels("item", "items")
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (FIELDS, HTML)

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "Look at the photo of the shop."}),
            hint="This page is written in HTML by the requester.",
            item={"text": "Corner Café, 12 Mill Lane"},
        )

    def check_question(self, question: Json, problems: Problems) -> None:
        super().check_question(question, problems)
        if not question["html"]:
            problems.add("html", "This field is required.")
