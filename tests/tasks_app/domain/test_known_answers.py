"""Known answers: made and withdrawn, mixed into pages, scored, believed by the fit, and paid for."""

import pytest

from quorate.accounts.models import User
from quorate.events.models import Dirty, Event
from quorate.ledger import book
from quorate.ledger.models import AccountKind
from tasks_app.domain import handing_out, judging, known_answers, publishing, reviewing
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.enums import Lane, TaskKind, Topic
from tasks_app.errors import InvalidInput
from tasks_app.models import Answer, Check, KnownAnswer, Pool, Result, Standing, Task, WorkerStats
from tasks_app.queries import export, gate, market, results
from tests import factories


def known(pool: Pool, *tasks: Task, label: str = "cat", kind: TaskKind = TaskKind.GOLD) -> None:
    entries = [Known(task, [RightAnswer(factories.answer_of(pool.project.kind, label))]) for task in tasks]
    known_answers.make_known(pool=pool, actor=pool.project.created_by, entries=entries, kind=kind)
    pool.refresh_from_db()


def judge(pool: Pool) -> None:
    while Dirty.objects.filter(topic=Topic.JUDGE).exists():
        judging.judge_project(pool.project_id)


def tasks_of(pool: Pool) -> list[Task]:
    return list(Task.objects.filter(pool=pool).order_by("pk"))


def always(pool: Pool, share: float = 0.5) -> None:
    """Half of every page of two is known."""
    Pool.objects.filter(pk=pool.pk).update(known_share=share)


def kinds_on(pool: Pool, worker: User) -> list[str]:
    held = factories.take(worker, pool)
    return [slot.task.kind for slot in held.slots.select_related("task").order_by("position")]


def make(alice: User, **values: int) -> Pool:
    return factories.make_open_pool(alice, **{"tasks": 8, "tasks_per_assignment": 2, **values})


# --- Making and withdrawing -------------------------------------------------------------------------------------------
def test_known_item_leaves_results_exports_and_counts(alice: User, workers: list[User]) -> None:
    pool = make(alice)
    factories.answer_all(workers[:3], pool, ["cat"] * 3)
    factories.aggregate(pool)
    known(pool, tasks_of(pool)[0])
    assert export.task_count(pool.project) == 7
    assert sum(results.state_counts(pool.project).values()) == 7
    assert Result.objects.count() == 7
    factories.aggregate(pool)
    assert Result.objects.count() == 7
    assert pool.has_known


def test_known_places_are_held_at_once_and_given_back_at_the_end(alice: User) -> None:
    pool = make(alice)
    account = book.find(AccountKind.HELD, ref=pool.public_id)
    before = book.balance(account)
    known(pool, *tasks_of(pool)[:2])
    # Seven places each were held already, twenty are wanted.
    assert book.balance(account) - before == pool.reward * 2 * 13 // 2
    assert (
        list(Task.objects.filter(kind=TaskKind.GOLD).values_list("slots_free", "overlap_max", "lane"))
        == [(20, 20, Lane.KNOWN)] * 2
    )
    publishing.close(pool=pool, actor=alice)
    assert book.balance(account) == 0


def test_known_before_the_launch_is_held_with_the_rest(alice: User) -> None:
    pool = factories.make_project(alice, tasks=4).pools.select_related("project").get()
    known(pool, tasks_of(pool)[0])
    pool = publishing.launch(pool=pool, actor=alice)
    assert book.balance(book.find(AccountKind.HELD, ref=pool.public_id)) == pool.reward * (3 * 7 + 20)
    assert Task.objects.get(kind=TaskKind.GOLD).slots_free == 20
    assert set(Task.objects.filter(kind=TaskKind.MAIN).values_list("slots_free", flat=True)) == {3}


