"""Pools: list, read, price, launch, pause, resume, close."""

from collections.abc import Callable
from typing import ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.common import money
from tasks_app import rules
from tasks_app.api import lists, payloads
from tasks_app.api import serializers as shapes
from tasks_app.api.reading import body, caller, nothing
from tasks_app.api.schema import described
from tasks_app.domain import pricing, projects, publishing
from tasks_app.models import Pool
from tasks_app.queries import api_lists, gate
from tasks_app.queries.dashboards import remembered

TEXTS = ("title", "description", "keywords")


class Pools(APIView):
    @described("pools_list", tag="pools", returns=lists.paged("Pool", shapes.Pool), query=(lists.PoolFilters,))
    def get(self, request: Request) -> Response:
        """The pools of your projects, newest first."""
        wanted = lists.filters(request, lists.PoolFilters)
        rows = api_lists.pools_of(caller(request), project=wanted.get("project", ""), state=wanted.get("state", ""))
        return lists.page(self, request, rows, payloads.pool)


class OnePool(APIView):
    @described("pools_read", tag="pools", returns=shapes.PoolDetail)
    def get(self, request: Request, pool: str) -> Response:
        """A pool, how far it is and what it costs; of a large pool both may be a few seconds old."""
        found = gate.pool(caller(request), pool)
        # All that the cost follows from but the number of tasks and what was paid: with these it may be a moment old.
        terms = (found.state, found.reward, found.overlap_min, found.overlap_max, found.tasks_per_assignment)
        key = ":".join(map(str, ("estimate", found.pk, *terms)))
        cost = remembered(key, lambda: pricing.estimate(found), size=lambda one: one.tasks)
        return Response(payloads.pool_detail(found, api_lists.progress(found), cost))

    @described("pools_change", tag="pools", takes=shapes.PoolChange, returns=shapes.PoolDetail)
    def patch(self, request: Request, pool: str) -> Response:
        """Change texts, price, overlap or confidence: all that you send, or nothing."""
        user = caller(request)
        found = gate.pool(user, pool, rules.edit)
        wanted = dict(body(request, shapes.PoolChange))
        if "reward" in wanted:
            wanted["reward"] = money.parse(wanted["reward"], field="reward")
        texts = {name: wanted.pop(name) for name in TEXTS if name in wanted}
        with transaction.atomic():
            if texts:
                whole = {name: texts.get(name, getattr(found, name)) for name in TEXTS}
                projects.describe(pool=found, actor=user, name=found.project.name, **whole)
            if wanted:
                pricing.set_price(pool=found, actor=user, **wanted)
        return Response(detail(gate.pool(user, pool)))


class Move(APIView):
    """A step in a pool's life. `step` is a verb of domain/publishing.py."""

    step: ClassVar[Callable[..., Pool]]

    def post(self, request: Request, pool: str) -> Response:
        nothing(request.data)
        user = caller(request)
        found = gate.pool(user, pool, rules.edit)
        type(self).step(pool=found, actor=user)
        return Response(detail(gate.pool(user, pool)))


def moving(name: str, text: str) -> Callable[[type[Move]], type[Move]]:
    """Documents a step."""
    operation = described(f"pools_{name}", tag="pools", takes=shapes.Empty, returns=shapes.PoolDetail, text=text)
    return extend_schema_view(post=operation)


@moving("launch", "Open a draft to workers; the money for its maximum overlap is held.")
class Launch(Move):
    step = staticmethod(publishing.launch)


@moving("pause", "Hand out nothing more; what is in work may be finished.")
class Pause(Move):
    step = staticmethod(publishing.pause)


@moving("resume", "Go on after a pause.")
class Resume(Move):
    step = staticmethod(publishing.resume)


@moving("close", "End it for good; the rest of the money goes back.")
class Close(Move):
    step = staticmethod(publishing.close)


def detail(pool: Pool) -> dict[str, object]:
    return payloads.pool_detail(pool, api_lists.progress(pool), pricing.estimate(pool))
