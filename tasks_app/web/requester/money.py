"""Money: what a project was given and did with it, and a requester's own balance."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quorate.accounts.models import User
from quorate.ledger import book
from quorate.ledger.models import AccountKind
from tasks_app.errors import NotFound
from tasks_app.models import Pool, Project
from tasks_app.queries import dashboards
from tasks_app.queries.pools import current_pool
from tasks_app.web.asked import asked_row
from tasks_app.web.requester.page import me, project_context, project_view

PER_PAGE = 50


@project_view()
def of_project(request: HttpRequest, project: Project) -> HttpResponse:
    """What was put in, spent and given back: each hold and release, and the rewards day by day."""
    pool = current_pool(project)
    start = asked_row(request, "before")
    found = dashboards.movements(pool, before=start, limit=PER_PAGE + 1)
    context = project_context(
        project,
        "money",
        pool,
        money=dashboards.money([pool]).get(pool.public_id, dashboards.PoolMoney()),
        movements=found[:PER_PAGE],
        rewards=dashboards.rewards_by_day(pool),
        older=f"?before={found[PER_PAGE - 1].entry.pk}" if len(found) > PER_PAGE else "",
        newest="?" if start is not None else "",
        payer=project.created_by,
    )
    return render(request, "requester/money.html", context)


@login_required
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """The requester's own balance with every entry; where each was held for, as far as they may see the project."""
    user = me(request)
    if not user.is_requester:
        raise NotFound
    account = book.find(AccountKind.REQUESTER, owner_id=user.pk)
    lines = book.statement(account, limit=PER_PAGE + 1, before=asked_row(request, "before"))
    shown = lines[:PER_PAGE]
    refs = {ref for line in shown for ref in (line.entry.debit.ref, line.entry.credit.ref) if ref}
    pools = _pools(refs)
    held = dashboards.money(_paid_by(user))
    context = {
        "balance": book.balance(account),
        "held": sum(money.held for money in held.values()),
        "lines": [(line, pools.get(line.entry.debit.ref or line.entry.credit.ref)) for line in shown],
        "older": f"?before={lines[PER_PAGE - 1].entry.pk}" if len(lines) > PER_PAGE else "",
        "newest": "?" if asked_row(request, "before") else "",
    }
    return render(request, "requester/balance.html", context)


def _paid_by(user: User) -> QuerySet[Pool]:
    return Pool.objects.filter(project__created_by=user)


def _pools(refs: set[str]) -> dict[str, Pool]:
    return {pool.public_id: pool for pool in Pool.objects.filter(public_id__in=refs).select_related("project")}
