"""Lists: cursor pages, and filters read with the same care as bodies."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.api import CursorPages
from tasks_app.api.serializers import Strict
from tasks_app.enums import AssignmentState, PoolState, ResultState

M = TypeVar("M", bound=Model)
PUBLIC_ID = r"^[0-9a-z]{12}$"


class Filters(Strict):
    """Query parameters. Those of paging belong to every list."""

    cursor = serializers.CharField(required=False, max_length=500, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=CursorPages.max_page_size)


class ProjectFilters(Filters):
    archived = serializers.BooleanField(required=False, default=False)


class PoolFilters(Filters):
    project = serializers.RegexField(PUBLIC_ID, required=False)
    state = serializers.ChoiceField(PoolState.choices, required=False)


class TaskFilters(Filters):
    state = serializers.ChoiceField(ResultState.choices, required=False)


class AssignmentFilters(Filters):
    state = serializers.ChoiceField(AssignmentState.choices, required=False)


class ResultFilters(Filters):
    state = serializers.ChoiceField(ResultState.choices, required=False)
    confidence_min = serializers.FloatField(required=False, min_value=0, max_value=1)
    confidence_max = serializers.FloatField(required=False, min_value=0, max_value=1)
    updated_after = serializers.DateTimeField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """The fields, with `class`, which is no name Python lets an attribute have."""
        return super().get_fields() | {
            "class": serializers.CharField(required=False, max_length=40, help_text="Key of a class in the value.")
        }


def filters(request: Request, shape: type[Filters]) -> dict[str, Any]:
    """The checked query. Raises ValidationError naming what is wrong, an unknown parameter included."""
    read = shape(data=request.query_params.dict())
    read.is_valid(raise_exception=True)
    checked: dict[str, Any] = read.validated_data
    return checked


def page(
    view: APIView,
    request: Request,
    rows: QuerySet[M],
    build: Callable[[M], dict[str, Any]],
    *,
    ordering: str = "-id",
) -> Response:
    """One cursor page: {"next", "previous", "results"}."""
    pages = CursorPages()
    pages.ordering = ordering
    found = pages.paginate_queryset(rows, request, view) or []
    return pages.get_paginated_response([build(row) for row in found])


def paged(name: str, shape: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The documented shape of such a page."""
    return inline_serializer(
        f"{name}List",
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": shape(many=True),
        },
    )
