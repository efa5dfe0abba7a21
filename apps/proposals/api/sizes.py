"""How large a project's tables are where its migrations will run: sent as a whole, shown and removed."""

from datetime import datetime
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.serializers import UserSerializer
from apps.checks.access import table_schemas
from apps.projects.access import find_project, find_project_membership
from apps.projects.models import Project
from apps.proposals.actions import sizing
from apps.proposals.sizes import MOST_NAME, MOST_TABLES, largest, measurement_of
from apps.teams.models import Role
from schemata.sizes import MARK_DIGITS, Measured, Place

MOST_ROWS = MOST_BYTES = 2**63 - 1


class _NameField(serializers.CharField):
    """A name as Postgres keeps it: blanks count, and at most 63 bytes."""

    def __init__(self) -> None:
        super().__init__(max_length=MOST_NAME, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> str:
        name = str(super().to_internal_value(data))
        try:
            length = len(name.encode())
        except UnicodeEncodeError:
            raise serializers.ValidationError("The name is no valid text.") from None
        if length > MOST_NAME:
            raise serializers.ValidationError(f"A name of Postgres has at most {MOST_NAME} bytes.")
        return name


class TableSizeSerializer(serializers.Serializer[Any]):
    """A table with its partitions and heirs. `rows` is null where it was never analysed.

    `columns`: the first 16 hex digits of the SHA-256 of its columns' names as a sorted JSON list without blanks.
    """

    schema = _NameField()
    name = _NameField()
    rows = serializers.IntegerField(min_value=0, max_value=MOST_ROWS, allow_null=True)
    bytes = serializers.IntegerField(min_value=0, max_value=MOST_BYTES)
    columns = serializers.RegexField(f"^[0-9a-f]{{{MARK_DIGITS}}}$")


class SizesSentSerializer(serializers.Serializer[Any]):
    measured_at = serializers.DateTimeField()
    tables = serializers.ListField(child=TableSizeSerializer(), min_length=1, max_length=MOST_TABLES)


class SizesSerializer(serializers.Serializer[Any]):
    """When the tables were measured, null where they never were; `schemas` are those of the default branch."""

    measured_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    sent_by = UserSerializer(allow_null=True)
    tables = serializers.IntegerField()
    largest = TableSizeSerializer(many=True)
    schemas = serializers.ListField(child=serializers.CharField())


class SizesDetail(APIView):
    """The sizes of tables that rewrites are weighed by. Sending and removing them is for maintainers."""

    @extend_schema(operation_id="sizes_retrieve", responses=SizesSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        return _answer(find_project(request.user, team_slug, project_slug))

    @extend_schema(operation_id="sizes_replace", request=SizesSentSerializer, responses=SizesSerializer)
    def put(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Replace all that were known. 409 where those are newer, and for a time that has not come yet."""
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        sent = SizesSentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        sizing.replace_sizes(viewer.user, project, *_values(sent.validated_data))
        return _answer(project)

    @extend_schema(operation_id="sizes_remove", responses={204: None})
    def delete(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Every table is of unknown size again; so it is where none was known."""
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        sizing.forget_sizes(viewer.user, project)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _values(sent: dict[str, Any]) -> tuple[datetime, list[tuple[Place, Measured]]]:
    tables = [
        ((each["schema"], each["name"]), Measured(each["rows"], each["bytes"], each["columns"]))
        for each in sent["tables"]
    ]
    return sent["measured_at"], tables


def _answer(project: Project) -> Response:
    found = measurement_of(project)
    told = {
        "measured_at": found and found.measured_at,
        "sent_at": found and found.sent_at,
        "sent_by": found and found.sent_by,
        "tables": found.count if found else 0,
        "largest": largest(found) if found else (),
        "schemas": table_schemas(project, project.default_branch),
    }
    return Response(SizesSerializer(told).data)


urlpatterns = [
    path(
        "teams/<slug:team_slug>/projects/<slug:project_slug>/sizes/", SizesDetail.as_view(), name="api-sizes"
    ),
]
