"""Projects: list, create, read, change; who the caller is."""

from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks_app import rules
from tasks_app.api import lists, payloads
from tasks_app.api import serializers as shapes
from tasks_app.api.reading import body, caller
from tasks_app.api.schema import described
from tasks_app.domain import projects as domain
from tasks_app.enums import Role
from tasks_app.models import Project
from tasks_app.queries import api_lists, gate
from tasks_app.queries.pools import current_pool


class Me(APIView):
    @described("me", tag="me", returns=shapes.Me)
    def get(self, request: Request) -> Response:
        """Who you are, what you may do, your money."""
        user = caller(request)
        return Response(payloads.me(user, api_lists.wallet(user)))


class Projects(APIView):
    @described(
        "projects_list", tag="projects", returns=lists.paged("Project", shapes.Project), query=(lists.ProjectFilters,)
    )
    def get(self, request: Request) -> Response:
        """The projects you are a member of, newest first."""
        user = caller(request)
        wanted = lists.filters(request, lists.ProjectFilters)
        rows = api_lists.projects_of(user, archived=wanted["archived"])
        return lists.page(self, request, rows, described_project)

    @described("projects_create", tag="projects", takes=shapes.NewProject, returns=shapes.Project, status=201)
    def post(self, request: Request) -> Response:
        """A new project of yours, with a draft pool."""
        wanted = body(request, shapes.NewProject)
        made = domain.create_project(
            owner=caller(request),
            kind=wanted["kind"],
            name=wanted["name"],
            question=wanted.get("question"),
            instructions=wanted.get("instructions", ""),
        )
        return Response(payloads.project(made, role=Role.OWNER), status=201)


class OneProject(APIView):
    @described("projects_read", tag="projects", returns=shapes.Project)
    def get(self, request: Request, project: str) -> Response:
        """A project."""
        return Response(described_project(gate.project(caller(request), project)))

    @described("projects_change", tag="projects", takes=shapes.ProjectChange, returns=shapes.Project)
    def patch(self, request: Request, project: str) -> Response:
        """Change its name, question or instructions: all that you send, or nothing."""
        user = caller(request)
        found = gate.project(user, project, rules.edit)
        wanted = body(request, shapes.ProjectChange)
        with transaction.atomic():
            if "name" in wanted:
                pool = current_pool(found)
                texts = {"title": pool.title, "description": pool.description, "keywords": pool.keywords}
                domain.describe(pool=pool, actor=user, name=wanted["name"], **texts)
            if "question" in wanted:
                seen = wanted.get("question_version", found.question_version)
                domain.set_question(project=found, actor=user, question=wanted["question"], seen_version=seen)
            if "instructions" in wanted:
                domain.set_instructions(project=found, actor=user, instructions=wanted["instructions"])
        return Response(described_project(gate.project(user, project)))


def described_project(row: Project) -> dict[str, Any]:
    """A project that came through the gate or a list, both of which note the caller's role on it."""
    return payloads.project(row, role=row.gate_role)  # type: ignore[attr-defined]
