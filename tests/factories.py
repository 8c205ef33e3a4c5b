"""The cast and its things, made by the product's own verbs. alice owns, bob is her colleague, charlie is a stranger."""

from collections.abc import Iterable, Sequence
from typing import Any

from quorate.accounts.models import User
from quorate.common.money import MICRO
from quorate.events.models import Dirty
from quorate.ledger import book
from tasks_app.domain import handing_out, projects, publishing, submitting
from tasks_app.domain.consensus import aggregate_project
from tasks_app.enums import Role, Topic
from tasks_app.models import Assignment, Membership, Pool, Project, Task

PASSWORD = "correct horse battery"
CLASSES = [{"key": "cat", "name": "Cat"}, {"key": "dog", "name": "Dog"}]
QUESTIONS: dict[str, dict[str, Any]] = {
    "image_classification": {"prompt": "Which animal is it?", "classes": CLASSES},
    "text_classification": {"prompt": "Which animal is it about?", "classes": CLASSES},
    "bounding_box": {"prompt": "Draw a box around every animal.", "classes": CLASSES},
    "image_grid": {"prompt": "Select every cat.", "classes": CLASSES},
    "mask": {"prompt": "Paint over every animal.", "classes": CLASSES},
}


def make_user(name: str, **values: Any) -> User:
    """A person who can sign in with PASSWORD; a worker unless told otherwise."""
    user = User(email=f"{name}@example.org", name=name.capitalize(), **values)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_workers(count: int, *, prefix: str = "worker") -> list[User]:
    """Workers who never sign in with a password (hashing one costs more than the rest of a test)."""
    return User.objects.bulk_create(
        User(email=f"{prefix}{number}@example.org", name=f"{prefix} {number}", password="!") for number in range(count)
    )


def fund(user: User, amount: int = 1000 * MICRO, ref: str = "") -> None:
    """Money on a requester's balance."""
    book.deposit(requester=user, amount=amount, actor=user, ref=ref or f"test-{user.pk}")


def item(kind: str, number: int) -> dict[str, Any]:
    """The data of one task."""
    if kind == "text_classification":
        return {"text": f"Text number {number}: it sat on the mat."}
    return {"image": f"{number:064x}", "width": 640, "height": 480, "name": f"photo-{number}.jpg"}


def add_tasks(pool: Pool, count: int, *, first: int = 0) -> list[Task]:
    """Tasks of a draft pool, queued in order."""
    return Task.objects.bulk_create(
        Task(
            pool=pool,
            name=f"item-{number}",
            data=item(pool.project.kind, number),
            overlap_max=pool.overlap_max,
            queue_key=number * 1000,
        )
        for number in range(first, first + count)
    )


def make_project(
    owner: User, *, kind: str = "text_classification", tasks: int = 3, name: str = "Animals", **pool_values: Any
) -> Project:
    """A project ready to launch."""
    project = projects.create_project(
        owner=owner, kind=kind, name=name, question=QUESTIONS[kind], instructions="Look **closely**."
    )
    pool = project.pools.get()
    for field, value in pool_values.items():
        setattr(pool, field, value)
    pool.save()
    pool.project = project
    add_tasks(pool, tasks)
    return project


def make_open_pool(owner: User, **values: Any) -> Pool:
    """A launched pool; its owner must have money."""
    return publishing.launch(pool=make_project(owner, **values).pools.select_related("project").get(), actor=owner)


def join(project: Project, user: User, role: Role) -> None:
    """A membership."""
    Membership.objects.create(project=project, user=user, role=role)


def answer_of(kind: str, label: str) -> dict[str, Any]:
    """A canonical answer that says `label`."""
    if kind == "bounding_box":
        return {"boxes": [{"class": label, "x1": 10.0, "y1": 10.0, "x2": 110.0, "y2": 90.0}]}
    return {"class": label}


def take(worker: User, pool: Pool) -> Assignment:
    """The worker's next assignment; there must be one."""
    taken = handing_out.take(worker=worker, pool=pool.public_id)
    assert taken.assignment is not None, taken.reason
    return taken.assignment


def answer(worker: User, pool: Pool, label: str = "cat", *, seconds: float = 0.0) -> Assignment:
    """The worker takes a page and says `label` to every task in it."""
    held = take(worker, pool)
    return hand_in(worker, held, label, seconds=seconds)


def hand_in(worker: User, held: Assignment, label: str = "cat", *, seconds: float = 0.0) -> Assignment:
    """The worker answers every task of an assignment with `label`."""
    kind = held.pool.project.kind
    given = [
        submitting.Submitted(task=slot.task.public_id, answer=answer_of(kind, label), seconds=seconds)
        for slot in held.slots.select_related("task").filter(released_at=None)
    ]
    return submitting.submit(worker=worker, assignment=held.public_id, answers=given).assignment


def answer_all(workers: Iterable[User], pool: Pool, labels: Sequence[str]) -> None:
    """Each worker answers, with the label of the same rank, whatever the pool hands out until there is nothing left."""
    for worker, label in zip(workers, labels, strict=True):
        while (taken := handing_out.take(worker=worker, pool=pool.public_id)).assignment is not None:
            hand_in(worker, taken.assignment, label)


def aggregate(pool: Pool) -> None:
    """Run the aggregation job until it has nothing left to do, the quiet refit included."""
    while Dirty.objects.filter(topic=Topic.AGGREGATE).exists():
        Dirty.objects.update(due_at="2000-01-01T00:00:00Z")
        aggregate_project(pool.project_id)
