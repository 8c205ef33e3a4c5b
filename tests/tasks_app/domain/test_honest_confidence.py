"""Known answers tell how honest the fit's confidence is: shown and decided by, the same bits whatever the job did."""

import pytest
from django.db.models import Q

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain import known_answers
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.enums import ResultState
from tasks_app.models import AggregationState, Pool, Result, Task
from tasks_app.queries.votes import counting_votes
from tests import factories
from tests.conftest import ClientFor

KNOWN = 14


@pytest.fixture
def agreed(alice: User, workers: list[User]) -> Pool:
    """Everybody says "cat" to everything, and everything is settled."""
    pool = factories.make_open_pool(alice, tasks=24, overlap_min=3, overlap_max=5, confidence=0.9)
    Pool.objects.filter(pk=pool.pk).update(known_share=0.0)
    factories.answer_all(workers[:3], pool, ["cat"] * 3)
    factories.aggregate(pool)
    return pool


def tell(pool: Pool, label_of: dict[Task, str]) -> None:
    entries = [Known(task, [RightAnswer({"class": label})]) for task, label in label_of.items()]
    known_answers.make_known(pool=pool, actor=pool.project.created_by, entries=entries)
    pool.refresh_from_db()
    factories.aggregate(pool)


def sure(pool: Pool) -> list[float]:
    return sorted(Result.objects.filter(task__pool=pool, task__kind="main").values_list("confidence", flat=True))


def test_a_crowd_that_agrees_on_what_is_wrong_is_shown_less_sure_and_asked_on(
    agreed: Pool, client_for: ClientFor
) -> None:
    assert set(agreed.tasks.values_list("state", flat=True)) == {ResultState.SETTLED}
    assert AggregationState.objects.get().honesty is None
    before = sure(agreed)
    known = list(agreed.tasks.order_by("pk")[:KNOWN])
    tell(agreed, {task: "dog" if place % 2 else "cat" for place, task in enumerate(known)})
    honesty = AggregationState.objects.get().honesty
    assert honesty is not None
    assert honesty["temperature"] < 0.9
    assert honesty["tasks"] == pytest.approx(KNOWN)
    assert sum(row[3] for row in honesty["bins"]) == pytest.approx(KNOWN)
    main = Task.objects.filter(pool=agreed, kind="main")
    assert max(sure(agreed)) < min(before)
    page = client_for(agreed.project.created_by).get(f"/p/{agreed.project.public_id}/known-answers/").text
    assert "surer than it is right, so it is shown lower" in page
    assert f"From {KNOWN} known items" in page
    assert "Line chart of right over confidence, %" in page
    assert set(main.values_list("state", flat=True)) == {ResultState.OPEN}
    assert max(main.values_list("slots_free", flat=True)) <= 2  # within the maximum

    # The same bits as a batch fit of all answers and all that is known.
    votes = counting_votes(Q(project=agreed.project), known=agreed.project)
    batch = tools.get(agreed.project.kind).fit(agreed.project.question, votes.batch)
    found = dict(Result.objects.filter(task__in=main).values_list("pk", "confidence"))
    assert found == {task: batch.results[task].confidence for task in found}


def test_another_truth_of_known_items_decides_anew(agreed: Pool) -> None:
    """Edited gold: what was believed wrong turns out to be right, and what was opened settles again, with nothing asked."""
    known = list(agreed.tasks.order_by("pk")[:KNOWN])
    tell(agreed, {task: "dog" if place % 2 else "cat" for place, task in enumerate(known)})
    open_tasks = agreed.tasks.filter(kind="main", state=ResultState.OPEN)
    assert open_tasks.exists()
    tell(agreed, dict.fromkeys(known, "cat"))
    assert not open_tasks.exists()
    assert set(agreed.tasks.filter(kind="main").values_list("slots_free", "slots_done")) == {(0, 3)}
    for task in known:
        known_answers.withdraw(task=Task.objects.get(pk=task.pk), actor=agreed.project.created_by)
    factories.aggregate(agreed)
    assert AggregationState.objects.get().honesty is None
