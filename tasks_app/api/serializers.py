"""The API's shapes, written out: what is read is checked by them, what is written is documented by them."""

from typing import Any

from rest_framework import serializers

from tasks_app import tools
from tasks_app.enums import AssignmentState, ExportState, OverlapMode, PoolState, ReportAbout, ResultState, TaskKind

KINDS = [(tool.kind, tool.title) for tool in tools.all_tools()]
FORMATS = [(name, name) for name in dict.fromkeys(name for tool in tools.all_tools() for name in tool.export_formats)]
MONEY = r"^\d{1,12}(\.\d{1,6})?$"


class Strict(serializers.Serializer[Any]):
    """Input. A field that is not known is an error of its own: a misspelt one would be ignored in silence."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked values. Raises ValidationError naming every wrong field."""
        if isinstance(data, dict) and (unknown := [str(name)[:40] for name in data if name not in self.fields]):
            raise serializers.ValidationError({key: ["Unknown field."] for key in unknown[:20]})
        return super().to_internal_value(data)


class ErrorBody(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable, for programs: not_found, invalid, assignment_over, …")
    message = serializers.CharField(help_text="For people.")
    fields = serializers.DictField(  # type: ignore[assignment]  # the name of the wire, not of the class
        child=serializers.ListField(child=serializers.CharField()),
        help_text='Messages by the input\'s dotted name, such as "answers.0.answer.class".',
    )


class Error(serializers.Serializer[Any]):
    error = ErrorBody()


class Me(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField()
    is_requester = serializers.BooleanField()
    is_worker = serializers.BooleanField()
    is_admin = serializers.BooleanField()
    balance = serializers.CharField(help_text="What may be held for projects.")
    earned = serializers.CharField(help_text="Earned by working, less what was paid out.")
    currency = serializers.CharField()


class Project(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    question = serializers.JSONField(help_text="{} while there is none.")
    question_version = serializers.IntegerField()
    instructions = serializers.CharField(help_text="Markdown.", allow_blank=True)
    role = serializers.CharField(allow_null=True, help_text="Yours: owner, editor, viewer; null for an admin.")
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)


class NewProject(Strict):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=KINDS)
    question = serializers.JSONField(
        required=False, help_text='{"prompt": …, "classes": [{"name": …}]}; may come later.'
    )
    instructions = serializers.CharField(required=False, allow_blank=True, max_length=50_000, help_text="Markdown.")


class ProjectChange(Strict):
    name = serializers.CharField(required=False, max_length=120)
    question = serializers.JSONField(required=False)
    question_version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version you changed; another one there is a conflict. Without it yours replaces whatever is there.",
    )
    instructions = serializers.CharField(required=False, allow_blank=True, max_length=50_000)


class Progress(serializers.Serializer[Any]):
    tasks = serializers.IntegerField()
    open = serializers.IntegerField()
    settled = serializers.IntegerField()
    contested = serializers.IntegerField()
    answers = serializers.IntegerField()


class Pool(serializers.Serializer[Any]):
    id = serializers.CharField()
    project = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    keywords = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=PoolState.choices)
    reward = serializers.CharField(help_text="For a full page of tasks, as a decimal text.")
    currency = serializers.CharField()
    tasks_per_assignment = serializers.IntegerField()
    assignment_seconds = serializers.IntegerField()
    lifetime_days = serializers.IntegerField()
    overlap_min = serializers.IntegerField()
    overlap_max = serializers.IntegerField()
    overlap_mode = serializers.ChoiceField(
        choices=OverlapMode.choices, help_text="What ends the asking before the maximum."
    )
    overlap_votes = serializers.IntegerField(help_text="agreement: so many equal answers; margin: so many ahead.")
    overlap_worth = serializers.FloatField(
        help_text="value: an answer's price as a share of what a right result is worth."
    )
    confidence = serializers.FloatField(help_text="confidence: what is asked of a result.")
    accept_automatically = serializers.BooleanField()
    accept_delay_seconds = serializers.IntegerField()
    median_seconds = serializers.FloatField(allow_null=True, help_text="Per task, measured; null before any answer.")
    created_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class PoolMoney(serializers.Serializer[Any]):
    cost_min = serializers.CharField(help_text="If every task gets its minimum of answers.")
    cost_max = serializers.CharField()
    held = serializers.CharField()
    spent = serializers.CharField()
    missing = serializers.CharField(help_text="To be deposited before a launch; 0.00 when there is enough.")


