"""Known answers on the requester's pages: from a table, from results, from oneself; shown, warned of, withdrawn."""

import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quorate.accounts.models import User
from tasks_app.domain.adding_tasks import fingerprint
from tasks_app.enums import ResultState, TaskKind
from tasks_app.models import Answer, Assignment, Check, KnownAnswer, Pool, Result, Task
from tasks_app.queries import known as reads
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def client(alice: User, client_for: ClientFor) -> Client:
    return client_for(alice)


def send(client: Client, pool: Pool, name: str, text: str, **more: str) -> Any:
    path = f"/p/{pool.project.public_id}/known-answers/upload/"
    return client.post(path, {"file": ContentFile(text.encode(), name=name), "kind": "gold", **more})


def golden() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in KnownAnswer.objects.select_related("task").order_by("pk"):
        found.setdefault(row.task.name or row.task.data["text"], []).append((row.value, row.weight, row.explanation))
    return found


# --- From a table -----------------------------------------------------------------------------------------------------
def test_csv_names_items_by_name_and_by_text(client: Client, open_pool: Pool) -> None:
    text = factories.item("text_classification", 1)["text"]
    Task.objects.filter(name="item-1").update(fingerprint=fingerprint({"text": text}))
    table = f"item,answer,weight,explanation\nitem-0,Cat,,Whiskers.\nitem-0,dog,0.5,\n{text},dog,,\nA new text,CAT,,\n"
    assert send(client, open_pool, "known.csv", table).status_code == 303
    assert golden() == {
        "item-0": [({"class": "cat"}, 1.0, "Whiskers."), ({"class": "dog"}, 0.5, "Whiskers.")],
        "item-1": [({"class": "dog"}, 1.0, "")],
        "A new text": [({"class": "cat"}, 1.0, "")],
    }
    assert Task.objects.filter(kind=TaskKind.GOLD).count() == 3


def test_boxes_come_as_json(client: Client, alice: User) -> None:
    pool = factories.make_open_pool(alice, kind="bounding_box")
    boxes = factories.answer_of("bounding_box", "cat")
    lines = (
        json.dumps({"item": "item-0", "answer": boxes}) + "\n" + json.dumps({"item": "item-1", "answer": {"boxes": []}})
    )
    assert send(client, pool, "known.jsonl", lines, kind="training").status_code == 303
    assert {name: rows[0][0] for name, rows in golden().items()} == {"item-0": boxes, "item-1": {"boxes": []}}
    assert set(Task.objects.exclude(kind=TaskKind.MAIN).values_list("kind", "slots_free")) == {("training", 0)}


def test_table_with_a_wrong_row_changes_nothing_and_names_it(client: Client, open_pool: Pool) -> None:
    response = send(client, open_pool, "known.csv", "item,answer\nitem-0,cat\nitem-1,cow\n")
    assert response.status_code == 422
    assert "line 3" in response.content.decode()
    assert golden() == {}


@pytest.mark.parametrize(
    ("name", "text"), [("a.png", "x"), ("a.csv", "text\nhello\n"), ("a.csv", ""), ("a.jsonl", "[[[[")]
)
def test_what_is_no_table_of_known_answers_is_refused(client: Client, open_pool: Pool, name: str, text: str) -> None:
    assert send(client, open_pool, name, text).status_code == 422


# --- From results and from oneself ------------------------------------------------------------------------------------
def test_result_and_answer_become_known(client: Client, open_pool: Pool, workers: list[User]) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat", "cat", "dog"])
    factories.aggregate(open_pool)
    first, second, _ = Task.objects.order_by("pk")
    base = f"/p/{open_pool.project.public_id}"
    html = client.get(f"{base}/results/{first.public_id}/").content.decode()
    assert "Make the result a known answer" in html
    for task, value in ((first, first.result.value), (second, {"class": "dog"})):
        path = f"{base}/known-answers/{task.public_id}/"
        assert client.post(path, {"value": json.dumps(value)}).status_code == 303
    assert {name: rows[0][0]["class"] for name, rows in golden().items()} == {"item-0": "cat", "item-1": "dog"}
    assert "Known, and hidden among the tasks" in client.get(f"{base}/results/{first.public_id}/").content.decode()


@pytest.mark.parametrize("value", ["", "nonsense", "[" * 5000, '{"class": "cow"}'])
def test_wrong_value_is_told_and_changes_nothing(client: Client, open_pool: Pool, value: str) -> None:
    task = open_pool.tasks.first()
    assert task is not None
    path = f"/p/{open_pool.project.public_id}/known-answers/{task.public_id}/"
    assert client.post(path, {"value": value}).status_code == 303
    assert golden() == {}


