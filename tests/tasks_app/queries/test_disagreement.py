"""Where the crowd disagrees, how well it works, and whether somebody changed."""

from typing import Any

import pytest

from quorate.accounts.models import User
from tasks_app.domain import known_answers
from tasks_app.domain.judging import judge_project
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.models import Pool, WorkerStats
from tasks_app.queries import crowds, disagreement, efficiency
from tasks_app.queries.changes import change_in
from tests import factories
from tests.conftest import ClientFor

RIGHT, WRONG = 1.0, 0.0


def test_a_change_is_found_where_it_came_and_only_where_it_is_likely() -> None:
    assert change_in([RIGHT] * 20 + [WRONG] * 15) == 20
    assert change_in([RIGHT] * 40) is None
    assert change_in([RIGHT, WRONG, RIGHT, RIGHT, WRONG] * 8) is None
    assert change_in([RIGHT] * 5 + [WRONG] * 4) is None
    assert change_in([]) is None
    gone = change_in([RIGHT, RIGHT, RIGHT, WRONG] * 8 + [WRONG, WRONG, WRONG, RIGHT] * 8)
    assert gone is not None
    assert 29 <= gone <= 36


def test_classes_taken_for_each_other_and_alpha_come_from_the_votes() -> None:
    # Three items: two cats agreed on by two people, one that one calls cat and the other dog; a fourth has one answer.
    votes = [{"cat": 2.0}, {"cat": 2.0}, {"cat": 1.0, "dog": 1.0}, {"dog": 1.0}]
    found = disagreement.consent_of(["cat", "dog"], ["Cat", "Dog"], votes)
    assert found.items == 3
    assert found.shares == [[pytest.approx(0.8), pytest.approx(0.2)], [1.0, 0.0]]
    # 1 − (n − 1) · mismatching pairs / (n² − Σ n_c²), with n = 6 answers, 5 cats and 1 dog
    assert found.alpha == pytest.approx(1 - 5 * 2 / (36 - 26))
    assert [(pair.first, pair.second, pair.count) for pair in found.pairs] == [("Cat", "Dog", 1.0)]
    nothing = disagreement.consent_of(["cat", "dog"], ["Cat", "Dog"], [])
    assert (nothing.alpha, nothing.shares) == (None, [])


def test_a_histogram_counts_both_ends() -> None:
    assert crowds.histogram([0.0, 0.05, 0.1, 1.0, 1.2, -1.0]) == [3, 1, 0, 0, 0, 0, 0, 0, 0, 2]


def test_the_crowd_contradicts_the_expert_and_the_page_says_so(
    open_pool: Pool, alice: User, workers: list[User], client_for: ClientFor
) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat", "cat", "dog"])
    task = open_pool.tasks.order_by("pk")[0]
    entry = Known(task, [RightAnswer({"class": "dog"})])
    known_answers.make_known(pool=open_pool, actor=alice, entries=[entry])
    factories.aggregate(open_pool)
    judge_project(open_pool.project_id)

    found = disagreement.contradictions(open_pool)
    assert [(row.task, row.right, row.said) for row in found] == [(task, ["Dog"], [("Cat", 2), ("Dog", 1)])]
    client = client_for(alice)
    shown = client.get(f"/p/{open_pool.project.public_id}/disagree/").content.decode()
    assert "Cat (2), Dog (1)" in shown
    assert "Krippendorff" in shown
    disputed = disagreement.most_disputed(open_pool.project)
    assert [one.result.disputed > 0 for one in disputed] == [True] * len(disputed)
    assert task not in disputed


def test_the_crowd_page_tells_who_tells_little_and_what_the_money_comes_to(
    open_pool: Pool, alice: User, admin: User, workers: list[User], client_for: ClientFor
) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat", "cat", "dog"])
    factories.aggregate(open_pool)
    crowd = crowds.project_crowd(open_pool.project)
    assert (crowd.workers, sum(crowd.agreement), crowd.threshold) == (3, 3, crowds.LITTLE)
    WorkerStats.objects.update(spam_score=0.05)
    assert crowds.project_crowd(open_pool.project).below == 3
    rows = {row.name: row for row in efficiency.metrics(open_pool, crowd, disagreement.consent(open_pool.project))}
    assert rows["Skipped"].value == 0
    assert rows["Rejected"].value is None
    assert rows["Right on known answers"].good is None
    for user, path in ((alice, f"/p/{open_pool.project.public_id}/crowd/"), (admin, "/control/crowd/")):
        reply = client_for(user).get(path)
        assert reply.status_code == 200
        assert "Workers by information" in reply.content.decode()


def test_both_pages_cost_few_queries_however_much_there_is(
    open_pool: Pool, alice: User, workers: list[User], client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    factories.answer_all(workers, open_pool, ["cat", "cat", "dog", "dog", "cat"])
    factories.aggregate(open_pool)
    client = client_for(alice)
    for page, most in (("disagree", 11), ("crowd", 20)):
        with django_assert_max_num_queries(most):
            client.get(f"/p/{open_pool.project.public_id}/{page}/")


def test_drawings_are_compared_shape_by_shape(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, kind="bounding_box", tasks=1)
    factories.answer_all(workers[:3], pool, ["cat", "cat", "cat"])
    factories.aggregate(pool)
    assert crowds.drawn_alike(pool.project) == [0] * 9 + [3]
    assert crowds.drawn_alike(factories.make_open_pool(alice, name="Texts").project) is None