class PoolDetail(Pool):
    progress = Progress()
    money = PoolMoney()


class PoolChange(Strict):
    title = serializers.CharField(required=False, max_length=120)
    description = serializers.CharField(required=False, allow_blank=True, max_length=500)
    keywords = serializers.CharField(required=False, allow_blank=True, max_length=200)
    reward = serializers.RegexField(MONEY, required=False, help_text='Such as "0.05".')
    tasks_per_assignment = serializers.IntegerField(required=False, min_value=1, max_value=100)
    assignment_seconds = serializers.IntegerField(required=False, min_value=10, max_value=604_800)
    lifetime_days = serializers.IntegerField(required=False, min_value=1, max_value=365)
    overlap_min = serializers.IntegerField(required=False, min_value=1, max_value=100)
    overlap_max = serializers.IntegerField(required=False, min_value=1, max_value=100)
    overlap_mode = serializers.ChoiceField(choices=OverlapMode.choices, required=False)
    overlap_votes = serializers.IntegerField(required=False, min_value=1, max_value=100)
    overlap_worth = serializers.FloatField(required=False, min_value=0.0001, max_value=0.5)
    confidence = serializers.FloatField(required=False, min_value=0.5, max_value=0.999)
    accept_automatically = serializers.BooleanField(required=False)
    accept_delay_seconds = serializers.IntegerField(required=False, min_value=0, max_value=2_592_000)


class NewTasks(Strict):
    items = serializers.ListField(
        child=serializers.JSONField(),
        min_length=1,
        max_length=1000,
        help_text='Texts: {"text": …}; images: {"image": "<sha256 of a stored image>"}, likewise "audio" and "video"; all may have "name", "meta", '
        "and the columns of their kind.",
    )


class NewTasksReceipt(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    duplicates = serializers.IntegerField(help_text="Items the pool has already: a retry makes nothing twice.")


class Overlap(serializers.Serializer[Any]):
    free = serializers.IntegerField(help_text="Places nobody has taken.")
    live = serializers.IntegerField(help_text="In work.")
    done = serializers.IntegerField(help_text="Answered.")
    max = serializers.IntegerField()


class Result(serializers.Serializer[Any]):
    task = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=ResultState.choices)
    value = serializers.JSONField()
    summary = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField()
    votes = serializers.JSONField()
    posterior = serializers.JSONField()
    disputed = serializers.FloatField()
    answers = serializers.IntegerField()
    method = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(
        allow_blank=True, help_text="The same in one word, such as confidence, agreement, spread, maximum."
    )
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class Task(serializers.Serializer[Any]):
    id = serializers.CharField()
    pool = serializers.CharField()
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    name = serializers.CharField(allow_blank=True)
    item = serializers.JSONField()
    media_url = serializers.CharField(allow_null=True)
    media_urls = serializers.DictField(
        child=serializers.CharField(), help_text="Pictures of further columns, by column."
    )
    state = serializers.ChoiceField(choices=ResultState.choices)
    overlap = Overlap()
    result = Result(allow_null=True)
    created_at = serializers.DateTimeField()


class Signals(serializers.Serializer[Any]):
    """How an answer came about, measured by the page that showed the task."""

    idle = serializers.FloatField(required=False, min_value=0, help_text="Seconds without a sign of somebody there.")
    hidden = serializers.FloatField(required=False, min_value=0, help_text="Seconds in which the page was hidden.")
    left = serializers.IntegerField(required=False, min_value=0, help_text="Times the page was left for another.")
    pastes = serializers.IntegerField(required=False, min_value=0, help_text="Times text was pasted into the answer.")
    pasted = serializers.IntegerField(required=False, min_value=0, help_text="Characters pasted.")
    changes = serializers.IntegerField(required=False, min_value=0, help_text="Changes made to the answer.")


class Answer(serializers.Serializer[Any]):
    id = serializers.CharField()
    worker = serializers.CharField(help_text="A pseudonym: the same within a project, another one in the next.")
    value = serializers.JSONField()
    seconds = serializers.FloatField()
    signals = Signals(allow_null=True)
    created_at = serializers.DateTimeField()
    counts = serializers.BooleanField()
    excluded_reason = serializers.CharField(allow_blank=True)


class TaskDetail(Task):
    answers = Answer(many=True)


class PageTask(serializers.Serializer[Any]):
    id = serializers.CharField()
    position = serializers.IntegerField()
    item = serializers.JSONField()
    media_url = serializers.CharField(allow_null=True)
    media_urls = serializers.DictField(
        child=serializers.CharField(), help_text="Pictures of further columns, by column."
    )
    state = serializers.ChoiceField(choices=["open", "skipped"])


