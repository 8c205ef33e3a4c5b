"""What a worker tells the requester about a task: once, of one's own tasks only, read under a pseudonym."""

import pytest

from quorate.accounts.models import User
from quorate.events.models import Event
from tasks_app.domain import giving_back
from tasks_app.domain.reporting import report, settle_report
from tasks_app.enums import ReportAbout
from tasks_app.errors import InvalidInput, NotFound
from tasks_app.models import Pool, Report
from tasks_app.queries.reports import open_reports, reports_of
from tests import factories

pytestmark = pytest.mark.django_db


def test_report_is_kept_once_and_read_under_a_pseudonym(open_pool: Pool, worker: User, alice: User) -> None:
    held = factories.take(worker, open_pool)
    task = held.slots.get().task
    for text in ("The picture is black.", "Sent again"):
        report(worker=worker, assignment=held.public_id, task=task.public_id, about="item", text=text)
    giving_back.skip(worker=worker, assignment=held.public_id, task=task.public_id)
    report(worker=worker, assignment=held.public_id, task=task.public_id, about="instructions")

    assert Event.objects.filter(verb="reported", object_id=task.public_id).count() == 2
    told = reports_of(open_pool.project)
    assert [(one.about, one.text, one.task, one.settled) for one in told] == [
        (ReportAbout.INSTRUCTIONS.label, "", task, False),
        (ReportAbout.ITEM.label, "The picture is black.", task, False),
    ]
    assert worker.name not in told[0].worker
    settle_report(project=open_pool.project, actor=alice, report=told[0].id)
    settle_report(project=open_pool.project, actor=alice, report=told[0].id)
    assert open_reports(open_pool.project) == 1
    assert [one.settled for one in reports_of(open_pool.project)] == [False, True]


def test_report_of_somebody_elses_task_is_not_found(open_pool: Pool, worker: User, charlie: User) -> None:
    held = factories.take(worker, open_pool)
    task = held.slots.get().task.public_id
    with pytest.raises(NotFound):
        report(worker=charlie, assignment=held.public_id, task=task, about="item")
    with pytest.raises(NotFound):
        settle_report(project=open_pool.project, actor=charlie, report="none")


@pytest.mark.parametrize(("about", "field"), [("nonsense", "about"), ("", "about"), ("other", "text")])
def test_report_names_what_is_missing(open_pool: Pool, worker: User, about: str, field: str) -> None:
    held = factories.take(worker, open_pool)
    with pytest.raises(InvalidInput) as caught:
        report(worker=worker, assignment=held.public_id, task=held.slots.get().task.public_id, about=about)
    assert list(caught.value.fields) == [field]
    assert not Report.objects.exists()