def test_settled_items_are_promoted_evenly(client: Client, alice: User) -> None:
    pool = factories.make_open_pool(alice, tasks=6)
    for number, task in enumerate(Task.objects.order_by("pk")):
        key, confidence = ("cat" if number < 4 else "dog"), 0.99 - number / 1000
        Result.objects.create(task=task, value={"class": key}, confidence=confidence, answers=3, method="test")
    Task.objects.update(state=ResultState.SETTLED)
    path = f"/p/{pool.project.public_id}/known-answers/promote/"
    assert client.post(path, {"count": "4"}).status_code == 303
    assert sorted(golden()) == ["item-0", "item-1", "item-4", "item-5"]
    assert client.post(path, {"count": "x"}).status_code == 303


def test_own_answers_become_known(client: Client, open_pool: Pool) -> None:
    base = f"/p/{open_pool.project.public_id}"
    html = client.get(f"{base}/try/").content.decode()
    tasks = list(Task.objects.order_by("pk"))
    assert all(task.public_id in html for task in tasks)
    given = [{"task": tasks[0].public_id, "answer": {"class": "dog"}, "explanation": "It barks."}]
    response = client.post(f"{base}/try/", {"answers": json.dumps(given), "kind": "training"})
    assert response["Location"] == f"{base}/known-answers/"
    assert golden() == {"item-0": [({"class": "dog"}, 1.0, "It barks.")]}
    assert Task.objects.get(pk=tasks[0].pk).kind == TaskKind.TRAINING


@pytest.mark.parametrize(
    "answers", ["", "7", "[7]", '[{"task": 1, "answer": 2}]', '[{"task": "\\u0000", "answer": {}}]']
)
def test_malformed_own_answers_are_none(client: Client, open_pool: Pool, answers: str) -> None:
    assert client.post(f"/p/{open_pool.project.public_id}/try/", {"answers": answers}).status_code == 303
    assert golden() == {}


# --- The page ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    client: Client, open_pool: Pool, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    rows = "".join(f"item-{number},cat\n" for number in range(count))
    send(client, open_pool, "a.csv", f"item,answer\n{rows}")
    client.get("/projects/")
    with django_assert_num_queries(12):
        html = client.get(f"/p/{open_pool.project.public_id}/known-answers/").content.decode()
    assert html.count("Withdraw item-") == count


def test_mixing_is_saved_and_a_withdrawn_item_is_ordinary(client: Client, open_pool: Pool) -> None:
    base = f"/p/{open_pool.project.public_id}/known-answers"
    send(client, open_pool, "a.csv", "item,answer\nitem-0,cat\n")
    assert client.post(f"{base}/mix/", {"share": "12.5", "overlap": "25"}).status_code == 303
    assert client.post(f"{base}/mix/", {"share": "12.5", "overlap": "24"}).status_code == 422
    open_pool.refresh_from_db()
    assert (open_pool.known_share, open_pool.known_overlap) == (0.125, 25)
    task = Task.objects.get(kind=TaskKind.GOLD)
    assert client.post(f"{base}/{task.public_id}/withdraw/").status_code == 303
    assert not Task.objects.exclude(kind=TaskKind.MAIN).exists()


def scored(pool: Pool, workers: list[User], scores: dict[int, list[float]]) -> None:
    """Checks of known items by their number: one score a worker."""
    for number, row in scores.items():
        task = Task.objects.get(name=f"item-{number}")
        Task.objects.filter(pk=task.pk).update(kind=TaskKind.GOLD)
        for worker, score in zip(workers, row, strict=True):
            held = Assignment.objects.filter(worker=worker).first() or factories.take(worker, pool)
            answer = Answer.objects.create(
                project=pool.project, task=task, worker=worker, assignment=held, value={"class": "cat"}, seconds=1
            )
            Check.objects.create(answer=answer, task=task, project=pool.project, worker=worker, score=score)


def test_leaked_and_contradicted_items_are_named(alice: User) -> None:
    workers = factories.make_workers(12)
    pool = factories.make_open_pool(alice, tasks=80, overlap_min=1)
    poor = {number: [float((number + place) % 4 == 0) for place in range(12)] for number in range(4)}
    scored(pool, workers, {**poor, 4: [1.0] * 12, 5: [0.0] * 12})
    leaked, contradicted = Task.objects.get(name="item-4"), Task.objects.get(name="item-5")
    assert reads.leaks(pool) == {leaked.pk}
    items, _ = reads.known_items(pool)
    warnings = {item.task.pk: item.warning for item in items if item.warning}
    assert warnings[leaked.pk] == "leaked"
    assert warnings[contradicted.pk] == "contradicted"
