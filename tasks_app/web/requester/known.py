"""Known answers: the list, making them from results, tables and one's own answers, and how they are mixed in."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from tasks_app import rules, tools
from tasks_app.domain.known_answers import Known, RightAnswer, make_known, set_mixing, withdraw
from tasks_app.domain.known_tables import bring_known, promote
from tasks_app.enums import PoolState, TaskKind
from tasks_app.errors import DomainError, InvalidInput
from tasks_app.models import Pool, Project, Task
from tasks_app.queries import known as reads
from tasks_app.queries.media import media_urls
from tasks_app.queries.pools import current_pool
from tasks_app.web.asked import asked, asked_row
from tasks_app.web.requester.confidence_check import confidence_check
from tasks_app.web.requester.forms import DomainForm, locked
from tasks_app.web.requester.items import item_of, thumbs
from tasks_app.web.requester.page import REFUSED, me, posted, project_context, project_view, role_of, see_other

TRIED = 5
MAX_FILE = 4 << 20
KINDS = ((TaskKind.GOLD.value, "Hidden among the tasks"), (TaskKind.TRAINING.value, "Shown in training"))


class MixingForm(DomainForm):
    share = forms.FloatField(
        label="Share of a new worker’s tasks",
        help_text="It falls to a quarter of this as somebody proves reliable, never to nothing.",
        min_value=0,
        max_value=50,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    overlap = forms.IntegerField(
        label="Workers for each known answer", help_text="Paid like all others; this many answers are held."
    )


class UploadForm(DomainForm):
    file = forms.FileField(
        label="Table",
        help_text="CSV, TSV or JSONL with columns item and answer; weight and explanation if you like.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.jsonl,.json"}),
    )
    kind = forms.ChoiceField(label="Use", choices=KINDS)


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """What is known, how often it was met and how well."""
    return _show(request, project)


@project_view("write")
def mix(request: HttpRequest, project: Project) -> HttpResponse:
    """How many known answers workers meet."""
    form = MixingForm(request.POST)
    if form.is_valid():
        share, overlap = form.cleaned_data["share"] / 100, form.cleaned_data["overlap"]
        try:
            set_mixing(pool=current_pool(project), actor=me(request), share=share, overlap=overlap)
        except DomainError as error:
            form.take(error)
        else:
            return _saved(request, project, "Saved.")
    return _show(request, project, mixing=form, status=REFUSED)


@project_view("write")
def upload(request: HttpRequest, project: Project) -> HttpResponse:
    """Known answers from a table."""
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            if sent.size > MAX_FILE:
                raise InvalidInput(fields={"file": f"At most {MAX_FILE >> 20} MB."})
            kind = TaskKind(form.cleaned_data["kind"])
            count = bring_known(pool=current_pool(project), actor=me(request), name=sent.name, file=sent, kind=kind)
        except DomainError as error:
            form.take(error)
        else:
            return _saved(request, project, _told(count))
    return _show(request, project, uploading=form, status=REFUSED)


@project_view("write")
def promote_settled(request: HttpRequest, project: Project) -> HttpResponse:
    """Known answers from what is settled."""
    text = posted(request, "count", 4)
    count = promote(pool=current_pool(project), actor=me(request), count=int(text) if text.isdecimal() else 0)
    return _saved(request, project, _told(count) if count else "No settled item is sure enough yet.")


@project_view("write")
def make(request: HttpRequest, project: Project, task: str) -> HttpResponse:
    """One item, from a result or somebody's answer: `value` is that answer as JSON."""
    found = item_of(request, project, task)
    try:
        value = json.loads(posted(request, "value"))
    except (ValueError, RecursionError):
        value = None
    entry = Known(found, [RightAnswer(value)], posted(request, "explanation", 5000))
    try:
        kind = TaskKind.TRAINING if posted(request, "kind") == TaskKind.TRAINING else TaskKind.GOLD
        make_known(pool=found.pool, actor=me(request), entries=[entry], kind=kind)
    except DomainError as error:
        messages.error(
            request, "; ".join(f"{name}: {texts[0]}" for name, texts in error.fields.items()) or error.message
        )
        return see_other(reverse("requester:result", args=[project.public_id, found.public_id]))
    return _saved(request, project, _told(1))


