"""Results and exports: who may, filters, paging by key, what leaves the house and in which form."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from quorate.accounts.models import User
from quorate.events.models import Dirty
from tasks_app.domain import exporting, quality
from tasks_app.domain.consensus import aggregate_project
from tasks_app.domain.exporting import prepare_export, run_export, safe_cell
from tasks_app.enums import ExportState, ResultState, Role, TaskKind
from tasks_app.errors import InvalidInput
from tasks_app.models import Answer, Export, Pool, Project, Result, Task
from tasks_app.queries import results as reads
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def answered(open_pool: Pool, workers: list[User]) -> Pool:
    """Three tasks: everybody says cat, but for the last worker."""
    factories.answer_all(workers[:4], open_pool, ["cat", "cat", "cat", "dog"])
    Dirty.objects.update(due_at="2020-01-01T00:00:00+00:00")
    assert aggregate_project(open_pool.project_id)
    return open_pool


def body(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return str(content.decode())


def with_results(project: Project, values: list[tuple[str, float]]) -> list[Task]:
    """More tasks with made results: (class, confidence)."""
    pool = project.pools.get()
    tasks = factories.add_tasks(pool, len(values), first=1000)
    Result.objects.bulk_create(
        Result(
            task=task,
            value={"class": key},
            summary=key,
            classes=f"|{key}|",
            confidence=confidence,
            answers=3,
            disputed=1 - confidence,
            method="made",
        )
        for task, (key, confidence) in zip(tasks, values, strict=True)
    )
    return tasks


# --- Who may ----------------------------------------------------------------------------------------------------------
def test_results_and_exports_by_role(
    client_for: ClientFor, project: Project, alice: User, bob: User, charlie: User, admin: User, worker: User
) -> None:
    viewer = factories.make_user("vera", is_requester=True)
    factories.join(project, viewer, Role.VIEWER)
    task = Task.objects.filter(pool__project=project)[0]
    export = prepare_export(project=project, actor=alice, key="csv")
    run_export(export.pk)
    root = f"/p/{project.public_id}"
    reads_ = [
        f"{root}/results/",
        f"{root}/results/{task.public_id}/",
        f"{root}/export/",
        f"{root}/export/prepared/",
        f"{root}/export/now/csv/",
        f"{root}/export/files/{export.public_id}/",
    ]

    def codes(client: Client) -> set[int]:
        found = set()
        for path in reads_:
            response = client.get(path)
            body(response)
            found.add(response.status_code)
        return found

    for user in (alice, bob, viewer, admin):
        assert codes(client_for(user)) == {200}
        assert client_for(user).post(f"{root}/export/prepare/", {"format": "jsonl"}).status_code == 303
        assert client_for(user).get(f"{root}/export/prepare/").status_code == 405
    for user in (charlie, worker):
        assert codes(client_for(user)) == {404}
        assert client_for(user).post(f"{root}/export/prepare/", {"format": "csv"}).status_code == 404
    assert codes(Client()) == {302}


def test_results_of_another_project_are_not_found(
    client_for: ClientFor, project: Project, alice: User, open_pool: Pool
) -> None:
    task = open_pool.tasks.all()[0]
    export = prepare_export(project=open_pool.project, actor=alice, key="csv")
    run_export(export.pk)
    client = client_for(alice)
    assert client.get(f"/p/{project.public_id}/results/{task.public_id}/").status_code == 404
    assert client.get(f"/p/{project.public_id}/export/files/{export.public_id}/").status_code == 404


# --- Looking ----------------------------------------------------------------------------------------------------------
def test_result_page_shows_every_answer_under_code_names(
    client_for: ClientFor, answered: Pool, alice: User, admin: User, workers: list[User]
) -> None:
    quality.ban_worker(worker=workers[3], actor=admin, reason="Says dog to everything")
    task = answered.tasks.order_by("pk")[0]
    page = body(client_for(alice).get(f"/p/{answered.project.public_id}/results/{task.public_id}/"))
    given = Answer.objects.filter(task=task)
    for answer in given:
        assert reads.pseudonym(answered.project_id, answer.worker_id) in page
        assert answer.worker.name not in page
        assert answer.worker.email not in page
    result = Result.objects.get(task=task)
    assert result.why in page
    assert "How likely each class is" in page
    layers = json.loads(page.split('id="result-layers" type="application/json">')[1].split("</script>")[0])
    counting = given.filter(counts=True).count()
    assert [layer["label"] for layer in layers[:1]] == ["Result"]
    assert len(layers) == 1 + counting


def test_code_names_differ_between_projects_and_are_stable(worker: User) -> None:
    assert reads.pseudonym(1, worker.pk) == reads.pseudonym(1, worker.pk) != reads.pseudonym(2, worker.pk)


def names(client: Client, project: Project, query: str) -> list[str]:
    response = client.get(f"/p/{project.public_id}/results/{query}")
    assert response.status_code == 200
    return [row[0].name for row in response.context["rows"]]


def test_results_are_filtered(client_for: ClientFor, project: Project, alice: User) -> None:
    tasks = with_results(project, [("cat", 0.5), ("dog", 0.95), ("cat", 0.9)])
    Task.objects.filter(pk=tasks[1].pk).update(state=ResultState.SETTLED)
    client = client_for(alice)
    made = [task.name for task in tasks]
    assert len(names(client, project, "")) == 6
    assert names(client, project, "?class=cat") == [made[0], made[2]]
    assert names(client, project, "?class=ca") == []
    assert names(client, project, "?state=settled") == [made[1]]
    assert names(client, project, "?low=90") == [made[1], made[2]]
    assert names(client, project, "?low=60&high=92") == [made[2]]
    assert names(client, project, "?q=ITEM-1001") == [made[1]]
    assert names(client, project, "?sort=confidence") == [made[0], made[2], made[1]]
    assert names(client, project, "?sort=-disputed&view=gallery") == [made[0], made[2], made[1]]


@pytest.mark.parametrize(
    "query",
    [
        "?state=x",
        "?low=nan",
        "?low=inf&high=-5",
        "?after=~",
        "?after=nan~3",
        "?sort=confidence&after=nan~3",
        "?sort=confidence&after=1e400~1",
        "?after=~99999999999999999999",
        "?before=x~y",
        "?class=%00",
        "?q=%00",
        "?sort=pk",
        "?class=%25",
        "?view=%3Cscript%3E",
    ],
)
def test_results_survive_any_query(client_for: ClientFor, project: Project, alice: User, query: str) -> None:
    assert client_for(alice).get(f"/p/{project.public_id}/results/{query}").status_code == 200


@pytest.mark.parametrize("sort", ["", "confidence", "-confidence", "-disputed", "answers"])
def test_results_page_through_every_task_once_and_back(project: Project, sort: str) -> None:
    # Many ties: the row id decides among them, so no page repeats or misses one.
    with_results(project, [("cat", (number % 7) / 7 + 0.01) for number in range(60)])
    wanted = reads.Filter(sort=sort)
    seen: list[int] = []
    pages = []
    page = reads.page_of(project, wanted, size=7)
    while True:
        pages.append([task.pk for task in page.tasks])
        seen += pages[-1]
        if not page.older:
            break
        page = reads.page_of(project, wanted, after=page.older, size=7)
    assert len(seen) == len(set(seen)) == (60 if sort else 63)
    for expected in pages[-2::-1]:
        page = reads.page_of(project, wanted, before=page.newer, size=7)
        assert [task.pk for task in page.tasks] == expected
    assert page.newer == ""


def test_result_page_steps_through_the_filtered_order(project: Project) -> None:
    tasks = with_results(project, [("cat", 0.3), ("dog", 0.2), ("cat", 0.1)])
    middle = Task.objects.select_related("result").get(pk=tasks[0].pk)
    before, after = reads.neighbours(project, reads.Filter(class_key="cat", sort="confidence"), middle)
    assert (before, after) == (tasks[2], None)
    open_one = Task.objects.filter(pool__project=project, result=None).order_by("pk")[1]
    before, after = reads.neighbours(project, reads.Filter(sort="confidence"), open_one)
    assert before is not None
    assert after is not None


def test_results_cost_the_same_with_one_task_and_with_many(client_for: ClientFor, alice: User) -> None:
    client = client_for(alice)
    costs = []
    for tasks in (1, 50):
        project = factories.make_project(alice, kind="image_classification", tasks=0)
        with_results(project, [("cat", 0.5)] * tasks)
        for path in ("results/", "results/?view=gallery"):
            with CaptureQueriesContext(connection) as captured:
                client.get(f"/p/{project.public_id}/{path}")
            costs.append(len(captured))
    assert set(costs) == {6}


# --- Taking along -----------------------------------------------------------------------------------------------------
def test_export_csv_has_a_row_an_item(client_for: ClientFor, answered: Pool, alice: User) -> None:
    first = answered.tasks.order_by("pk")[0]
    Task.objects.filter(pk=first.pk).update(
        name="=HYPERLINK(1)", data={"text": "+1 \x01 Größe", "meta": {"site": "@north", "id": "-7"}}
    )
    Task.objects.create(pool=answered, kind=TaskKind.GOLD, data={"text": "hidden"}, overlap_max=1)
    response = client_for(alice).get(f"/p/{answered.project.public_id}/export/now/csv/")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="animals-20')
    assert response.headers["Content-Disposition"].endswith('.csv"')
    text = body(response)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert [row["item"] for row in rows] == [
        task.public_id for task in answered.tasks.filter(kind="main").order_by("pk")
    ]
    assert (rows[0]["name"], rows[0]["content"]) == ("'=HYPERLINK(1)", "'+1 \x01 Größe")
    assert (rows[0]["meta.site"], rows[0]["meta.id"]) == ("'@north", "'-7")
    result = Result.objects.get(task=first)
    assert (rows[0]["class"], rows[0]["class_name"]) == ("cat", "Cat")
    assert float(rows[0]["confidence"]) == pytest.approx(result.confidence, abs=1e-6)
    assert int(rows[0]["answers"]) == result.answers


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_safe_cell_disarms_formulas(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    assert safe_cell(-1.5) == -1.5
    assert safe_cell("a=1") == "a=1"


def test_export_jsonl_tells_where_each_result_comes_from(
    client_for: ClientFor, answered: Pool, alice: User, admin: User, workers: list[User]
) -> None:
    quality.ban_worker(worker=workers[0], actor=admin, reason="Spam")
    text = body(client_for(alice).get(f"/p/{answered.project.public_id}/export/now/jsonl/"))
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 3
    for line in lines:
        task = Task.objects.get(public_id=line["item"])
        stored = list(task.answers.order_by("pk"))
        assert [answer["answer"] for answer in line["answers"]] == [answer.public_id for answer in stored]
        assert {answer["worker"] for answer in line["answers"]} == {
            reads.pseudonym(answered.project_id, answer.worker_id) for answer in stored
        }
        assert line["result"]["confidence"] == task.result.confidence
        assert line["result"]["method"] == task.result.method
    mine = reads.pseudonym(answered.project_id, workers[0].pk)
    excluded = [answer for line in lines for answer in line["answers"] if answer["worker"] == mine]
    assert excluded
    assert {answer["counts"] for answer in excluded} == {False}
    assert "@example.org" not in text


def test_export_coco_lists_images_and_boxes(client_for: ClientFor, alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, kind="bounding_box")
    factories.answer_all(workers[:3], pool, ["cat", "cat", "cat"])
    Dirty.objects.update(due_at="2020-01-01T00:00:00+00:00")
    aggregate_project(pool.project_id)
    coco = json.loads(body(client_for(alice).get(f"/p/{pool.project.public_id}/export/now/coco/")))
    assert [image["file_name"] for image in coco["images"]] == [f"photo-{number}.jpg" for number in range(3)]
    assert [(box["image_id"], box["bbox"]) for box in coco["annotations"]] == [
        (number, [10.0, 10.0, 100.0, 80.0]) for number in (1, 2, 3)
    ]


def test_export_in_a_format_the_kind_has_not_is_refused(client_for: ClientFor, project: Project, alice: User) -> None:
    client = client_for(alice)
    for form in ("coco", "xml", "%00"):
        assert client.get(f"/p/{project.public_id}/export/now/{form}/").status_code == 400
    assert client.post(f"/p/{project.public_id}/export/prepare/", {"format": "coco"}).status_code == 400
    assert not Export.objects.exists()


def test_export_streams_in_a_fixed_number_of_queries(answered: Pool) -> None:
    form = exporting.FORMATS["jsonl"]
    costs = []
    for more in (0, 100, 300):
        factories.add_tasks(answered, more, first=more * 1000 + 10)
        with CaptureQueriesContext(connection) as captured:
            lines = "".join(exporting.chunks(answered.project, form)).splitlines()
        costs.append((len(captured), len(lines)))
    assert costs == [(4, 3), (4, 103), (4, 403)]


def test_export_in_portions_misses_none(answered: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks_app.queries import export

    monkeypatch.setattr(export, "PORTION", 2)
    lines = "".join(exporting.chunks(answered.project, exporting.FORMATS["jsonl"])).splitlines()
    assert len(lines) == 3


def test_large_export_is_prepared_by_a_job(
    client_for: ClientFor, answered: Pool, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "DIRECT_TASKS", 2)
    client = client_for(alice)
    root = f"/p/{answered.project.public_id}/export/"
    assert client.get(f"{root}now/csv/").headers["Location"] == root
    assert client.post(f"{root}prepare/", {"format": "csv"}).status_code == 303
    export = Export.objects.get()
    assert 'hx-trigger="every 1s"' in body(client.get(root))
    assert client.get(f"{root}files/{export.public_id}/").status_code == 404
    assert run_export(export.pk)
    assert not Dirty.objects.filter(topic="export").exists()
    export.refresh_from_db()
    assert (export.state, export.rows) == (ExportState.DONE, 3)
    page = body(client.get(f"{root}prepared/"))
    assert "every 1s" not in page
    assert f"files/{export.public_id}/" in page
    file = client.get(f"{root}files/{export.public_id}/")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert body(file) == "".join(exporting.chunks(answered.project, exporting.FORMATS["csv"]))


def test_export_job_killed_in_the_middle_begins_anew(
    answered: Pool, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = prepare_export(project=answered.project, actor=alice, key="jsonl")
    real = exporting.chunks

    def dies(*arguments: Any) -> Any:
        yield "half"
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "chunks", dies)
    with pytest.raises(KeyboardInterrupt):
        run_export(export.pk)
    monkeypatch.setattr(exporting, "chunks", real)
    # The dead process's lease holds for a while, then the relay rings again.
    assert run_export(export.pk) is False
    Dirty.objects.update(due_at="2020-01-01T00:00:00+00:00")
    assert run_export(export.pk)
    export.refresh_from_db()
    with default_storage.open(export.storage_name) as file:
        assert len(file.read().splitlines()) == 3


def test_prepared_exports_are_kept_for_a_while(answered: Pool, alice: User) -> None:
    made = [prepare_export(project=answered.project, actor=alice, key="csv").pk for _ in range(12)]
    assert sorted(Export.objects.values_list("pk", flat=True)) == made[2:]


@pytest.mark.parametrize(
    ("name", "file"), [('a"; rm -rf /\r\nX: y', "a-rm-rf-x-y"), ("../../etc", "etc"), ("日本", "results"), ("=1", "1")]
)
def test_export_file_names_are_safe(project: Project, name: str, file: str) -> None:
    project.name = name
    made = exporting.file_name(project, exporting.FORMATS["csv"])
    assert made.rsplit("-", 3)[0] == file


def test_format_of_names_its_field(project: Project) -> None:
    with pytest.raises(InvalidInput) as caught:
        exporting.format_of(project, "coco")
    assert list(caught.value.fields) == ["format"]
