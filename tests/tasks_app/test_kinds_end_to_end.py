"""Each kind the whole way: made, items from a table, launched, answered by a simulated crowd, settled, exported, shown."""

import csv
import io
import json
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain import exporting, handing_out, importing, projects, publishing, submitting, uploading
from tasks_app.domain.crowd import Manner, Person
from tasks_app.enums import ImportState, ResultState
from tasks_app.models import Import, Pool, Project, Result, Task
from tests import factories
from tests.tasks_app.recordings import mp4
from tests.tasks_app.tools.samples import RAW

ITEMS = 4
PEOPLE = 6


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def photo(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, shade, 90)).save(out, "PNG")
    return out.getvalue()


def sound(pitch: int) -> bytes:
    """Six seconds of WAV, unlike that of any other number."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(1000)
        file.writeframes(bytes((place * pitch) % 256 for place in range(6000)))
    return out.getvalue()


def film(number: int) -> bytes:
    """The head of an MP4, unlike that of any other number."""
    return mp4(b"avc1", milliseconds=6000) + bytes([number]) * 8


FILES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "image": ("png", photo),
    "audio": ("wav", sound),
    "video": ("mp4", film),
}


def table(kind: str) -> tuple[str, list[tuple[str, bytes]]]:
    """A JSONL table of ITEMS rows in which the item's own column is called `content`, and the files it names."""
    tool = tools.get(kind)
    item = RAW[kind][1]
    lines, files = [], []
    for number in range(ITEMS):
        row: dict[str, Any] = {"content": f"{item.get('text', '')} {number}", "origin": "a shelf"}
        if tool.media in FILES:
            ending, make = FILES[tool.media]
            row["content"] = f"item-{number}.{ending}"
            files.append((f"item-{number}.{ending}", make(number + 1)))
        for column in tool.columns:
            if column.name in item and column.kind in FILES:
                ending, make = FILES[column.kind]
                row[column.name.upper()] = f"{column.name}-{number}.{ending}"
                files.append((f"{column.name}-{number}.{ending}", make(100 + number)))
            elif column.name in item:
                content = item[column.name]
                row[column.name.upper()] = content if isinstance(content, str) else json.dumps(content)
        lines.append(json.dumps(row))
    return "\n".join(lines), files


def bring(pool: Pool, owner: User, kind: str) -> Import:
    text, files = table(kind)
    batch = uploading.open_import(pool=pool, actor=owner, name="items")
    for name, content in [("items.jsonl", text.encode()), *files]:
        uploading.add_file(batch=batch, file=SimpleUploadedFile(name, content), name=name, upload_key=name)
    uploading.start_import(batch=batch, actor=owner, column="content")
    while not importing.run_import_slice(batch.pk):
        pass
    return Import.objects.get(pk=batch.pk)


def work(pool: Pool, crowd: Sequence[tuple[User, Person]]) -> None:
    tool, project = tools.get(pool.project.kind), pool.project
    for user, person in crowd:
        while (taken := handing_out.take(worker=user, pool=pool.public_id)).assignment is not None:
            given = []
            for slot in taken.assignment.slots.select_related("task"):
                item = slot.task.data
                truth = tool.invent(project.question, item, np.random.default_rng(slot.task_id))
                answer = person.answer(tool, project.public_id, project.question, item, truth)
                given.append(submitting.Submitted(task=slot.task.public_id, answer=answer, seconds=1.0))
            submitting.submit(worker=user, assignment=taken.assignment.public_id, answers=given)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [tool.kind for tool in tools.all_tools()])
def test_from_a_table_to_an_export(alice: User, client_for: Callable[[User], Client], kind: str) -> None:
    tool = tools.get(kind)
    project = projects.create_project(
        owner=alice, kind=kind, name="Whole way", question=RAW[kind][0], instructions="Look closely."
    )
    pool = project.pools.get()
    Pool.objects.filter(pk=pool.pk).update(overlap_min=PEOPLE, overlap_max=PEOPLE)
    batch = bring(pool, alice, kind)
    assert (batch.state, batch.good_rows, batch.bad_rows) == (ImportState.DONE, ITEMS, 0), list(batch.problems.values())
    pool = publishing.launch(pool=Pool.objects.select_related("project").get(pk=pool.pk), actor=alice)
    people = factories.make_workers(PEOPLE)
    work(pool, [(user, Person(Manner.HAMMER, number, 3)) for number, user in enumerate(people)])
    factories.aggregate(pool)
    results = list(Result.objects.filter(task__pool=pool).select_related("task"))
    assert len(results) == ITEMS
    assert {result.answers for result in results} == {PEOPLE}
    assert set(Task.objects.filter(pool=pool).values_list("state", flat=True)) <= {
        ResultState.SETTLED,
        ResultState.CONTESTED,
    }
    check_exports(project, tool)
    check_pages(client_for(alice), project, results[0].task)


def check_exports(project: Project, tool: tools.Tool) -> None:
    for form in exporting.formats_of(project):
        text = "".join(exporting.chunks(project, form))
        if form.key == "csv":
            rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
            assert len(rows) == ITEMS
            assert {row["meta.origin"] for row in rows} == {"a shelf"}
            assert {*tool.csv_columns(project.question), *(column.name for column in tool.columns)} <= rows[0].keys()
        elif form.key == "jsonl":
            assert [len(json.loads(line)["answers"]) for line in text.splitlines()] == [PEOPLE] * ITEMS
        else:
            json.loads(text)


def check_pages(client: Client, project: Project, task: Task) -> None:
    for name, args in [
        ("project", ()), ("question", ()), ("items", ()), ("item", (task.public_id,)), ("results", ()),
        ("result", (task.public_id,)),
    ]:  # fmt: skip
        assert client.get(reverse(f"requester:{name}", args=[project.public_id, *args])).status_code == 200, name
