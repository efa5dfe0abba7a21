"""The API's endpoints of a project's forge: how the connection does, what came, and running it again."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Scope
from apps.forges import actions, log
from apps.forges.access import connection_of
from apps.forges.models import Arrival, Connection
from apps.forges.views.connection import hook_url
from apps.projects.access import find_project_membership
from apps.teams.models import Role


class ForgeSerializer(serializers.ModelSerializer[Connection]):
    """Never with a secret, sealed or not."""

    webhook = serializers.SerializerMethodField(help_text="Where the forge delivers to.")
    credential = serializers.SerializerMethodField(help_text="`token` or `app`.")

    class Meta:
        model = Connection
        fields = [
            "kind",
            "base_url",
            "name",
            "web_url",
            "webhook",
            "credential",
            "landing",
            "comments",
            "context",
            "trouble",
            "looked_at",
            "not_before",
            "created_at",
        ]

    def get_webhook(self, connection: Connection) -> str:
        return hook_url(connection)

    def get_credential(self, connection: Connection) -> str:
        return "app" if connection.installation_id else "token"


class ForgeDeliverySerializer(serializers.ModelSerializer[Arrival]):
    class Meta:
        model = Arrival
        fields = [
            "id",
            "identity",
            "event",
            "action",
            "actor",
            "state",
            "outcome",
            "repeats",
            "received_at",
            "done_at",
        ]


def _find(request: Request, team_slug: str, project_slug: str) -> Connection:
    project, _ = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
    return log.find_connection(connection_of(project))


class Forge(APIView):
    @extend_schema(operation_id="forge_read", responses=ForgeSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """The repository that the project follows; 404 where it follows none."""
        return Response(ForgeSerializer(_find(request, team_slug, project_slug)).data)


class BeforeSerializer(serializers.Serializer[None]):
    before = serializers.IntegerField(required=False, min_value=1, max_value=2**62)


class ForgeDeliveries(APIView):
    @extend_schema(
        operation_id="forge_deliveries",
        parameters=[OpenApiParameter("before", int, description="Only those with a smaller id.")],
        responses=ForgeDeliverySerializer(many=True),
    )
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """What the forge delivered, the newest first, fifty at a time."""
        connection = _find(request, team_slug, project_slug)
        asked = BeforeSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = log.arrivals_of(connection, asked.validated_data.get("before"))
        return Response(ForgeDeliverySerializer(page.rows, many=True).data)


class ForgeRedelivery(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="forge_run_again", request=None, responses={202: None})
    def post(self, request: Request, team_slug: str, project_slug: str, arrival_id: int) -> Response:
        """Have a delivery worked on once more."""
        connection = _find(request, team_slug, project_slug)
        actions.run_again(log.find_arrival(connection, arrival_id))
        return Response(status=status.HTTP_202_ACCEPTED)


FORGE = "teams/<slug:team_slug>/projects/<slug:project_slug>/forge/"

urlpatterns = [
    path(FORGE, Forge.as_view(), name="api-forge"),
    path(FORGE + "deliveries/", ForgeDeliveries.as_view(), name="api-forge-deliveries"),
    path(FORGE + "deliveries/<int:arrival_id>/again/", ForgeRedelivery.as_view(), name="api-forge-run-again"),
]
