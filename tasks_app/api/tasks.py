"""Tasks and results as the requester reads them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.accounts.models import User
from tasks_app import rules
from tasks_app.api import lists, payloads
from tasks_app.api import serializers as shapes
from tasks_app.api.reading import FilmParser, ImageParser, SoundParser, body, caller, media_body
from tasks_app.api.schema import described
from tasks_app.domain.bringing_items import bring_items
from tasks_app.domain.storing_recordings import store_media
from tasks_app.models import Answer, Task
from tasks_app.queries import api_lists, gate
from tasks_app.queries.api_pseudonyms import pseudonym
from tasks_app.queries.media import media_url, shown


class Tasks(APIView):
    @described("tasks_list", tag="tasks", returns=lists.paged("Task", shapes.Task), query=(lists.TaskFilters,))
    def get(self, request: Request, pool: str) -> Response:
        """A pool's tasks with their results, newest first."""
        user = caller(request)
        found = gate.pool(user, pool)
        wanted = lists.filters(request, lists.TaskFilters)
        rows = api_lists.tasks_of(found, state=wanted.get("state", ""))
        return lists.page(self, request, rows, lambda row: described_task(row, found.project_id, user))

    @described("tasks_create", tag="tasks", takes=shapes.NewTasks, returns=shapes.NewTasksReceipt, status=201)
    def post(self, request: Request, pool: str) -> Response:
        """Add items in bulk: all of them, or none. Items the pool has already are left out, so a retry is harmless."""
        user = caller(request)
        found = gate.pool(user, pool, rules.edit)
        added = bring_items(pool=found, actor=user, items=body(request, shapes.NewTasks)["items"])
        return Response({"created": added.created, "duplicates": added.duplicates}, status=201)


class Media(APIView):
    parser_classes = (ImageParser, SoundParser, FilmParser)

    @described(
        "media_create",
        tag="tasks",
        takes=dict.fromkeys(("image/png", "image/jpeg", "image/webp", "audio/*", "video/*"), OpenApiTypes.BINARY),
        returns=shapes.StoredMedia,
        status=201,
    )
    def post(self, request: Request, project: str) -> Response:
        """Store an image, a sound or a film: its bytes are the body; again is harmless. An image is turned upright, stripped and re-encoded."""
        found = gate.project(caller(request), project, rules.edit)
        return Response(shown(store_media(project=found, data=media_body(request), name="file")), status=201)


class OneTask(APIView):
    @described("tasks_read", tag="tasks", returns=shapes.TaskDetail)
    def get(self, request: Request, task: str) -> Response:
        """A task with its result and every answer."""
        user = caller(request)
        found = gate.task(user, task)
        project_id = found.pool.project_id
        answers = Answer.objects.filter(task=found, superseded_by=None).order_by("id")
        rows = [payloads.answer(row, worker=pseudonym(project_id, row.worker_id)) for row in answers]
        return Response(described_task(found, project_id, user) | {"answers": rows})


class Results(APIView):
    @described(
        "results_list", tag="results", returns=lists.paged("Result", shapes.Result), query=(lists.ResultFilters,)
    )
    def get(self, request: Request, project: str) -> Response:
        """A project's results, newest task first."""
        found = gate.project(caller(request), project)
        rows = api_lists.results_of(found, lists.filters(request, lists.ResultFilters))
        return lists.page(self, request, rows, lambda row: payloads.result(row, row.task), ordering="-task_id")


def described_task(row: Task, project_id: int, user: User) -> dict[str, Any]:
    return payloads.task(row, media_url=lambda sha256: media_url(project_id=project_id, sha256=sha256, user_id=user.pk))
