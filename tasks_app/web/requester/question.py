"""The question's page: editor at the left, what a worker sees at the right."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from quorate.accounts.models import User
from tasks_app import rules, tools
from tasks_app.domain.projects import set_question
from tasks_app.domain.storing_images import store_image
from tasks_app.errors import DomainError, InvalidInput
from tasks_app.models import Answer, Pool, Project, Task
from tasks_app.queries.media import media_url, media_urls
from tasks_app.queries.pools import current_pool
from tasks_app.web.requester.page import (
    REFUSED,
    first_messages,
    me,
    posted,
    project_context,
    project_view,
    role_of,
    see_other,
)
from tasks_app.web.requester.question_form import BLANK, MANY_CLASSES, Draft, Row, draft_from, draft_of

_SHA256 = re.compile(r"[0-9a-f]{64}")


@project_view("form")
def edit(request: HttpRequest, project: Project) -> HttpResponse:
    """GET shows; POST saves, or works the button that was pressed in the rows and shows the form again."""
    tool = tools.get(project.kind)
    if request.method != "POST":
        return _show(request, project, tool, draft_of(project.question, tool))
    draft = draft_from(request, project, tool)
    button = posted(request, "do", 40)
    if button not in {"save", "onward", ""}:
        return _show(request, project, tool, draft.after(button))
    try:
        if any(row.errors for row in draft.rows):
            # An image was refused: the form is, too, with whatever else is wrong.
            tool.clean_question(draft.raw(tool))
            return _show(request, project, tool, draft, status=REFUSED)
        set_question(project=project, actor=me(request), question=draft.raw(tool), seen_version=_seen_version(request))
    except InvalidInput as error:
        fields = first_messages(error) or {"": error.message}
        return _show(request, project, tool, draft.with_errors(fields), status=REFUSED)
    except DomainError as error:
        return _show(request, project, tool, draft, refusal=error, status=error.status)
    messages.success(request, "Question saved.")
    onward = "requester:instructions" if button == "onward" else "requester:question"
    return see_other(reverse(onward, args=[project.public_id]))


@project_view("write")
def upload_example(request: HttpRequest, project: Project) -> JsonResponse:
    """Stores one example image as soon as it is chosen: {"sha256", "url", "thumb"}, or 400 {"message"}."""
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"message": "Choose an image."}, status=400)
    try:
        stored = store_image(project=project, data=upload, name="file")
    except InvalidInput as error:
        return JsonResponse({"message": error.message}, status=400)
    url, thumb = _addresses(project, stored.sha256, me(request))
    return JsonResponse({"sha256": stored.sha256, "url": url, "thumb": thumb})


def _seen_version(request: HttpRequest) -> int:
    text = posted(request, "version", 12)
    return int(text) if text.isascii() and text.isdigit() else 0


def _show(
    request: HttpRequest,
    project: Project,
    tool: tools.Tool,
    draft: Draft,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    pool = current_pool(project)
    item, addresses = _sample(pool, tool, me(request))
    answered = Answer.objects.filter(project=project).exists()
    stored = {row["key"] for row in project.question.get("classes", [])}
    context = project_context(
        project,
        "question",
        pool,
        tool=tool,
        draft=draft,
        rows=[_row_context(row, project, me(request), fixed=answered and row.key in stored) for row in draft.rows],
        blank=Row(number=BLANK),
        extra=[
            {"field": one, "value": draft.extra.get(one.name, ""), "error": draft.errors.get(one.name)}
            for one in tool.extra_fields
        ],
        errors=_error_list(draft),
        answered=answered,
        many=len(draft.rows) > MANY_CLASSES,
        many_from=MANY_CLASSES,
        # A form shown again after somebody else's save still speaks of the version it was opened with.
        version=_seen_version(request) if request.method == "POST" else project.question_version,
        refusal=refusal,
        read_only=not rules.edit(role_of(project), False),
        item=item,
        media_address=addresses.pop("", ""),
        media_addresses=addresses,
        script=static(tool.script),
    )
    return render(request, "requester/question.html", context, status=status)


def _row_context(row: Row, project: Project, user: User, *, fixed: bool) -> dict[str, Any]:
    url, thumb = _addresses(project, row.example, user)
    return {"row": row, "fixed": fixed, "example_url": url, "thumb": thumb}


def _addresses(project: Project, sha256: str, user: User) -> tuple[str, str]:
    """Where this person gets an example image and its thumbnail; empty for anything that names none."""
    if not _SHA256.fullmatch(sha256):
        return "", ""
    return (
        media_url(project_id=project.pk, sha256=sha256, user_id=user.pk),
        media_url(project_id=project.pk, sha256=sha256, user_id=user.pk, thumb=True),
    )


def _sample(pool: Pool, tool: tools.Tool, user: User) -> tuple[dict[str, Any], dict[str, str]]:
    """An item to show the question with, and where its pictures are: the first of the pool, or the kind's own. One query."""
    task = Task.objects.filter(pool=pool).order_by("id").first()
    demo = tool.demo
    if task is None:
        paths = {"": demo.image, **demo.images} if demo.image else demo.images
        return demo.item, {name: static(path) for name, path in paths.items() if path}
    return task.data, media_urls(pool.project_id, task.data, user.pk)


def _error_list(draft: Draft) -> list[tuple[str, str, str]]:
    """(id of the input, what it is, message) of everything wrong, in the order of the page."""
    labels = {"prompt": "Question", "classes": "Classes", "": ""}
    found = [
        (f"id_{name}" if name in {"prompt", *draft.extra} else "", labels.get(name, name), text)
        for name, text in draft.errors.items()
    ]
    for place, row in enumerate(draft.rows, start=1):
        found += [
            (f"id_classes-{row.number}-{name}", f"Class {place}, {name}", text) for name, text in row.errors.items()
        ]
    return found