def test_withdrawn_item_is_asked_like_all_others(alice: User) -> None:
    pool = make(alice)
    task = tasks_of(pool)[0]
    known(pool, task)
    known_answers.withdraw(task=Task.objects.select_related("pool").get(pk=task.pk), actor=alice)
    factories.aggregate(pool)
    again = Task.objects.get(pk=task.pk)
    assert (again.kind, again.slots_free, again.lane) == (TaskKind.MAIN, 3, Lane.WANTED)
    pool.refresh_from_db()
    assert not pool.has_known
    assert not KnownAnswer.objects.exists()
    verbs = list(Event.objects.filter(verb__startswith="pool.known").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["pool.known_added", "pool.known_withdrawn"]


def test_wrong_answer_is_refused_by_name(alice: User) -> None:
    pool = make(alice)
    first, second = tasks_of(pool)[:2]
    entries = [
        Known(first, [RightAnswer({"class": "cat"}), RightAnswer({"class": "cow"}, 2)]),
        Known(second, [], "x" * 1001),
    ]
    with pytest.raises(InvalidInput) as refused:
        known_answers.make_known(pool=pool, actor=alice, entries=entries)
    assert set(refused.value.fields) == {
        "0.answers.1.class",
        "0.answers.1.weight",
        "1.answers",
        "1.explanation",
    }
    assert not KnownAnswer.objects.exists()


def test_mixing_is_bounded_and_widening_is_held(alice: User) -> None:
    pool = make(alice)
    known(pool, tasks_of(pool)[0])
    account = book.find(AccountKind.HELD, ref=pool.public_id)
    before = book.balance(account)
    known_answers.set_mixing(pool=pool, actor=alice, share=0.1, overlap=30)
    assert book.balance(account) - before == pool.reward * 10 // 2
    assert Task.objects.get(kind=TaskKind.GOLD).slots_free == 30
    for share, overlap, field in ((0.6, 30, "share"), (0.1, 29, "overlap"), (0.1, 1001, "overlap")):
        with pytest.raises(InvalidInput) as refused:
            known_answers.set_mixing(pool=pool, actor=alice, share=share, overlap=overlap)
        assert set(refused.value.fields) == {field}


# --- Handing out ------------------------------------------------------------------------------------------------------
def test_page_holds_its_share_of_known_answers_and_none_twice(alice: User, worker: User) -> None:
    pool = make(alice)
    always(pool)
    known(pool, *tasks_of(pool)[:2])
    for _ in range(2):
        assert sorted(kinds_on(pool, worker)) == ["gold", "main"]
    # Both are met: what is left are pages of the others.
    assert kinds_on(pool, worker) == ["main", "main"]


def test_known_answers_stand_anywhere_on_a_page(alice: User, workers: list[User]) -> None:
    pool = make(alice, tasks=40)
    always(pool)
    known(pool, *tasks_of(pool)[:20])
    firsts = {kinds_on(pool, worker)[0] for worker in workers for _ in range(5)}
    assert firsts == {"gold", "main"}


def test_page_of_known_answers_alone_is_never_handed_out(alice: User, worker: User) -> None:
    pool = make(alice, tasks=2, tasks_per_assignment=1)
    always(pool)
    known(pool, tasks_of(pool)[0])
    Task.objects.filter(pool=pool, kind=TaskKind.MAIN).update(slots_free=0)
    assert handing_out.take(worker=worker, pool=pool.public_id).reason == "no_tasks"


def test_market_and_example_do_not_speak_of_known_answers(alice: User, worker: User) -> None:
    pool = make(alice)
    known(pool, tasks_of(pool)[0])
    assert market.one_offer(worker, pool).left == 7
    example = market.example_item(pool)
    assert example is not None
    assert example["text"] == factories.item("text_classification", 1)["text"]


def test_share_falls_for_the_reliable(alice: User, worker: User) -> None:
    pool = make(alice)
    known(pool, tasks_of(pool)[0])
    assert gate.market(worker, pool.public_id).known_factor == 1.0
    Standing.objects.create(project=pool.project, worker=worker, known_factor=0.25)
    assert gate.market(worker, pool.public_id).known_factor == 0.25


@pytest.mark.parametrize(
    ("answers", "score", "factor"),
    [(0, 0.0, 1.0), (4, 4.0, 1.0), (10, 10.0, 0.5), (20, 20.0, 0.25), (20, 12.0, 1.0), (100, 80.0, 0.5)],
)
def test_known_factor(answers: int, score: float, factor: float) -> None:
    assert judging.known_factor(answers, score) == factor


def test_skipped_known_answer_stays_in_no_queue(alice: User, worker: User) -> None:
    from tasks_app.domain import giving_back

    pool = make(alice)
    always(pool)
    known(pool, tasks_of(pool)[0])
    held = factories.take(worker, pool)
    task = held.slots.select_related("task").get(task__kind=TaskKind.GOLD).task
    giving_back.skip(worker=worker, assignment=held.public_id, task=task.public_id)
    task.refresh_from_db()
    assert (task.slots_free, task.slots_live, task.lane) == (20, 0, Lane.KNOWN)


# --- Judging ----------------------------------------------------------------------------------------------------------
def test_answers_are_scored_and_add_up(alice: User, workers: list[User]) -> None:
    pool = make(alice)
    always(pool)
    known(pool, *tasks_of(pool)[:3])
    for _ in range(3):
        factories.answer(workers[0], pool, "cat")
        factories.answer(workers[1], pool, "dog")
    factories.aggregate(pool)
    judge(pool)
    judge(pool)
    standing = {row.worker_id: row.known_accuracy for row in Standing.objects.filter(known_answers=3)}
    assert standing == {workers[0].pk: 1.0, workers[1].pk: 0.0}
    assert Check.objects.count() == 6


def test_answers_given_before_count_and_leave_with_it(alice: User, workers: list[User]) -> None:
    pool = make(alice)
    factories.answer_all(workers[:2], pool, ["cat", "dog"])
    task = tasks_of(pool)[0]
    known(pool, task)
    judge(pool)
    assert dict(Check.objects.values_list("worker_id", "score")) == {workers[0].pk: 1.0, workers[1].pk: 0.0}
    known_answers.withdraw(task=Task.objects.select_related("pool").get(pk=task.pk), actor=alice)
    judge(pool)
    assert not Check.objects.exists()
    assert set(Standing.objects.values_list("known_answers", flat=True)) == {0}


def test_several_right_answers_are_worth_their_weight(alice: User, workers: list[User]) -> None:
    pool = make(alice)
    factories.answer_all(workers[:2], pool, ["cat", "dog"])
    task = tasks_of(pool)[0]
    answers = [RightAnswer({"class": "cat"}), RightAnswer({"class": "dog"}, 0.4)]
    known_answers.make_known(pool=pool, actor=alice, entries=[Known(task, answers)])
    judge(pool)
    assert dict(Check.objects.values_list("worker_id", "score")) == {workers[0].pk: 1.0, workers[1].pk: 0.4}


def test_boxes_are_compared_by_their_own_measure(alice: User, workers: list[User]) -> None:
    pool = make(alice, kind="bounding_box")
    factories.answer_all(workers[:2], pool, ["cat", "dog"])
    known(pool, tasks_of(pool)[0])
    judge(pool)
    assert dict(Check.objects.values_list("worker_id", "score")) == {workers[0].pk: 1.0, workers[1].pk: 0.0}
    factories.aggregate(pool)
    assert set(WorkerStats.objects.values_list("worker_id", flat=True)) == {worker.pk for worker in workers[:2]}


def test_fit_believes_what_is_known(alice: User, workers: list[User]) -> None:
    """Three who always err outvote one who is right; known answers tell which is which."""
    pool = make(alice, tasks=24, overlap_min=4)
    always(pool, 0.0)
    factories.answer_all(workers[:4], pool, ["dog", "dog", "dog", "cat"])
    factories.aggregate(pool)
    assert {value["class"] for value in Result.objects.values_list("value", flat=True)} == {"dog"}
    known(pool, *tasks_of(pool)[:12])
    factories.aggregate(pool)
    accuracy = dict(WorkerStats.objects.values_list("worker_id", "accuracy"))
    assert accuracy[workers[3].pk] > 0.5 > accuracy[workers[0].pk]
    assert {value["class"] for value in Result.objects.values_list("value", flat=True)} == {"cat"}


def test_known_answers_are_paid_like_the_rest(alice: User, worker: User) -> None:
    pool = make(alice)
    always(pool)
    known(pool, *tasks_of(pool)[:2])
    held = factories.answer(worker, pool)
    assert held.reward == pool.reward
    assert reviewing.accept(pool=pool, assignment_ids=[held.pk], actor=alice) == 1
    assert Answer.objects.filter(task__kind=TaskKind.GOLD).count() == 1


def test_maximum_raised_spares_what_was_known(alice: User, workers: list[User]) -> None:
    from tasks_app.domain import pricing

    pool = make(alice, overlap_min=1, overlap_max=2)
    task = tasks_of(pool)[0]
    known(pool, task)
    Task.objects.filter(pk=task.pk).update(slots_done=12, slots_free=8)
    known_answers.withdraw(task=Task.objects.select_related("pool").get(pk=task.pk), actor=alice)
    pricing.set_price(pool=pool, actor=alice, overlap_max=3)
    assert Task.objects.get(pk=task.pk).overlap_max == 12
