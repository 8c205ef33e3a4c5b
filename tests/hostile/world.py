"""Alice's things, and the people who try them: each address × each role × each method meets one of these."""

import io
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from PIL import Image

from quorate.accounts import linking
from quorate.accounts.models import Link, User
from quorate.accounts.people import create_api_key, invite
from tasks_app.domain import appealing, publishing, quality, rejecting, ruling, skills, uploading
from tasks_app.domain.reporting import report
from tasks_app.domain.storing_images import store_image
from tasks_app.enums import ExportState, Role, TaskKind
from tasks_app.models import Course, Export, Firing, Pool, Project, Rejection, Result, Task
from tasks_app.queries.media import media_url
from tests import factories

SECRET = "Zwetschgenkuchen"
ROLES = ("anonymous", "stranger", "worker", "viewer", "editor", "owner", "admin")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Address:
    """A URL pattern: its namespaced name, its parameters, whether it is the API's."""

    name: str
    route: str
    parameters: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.name.startswith(("api:", "media:"))


@dataclass
class World:
    """Alice owns everything here; `people` by role, None is nobody; `values` by parameter or "name parameter"."""

    people: dict[str, User | None]
    values: dict[str, str]
    project: Project
    pool: Pool
    strangers_project: Project

    def client(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        person = self.people[role]
        if person is not None:
            client.force_login(person)
        return client

    def value(self, name: str, parameter: str) -> str:
        """What stands for a parameter of this address. KeyError: say it in build()."""
        return self.values.get(f"{name} {parameter}", self.values[parameter])


def addresses() -> list[Address]:
    """Every URL pattern of the project."""
    return list(_walk(get_resolver().url_patterns, "", "", ()))


def _walk(patterns: Any, prefix: str, space: str, above: tuple[str, ...]) -> Any:
    for entry in patterns:
        names = (*above, *entry.pattern.regex.groupindex)
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, route, inner, names)
        elif isinstance(entry, URLPattern):
            yield Address(f"{space}{entry.name or route}", route, names)


def build() -> World:
    alice = factories.make_user("alice", is_requester=True)
    bob = factories.make_user("bob", is_requester=True)
    charlie = factories.make_user("charlie", is_requester=True)
    vera = factories.make_user("vera", is_requester=True, is_worker=False)
    willa = factories.make_user("willa")
    admin = factories.make_user("admin", is_admin=True, is_worker=False)
    factories.fund(alice)
    factories.fund(charlie)
    project = factories.make_project(alice, tasks=4, name=f"{SECRET} of Alice")
    factories.join(project, bob, Role.EDITOR)
    factories.join(project, vera, Role.VIEWER)
    otto = factories.make_user("otto")
    factories.join(project, otto, Role.VIEWER)
    pool = publishing.launch(pool=project.pools.select_related("project").get(), actor=alice)
    refused = factories.answer(willa, pool)
    rejecting.reject(assignment=refused, actor=alice, reason="Empty.", evidence=SECRET)
    held = factories.take(willa, pool)
    strangers = factories.make_project(charlie, tasks=2, name="Charlie's own")
    Task.objects.filter(pk=Task.objects.filter(pool=pool).order_by("-id")[0].pk).update(
        kind=TaskKind.TRAINING, slots_free=0
    )
    Course.objects.create(project=project, enabled=True, questions=1)
    ruled = _rule(project, alice, willa)
    skill = skills.create_skill(owner=alice, name=f"{SECRET} skill")
    task = Task.objects.filter(pool=pool).order_by("id")[0]
    Result.objects.create(
        task=task, value={"class": "cat"}, summary=SECRET, classes="|cat|", confidence=0.9, answers=1, method="test"
    )
    values = {
        "project": project.public_id,
        "pool": pool.public_id,
        "task": task.public_id,
        "assignment": held.public_id,
        "held task": held.slots.get().task.public_id,
        "user": otto.public_id,
        "worker": willa.public_id,
        "person": bob.public_id,
        "skill": skill.public_id,
        "rejection": Rejection.objects.get().public_id,
        "form": "csv",
        "action": "pause",
        "requester:upload_act action": "drop",
    }
    told = report(worker=willa, assignment=held.public_id, task=values["held task"], about="other", text=SECRET)
    values["report"] = told.public_id
    values |= ruled
    values |= _upload(pool, alice) | _export(project, alice) | _picture(project, alice) | _people(admin, alice)
    return World(
        people={
            "anonymous": None,
            "stranger": charlie,
            "worker": willa,
            "viewer": vera,
            "editor": bob,
            "owner": alice,
            "admin": admin,
        },
        values=values,
        project=project,
        pool=pool,
        strangers_project=strangers,
    )


def _upload(pool: Pool, alice: User) -> dict[str, str]:
    batch = uploading.open_import(pool=pool, actor=alice, name=f"{SECRET}.csv")
    uploading.add_file(batch=batch, file=ContentFile(b"text\nhello\n", name="a.csv"), name="a.csv", upload_key="one")
    return {"upload": batch.public_id}


def _rule(project: Project, alice: User, willa: User) -> dict[str, str]:
    """A rule of Alice's that applied to Willa, and an appeal by somebody else."""
    when = [{"measure": "skips", "is": "above", "value": 900}]
    rule = ruling.add_rule(project=project, actor=alice, body={"when": when, "window": 5, "then": [{"do": "warn"}]})
    fired = {
        "rule": rule,
        "project": project,
        "body": rule.body,
        "evidence": [{**rule.body["when"][0], "found": 1.0, "count": 1}],
    }
    firing = Firing.objects.create(worker=willa, last_answer=1, **fired)
    other = factories.make_user("appellant")
    appeal = appealing.appeal(
        worker=other, firing=Firing.objects.create(worker=other, last_answer=1, **fired), text="No."
    )
    return {"rule": rule.public_id, "firing": firing.public_id, "appeal": appeal.public_id, "preset": "skips"}


def _export(project: Project, alice: User) -> dict[str, str]:
    name = default_storage.save("exports/hostile/result.csv", ContentFile(SECRET.encode()))
    export = Export.objects.create(
        project=project, format="csv", created_by=alice, state=ExportState.DONE, storage_name=name
    )
    return {"export": export.public_id}


def _picture(project: Project, alice: User) -> dict[str, str]:
    """An image's address, signed for Alice."""
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "#123456").save(file, "PNG")
    file.seek(0)
    media = store_image(project=project, data=file, name="a.png")
    url = media_url(project_id=project.pk, sha256=media.sha256, user_id=alice.pk)
    return {"media:image token": url.split("/")[2], "media:thumb token": url.split("/")[2], "sha256": media.sha256}


def _link(idle: User) -> Link:
    """Two accounts on one browser."""
    for person in (idle, factories.make_user("idle-too")):
        linking.came_in(user=person, device="one browser")
    return Link.objects.get()


def _people(admin: User, alice: User) -> dict[str, str]:
    idle = factories.make_user("idle")
    restriction = quality.pause_worker(worker=idle, actor=admin, reason="Away.")
    invitation, token = invite(by=admin, email="new@example.org")
    key, _ = create_api_key(user=alice, name="Alice's")
    return {
        "control:lift worker": idle.public_id,
        "restriction": restriction.public_id,
        "invite": invitation.public_id,
        "token": token,
        "public_id": key.public_id,
        "link": _link(idle).public_id,
    }