class AssignmentPage(serializers.Serializer[Any]):
    id = serializers.CharField()
    pool = serializers.CharField()
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    expires_at = serializers.DateTimeField()
    seconds_left = serializers.IntegerField()
    reward = serializers.CharField()
    currency = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    question = serializers.JSONField()
    instructions_html = serializers.CharField(allow_blank=True)
    tasks = PageTask(many=True)


class Page(serializers.Serializer[Any]):
    assignment = AssignmentPage()


class PageOrNothing(serializers.Serializer[Any]):
    assignment = AssignmentPage(allow_null=True)
    reason = serializers.CharField(required=False, help_text="With null: no_tasks, paused, closed, restricted.")
    message = serializers.CharField(required=False)


class Empty(serializers.Serializer[Any]):
    """An empty object."""


class ReturnRequest(Strict):
    unseen = serializers.BooleanField(
        required=False, help_text="It was taken ahead and never shown: its tasks may come to you again."
    )


class NewAnswer(serializers.Serializer[Any]):
    task = serializers.CharField(max_length=16)
    answer = serializers.JSONField(help_text='{"class": key} or {"boxes": [{"class", "x1", "y1", "x2", "y2"}]}.')
    seconds = serializers.FloatField(required=False, min_value=0, help_text="Active time spent on this task.")
    signals = Signals(required=False, allow_null=True)


class Submission(serializers.Serializer[Any]):
    answers = serializers.ListField(child=NewAnswer(), min_length=1, max_length=100)


class ReceiptAssignment(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    reward = serializers.CharField()


class Receipt(serializers.Serializer[Any]):
    assignment = ReceiptAssignment()
    replayed = serializers.BooleanField(help_text="It had been handed in before, with these very answers.")


class ReportRequest(serializers.Serializer[Any]):
    task = serializers.CharField(max_length=16)
    about = serializers.ChoiceField(choices=ReportAbout.choices)
    text = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ReportReceipt(serializers.Serializer[Any]):
    id = serializers.CharField()


class SkipRequest(serializers.Serializer[Any]):
    task = serializers.CharField(max_length=16)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class Assignment(serializers.Serializer[Any]):
    id = serializers.CharField()
    pool = serializers.CharField()
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    worker = serializers.CharField(help_text="A pseudonym within the project; your own id in your own list.")
    reward = serializers.CharField()
    tasks = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField(allow_blank=True)


class Decision(Strict):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class Rejection(Strict):
    reason = serializers.CharField(max_length=500, help_text="The worker reads it.")
    evidence = serializers.CharField(max_length=1000, help_text="What shows it; the worker reads it.")
    tasks = serializers.ListField(
        child=serializers.CharField(max_length=16),
        required=False,
        max_length=100,
        help_text="Ids of the tasks refused; the others are accepted and paid their share. Without it all are refused.",
    )


class TakenBack(Strict):
    reason = serializers.CharField(max_length=500, help_text="The worker reads it.")


class Rework(Strict):
    comment = serializers.CharField(max_length=1000, help_text="The worker reads it.")
    hours = serializers.IntegerField(min_value=1, max_value=336)


class Bonus(Strict):
    amount = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=200, help_text="The worker reads it.")


class BonusPaid(serializers.Serializer[Any]):
    paid = serializers.BooleanField(help_text="False: it was paid before, under this key.")


class NewExport(Strict):
    format = serializers.ChoiceField(choices=FORMATS)


class Export(serializers.Serializer[Any]):
    id = serializers.CharField()
    project = serializers.CharField()
    format = serializers.CharField()
    state = serializers.ChoiceField(choices=ExportState.choices)
    rows = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    file = serializers.CharField(allow_null=True, help_text="Where to fetch it; null until it is ready.")


class StoredMedia(serializers.Serializer[Any]):
    image = serializers.CharField(required=False, help_text="SHA-256 of the image as stored: the item's name for it.")
    audio = serializers.CharField(required=False, help_text="The same of a sound.")
    video = serializers.CharField(required=False, help_text="The same of a film.")
    width = serializers.IntegerField(required=False, help_text="Of an image or film.")
    height = serializers.IntegerField(required=False)
    milliseconds = serializers.IntegerField(
        required=False, allow_null=True, help_text="Of a sound or film, null where the file does not tell."
    )
