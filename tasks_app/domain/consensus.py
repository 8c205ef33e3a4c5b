"""The aggregation job: from answers to results, and from results to what is asked next.

It is rung per project, because worker models belong to a project. Whatever it is told, it reads answers from the
database and derives the results anew, so running it twice, late or out of order changes nothing. Two ways:

- *update*: only the touched tasks, under the worker models of the last fit (milliseconds);
- *fit*: everything from all answers, when a tenth of them is new, when a refit is asked for (key 0), and once more when
  the queue has gone quiet. That one is a cold batch fit, so quiet results equal the batch fit bit by bit.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from aggregation.online import RefitPolicy
from quorate.common.chunks import chunked
from quorate.common.clock import database_now
from quorate.common.ids import new_public_id
from quorate.events import dirty
from tasks_app import tools
from tasks_app.domain.deciding import Decider, LeaseLostError
from tasks_app.domain.judging import ring_judging
from tasks_app.domain.measuring import write_seconds, write_workers
from tasks_app.enums import ResultState, TaskKind, Topic
from tasks_app.models import AggregationState, Answer, Project, Result, Task
from tasks_app.queries.votes import Votes, counting_votes

LEASE = timedelta(seconds=20)
# When to fit: the online engine's own rule. Its counterpart of a fit is `settle`, of an update the judging of one task.
POLICY = RefitPolicy()
PART = 2000


def aggregate_project(project_id: int) -> bool:
    """Work off the project's dirty rows. False if there were none, or another job is at it."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        dirty.done(dirty.take(Topic.AGGREGATE, project_id))
        return False
    state = _take_lease(project)
    if state is None:
        return False
    try:
        rows = dirty.take(Topic.AGGREGATE, project_id)
        if rows:
            _Run(state, project).work(rows)
        return bool(rows)
    except LeaseLostError:
        return False
    finally:
        AggregationState.objects.filter(pk=project_id, lease_token=state.lease_token).update(lease_until=None)


def _take_lease(project: Project) -> AggregationState | None:
    """The project's state, ours for LEASE; None while another job's lease runs. A killed job's lease just ends."""
    AggregationState.objects.get_or_create(project=project)
    token = new_public_id()
    free = AggregationState.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), project=project)
    if not free.update(lease_token=token, lease_until=Now() + LEASE):
        return None
    return AggregationState.objects.get(project=project)


class _Run:
    """One run over a project under its lease."""

    def __init__(self, state: AggregationState, project: Project) -> None:
        self.state = state
        self.project = project
        self.tool = tools.get(project.kind)
        self.decider = Decider(project=project, tool=self.tool, guard=self._keep_lease)

    def work(self, rows: Sequence[dirty.Seen]) -> None:
        """Fit or update, then remove the rows; unless all was fitted, leave one for when it has gone quiet."""
        state = self.state
        touched = {row.key for row in rows if row.key}
        whole = any(row.key == 0 for row in rows)
        since = state.answers_since_fit + len(touched)
        if whole or not state.model or POLICY.due(since, state.fitted_answers):
            self._fit(touched)
            state.answers_since_fit = 0
        else:
            self._update(touched)
            state.answers_since_fit = since
        self._save()
        if not whole:
            # A row that waits already keeps its earlier time: steady news cannot put the refit off for ever.
            dirty.mark(Topic.AGGREGATE, self.project.pk, due_in=POLICY.quiet(state.fit_ms / 1000))
        ring_judging(self.project, touched)
        dirty.done(rows)

    def _fit(self, touched: set[int]) -> None:
        """Fit all counting answers; write every result that changed, and decide the tasks that lost their last answer."""
        began = time.perf_counter()
        votes = counting_votes(Q(project=self.project), known=self.project)
        fit = self.tool.fit(self.project.question, votes.batch)
        state = self.state
        state.fit_ms = (time.perf_counter() - began) * 1000
        state.model = fit.state
        state.method = fit.method
        state.honesty = asdict(fit.honesty) if fit.honesty is not None and fit.honesty.tasks else None
        state.fitted_answers = len(votes.batch.values)
        state.fitted_at = database_now()
        # Both are looked for where there can be any, among results and answers: most tasks of a large pool have neither.
        results = Result.objects.filter(task__pool__project=self.project, task__kind=TaskKind.MAIN)
        orphans = set(results.values_list("pk", flat=True)) - set(fit.results)
        # Asked without a place, and with no answer that counts to bring it here: a maximum raised after a ban, for one.
        unheard = Answer.objects.filter(project=self.project, counts=False).values("task")
        placeless = Task.objects.filter(
            pk__in=unheard, kind=TaskKind.MAIN, state=ResultState.OPEN, slots_free=0, slots_live=0
        )
        stranded = set(placeless.values_list("pk", flat=True))
        self.decider.write(fit, votes.newest, sorted({*fit.results, *orphans, *stranded, *touched}))
        write_workers(self.project, fit, votes)
        write_seconds(votes)

    def _update(self, touched: set[int]) -> None:
        """Decide the touched tasks under the last fit's worker models."""
        for part in chunked(sorted(touched), PART):
            votes: Votes = counting_votes(Q(task__in=part))
            fit = self.tool.update(self.project.question, bytes(self.state.model), votes.batch)
            self.decider.write(fit, votes.newest, part)

    def _keep_lease(self) -> None:
        """Prolong the lease, or stop if it is no longer ours. Inside each writing transaction: it is the fence."""
        mine = AggregationState.objects.filter(pk=self.state.pk, lease_token=self.state.lease_token)
        if not mine.update(lease_until=Now() + LEASE):
            raise LeaseLostError

    def _save(self) -> None:
        state = self.state
        state.version += 1
        mine = AggregationState.objects.filter(pk=state.pk, lease_token=state.lease_token)
        saved = mine.update(
            model=state.model,
            method=state.method,
            honesty=state.honesty,
            fitted_answers=state.fitted_answers,
            fitted_at=state.fitted_at,
            fit_ms=state.fit_ms,
            answers_since_fit=state.answers_since_fit,
            version=state.version,
        )
        if not saved:
            raise LeaseLostError
