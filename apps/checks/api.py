"""The API's endpoints of branches, verdicts, pushes and catalogs.

Every one finds its project with `find_project`, so a stranger gets 404 whatever
the rest of the address says.
"""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.errors import RefusedError
from apps.checks import access, actions
from apps.checks.access.migrations import migrations_of
from apps.checks.models import Verdict
from apps.checks.serializers import (
    BranchSerializer,
    CatalogSerializer,
    ChangedObjectSerializer,
    FindingSerializer,
    ObjectSerializer,
    PushSerializer,
    TableSerializer,
    TimingsSerializer,
    VerdictSerializer,
)
from apps.projects.access import find_project
from apps.projects.models import Project
from apps.teams.models import Role


class Branches(APIView):
    """The project's branches with where each stands, the default branch first."""

    @extend_schema(operation_id="branches_list", responses=BranchSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        overview = access.project_overview(project)
        found = ([overview.default] if overview.default else []) + list(overview.branches)
        return _answer(project, BranchSerializer, found, many=True)


class BranchDetail(APIView):
    """One branch."""

    @extend_schema(operation_id="branches_retrieve", responses=BranchSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, branch: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return _answer(project, BranchSerializer, access.branch_summary(project, branch))


@extend_schema(
    parameters=[
        OpenApiParameter("branch", description="Only verdicts of this branch."),
        OpenApiParameter("commit", description="Only verdicts of this commit: its full hash."),
    ]
)
class Verdicts(generics.ListAPIView[Verdict]):
    """The project's verdicts, newest first."""

    serializer_class = VerdictSerializer

    def get_queryset(self) -> "QuerySet[Verdict]":
        if getattr(self, "swagger_fake_view", False):
            return Verdict.objects.none()
        project = find_project(self.request.user, self.kwargs["team_slug"], self.kwargs["project_slug"])
        self.project = project
        wanted = {"branch__name": "branch", "commit": "commit"}
        sent = {field: self.request.query_params.get(name) for field, name in wanted.items()}
        return access.verdicts_of(project).filter(**{k: v for k, v in sent.items() if v}).order_by("-id")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "project": getattr(self, "project", None)}


class VerdictDetail(APIView):
    """One verdict. While it runs, `progress` says how far it is."""

    @extend_schema(operation_id="verdicts_retrieve", responses=VerdictSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, verdict_id: int) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return _answer(project, VerdictSerializer, access.find_verdict(project, verdict_id))


class VerdictRetry(APIView):
    """Judge the head of the verdict's branch once more; for developers."""

    @extend_schema(operation_id="verdicts_retry", request=None, responses={202: VerdictSerializer})
    def post(self, request: Request, team_slug: str, project_slug: str, verdict_id: int) -> Response:
        project = find_project(request.user, team_slug, project_slug, Role.DEVELOPER)
        branch = access.find_verdict(project, verdict_id).branch
        again = actions.request_verdict(branch, branch.head, again=True)
        if again is None:
            raise RefusedError("The branch has just moved or was deleted; its new head is judged by itself.")
        return _answer(project, VerdictSerializer, again, code=status.HTTP_202_ACCEPTED)


class VerdictChanges(APIView):
    """What the commit changes in the database, grouped by object; empty before it is known."""

    @extend_schema(operation_id="verdicts_changes", responses=ChangedObjectSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, verdict_id: int) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        judgement = access.find_verdict(project, verdict_id).judgement
        changes = access.object_changes(judgement.diff if judgement else None)
        return _answer(project, ChangedObjectSerializer, changes, many=True)


class VerdictFindings(APIView):
    """What was found; only an error blocks."""

    @extend_schema(operation_id="verdicts_findings", responses=FindingSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, verdict_id: int) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        judgement = access.find_verdict(project, verdict_id).judgement
        found = access.findings_of(judgement) if judgement else ()
        return _answer(project, FindingSerializer, found, many=True)


class VerdictTimings(APIView):
    """Every migration of the commit with how long it and each of its statements took."""

    @extend_schema(operation_id="verdicts_timings", responses=TimingsSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, verdict_id: int) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return _answer(
            project, TimingsSerializer, _timings(project, access.find_verdict(project, verdict_id))
        )


class Pushes(APIView):
    """The push history, newest first, 50 at a time."""

    @extend_schema(
        operation_id="pushes_list",
        parameters=[
            OpenApiParameter("before", int, description="Only pushes older than the one with this id.")
        ],
        responses=PushSerializer(many=True),
    )
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        before = request.query_params.get("before", "")
        pushes = access.push_history(project, before_id=int(before) if before.isdecimal() else None)
        return _answer(project, PushSerializer, pushes, many=True)


class Tables(APIView):
    """The tables, views and materialized views that a branch makes."""

    @extend_schema(operation_id="catalog_tables", responses=CatalogSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, branch: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return _answer(project, CatalogSerializer, access.catalog_page(project, branch))


class TableDetail(APIView):
    """One table or view: columns, keys, indexes, who references it, and the rest."""

    @extend_schema(operation_id="catalog_table", responses=TableSerializer)
    def get(
        self, request: Request, team_slug: str, project_slug: str, branch: str, schema: str, table: str
    ) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return _answer(project, TableSerializer, access.table_page(project, branch, schema, table))


class Objects(APIView):
    """Everything else that a branch makes: types, functions, sequences, extensions and so on."""

    @extend_schema(operation_id="catalog_objects", responses=ObjectSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, branch: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return _answer(project, ObjectSerializer, access.catalog_page(project, branch).objects, many=True)


def _answer(
    project: Project, serializer: Any, shown: Any, *, many: bool = False, code: int = status.HTTP_200_OK
) -> Response:
    return Response(serializer(shown, many=many, context={"project": project}).data, status=code)


def _timings(project: Project, verdict: Verdict) -> dict[str, Any]:
    judgement = verdict.judgement
    head = judgement.head if judgement else None
    steps = migrations_of(project, judgement, everything=True) if judgement else ()
    return {
        "postgres": head.postgres if head else "",
        "job_ms": verdict.job_ms,
        "server_ms": verdict.server_ms,
        "failure": head.failure if head else None,
        "migrations": steps,
    }