@project_view("write")
def take_back(request: HttpRequest, project: Project, task: str) -> HttpResponse:
    """An ordinary item again."""
    withdraw(task=item_of(request, project, task), actor=me(request))
    return _saved(request, project, "It is an ordinary item again.")


@project_view("form")
def try_it(request: HttpRequest, project: Project) -> HttpResponse:
    """Do some yourself: timed, and kept as known answers. `?item=` asks about one."""
    pool = current_pool(project)
    if request.method == "POST":
        return _tried(request, project, pool)
    tool = tools.get(project.kind)
    wanted = asked(request, "item", 16)
    tasks = [item_of(request, project, wanted)] if wanted else reads.to_try(pool, count=TRIED)
    context = project_context(
        project,
        "known",
        pool,
        tool=tool,
        module=static(tool.script),
        kinds=KINDS,
        ready=bool(project.question) and bool(tasks),
        work={"question": project.question, "tasks": [_to_do(request, project, task) for task in tasks]},
    )
    return render(request, "requester/known/try.html", context)


def _tried(request: HttpRequest, project: Project, pool: Pool) -> HttpResponse:
    """The answers as the page collected them: [{"task", "answer", "explanation"}]."""
    try:
        given = json.loads(posted(request, "answers", 2_000_000))
        rows = [(row["task"], row["answer"], row.get("explanation", "")) for row in given][: 2 * TRIED]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        rows = []
    there = {
        task.public_id: task for task in Task.objects.filter(pool=pool, public_id__in=[_id(row[0]) for row in rows])
    }
    entries = [Known(there[_id(row[0])], [RightAnswer(row[1])], row[2]) for row in rows if _id(row[0]) in there]
    try:
        kind = TaskKind.TRAINING if posted(request, "kind") == TaskKind.TRAINING else TaskKind.GOLD
        count = make_known(pool=pool, actor=me(request), entries=entries, kind=kind)
    except DomainError as error:
        messages.error(
            request, "; ".join(f"{name}: {texts[0]}" for name, texts in error.fields.items()) or error.message
        )
        return see_other(reverse("requester:try", args=[project.public_id]))
    return _saved(request, project, _told(count) if count else "Nothing was answered.")


def _id(raw: Any) -> str:
    return raw if isinstance(raw, str) and raw.isalnum() and raw.isascii() else ""


def _to_do(request: HttpRequest, project: Project, task: Task) -> dict[str, Any]:
    """An item as a worker would see it."""
    item = {name: value for name, value in task.data.items() if name not in {"meta", "name"}}
    addresses = media_urls(project.pk, item, me(request).pk)
    return {"task": task.public_id, "item": item, "mediaUrl": addresses.pop("", None), "mediaUrls": addresses}


def _told(count: int) -> str:
    return "1 item is known now." if count == 1 else f"{count:,} items are known now."


def _saved(request: HttpRequest, project: Project, text: str) -> HttpResponse:
    messages.success(request, text)
    return see_other(reverse("requester:known", args=[project.public_id]))


def _show(
    request: HttpRequest,
    project: Project,
    *,
    mixing: MixingForm | None = None,
    uploading: UploadForm | None = None,
    status: int = 200,
) -> HttpResponse:
    pool = current_pool(project)
    shown, further = reads.known_items(pool, after=asked_row(request, "after"))
    pictures = dict(thumbs(request, project, [row.task for row in shown]))
    mixing = mixing or MixingForm(initial={"share": f"{pool.known_share * 100:g}", "overlap": pool.known_overlap})
    if not rules.edit(role_of(project), False):
        locked(mixing)
    context = project_context(
        project,
        "known",
        pool,
        summary=reads.summary(pool),
        rows=[(row, pictures[row.task]) for row in shown],
        older=f"?after={further}" if further else "",
        newer="?" if asked_row(request, "after") else "",
        mixing=mixing,
        uploading=uploading or UploadForm(),
        words=tools.get(project.kind).items,
        started=pool.state != PoolState.DRAFT,
        ready=bool(project.question),
        **confidence_check(project),
    )
    return render(request, "requester/known/page.html", context, status=status)
