"""Where contested items go: into a project of their own, for experts, at another price, or with the question split."""

from django.db import transaction

from quorate.accounts.models import User
from tasks_app.domain.adding_tasks import NewTask, add_tasks
from tasks_app.domain.projects import clone_project, record, share_media
from tasks_app.enums import ResultState, TaskKind
from tasks_app.errors import Conflict
from tasks_app.models import Pool, Project, Task
from tasks_app.tools import media_in

# More than this is no remainder: the question is wrong, and cloning the project with another one is the way.
MOST = 20_000


def send_contested(*, project: Project, actor: User, name: str) -> Project:
    """A new draft of `actor`'s own that asks the same of the contested items alone; they stay contested here.

    Question, instructions and price are copied and can be changed before the launch, as can who may take it. Raises Conflict
    where there is no contested item or more than MOST, Forbidden where `actor` is no requester, InvalidInput naming "name".
    """
    contested = Task.objects.filter(pool__project=project, kind=TaskKind.MAIN, state=ResultState.CONTESTED)
    with transaction.atomic():
        tasks = list(contested.order_by("pk")[: MOST + 1])
        if not tasks:
            raise Conflict("There is no contested item.")
        if len(tasks) > MOST:
            raise Conflict(f"More than {MOST:,} items are contested: clone the project and ask something else.")
        copy = clone_project(project=project, actor=actor, name=name)
        share_media(project, copy, {sha256 for task in tasks for sha256 in media_in(task.data).values()})
        pool = Pool.objects.select_for_update(of=("self",)).select_related("project").get(project=copy)
        added = add_tasks(pool=pool, items=[NewTask(task.data, task.name) for task in tasks], actor=actor)
        record(project, actor, "project.contested_sent", to=copy.public_id, items=added.created)
    return copy
