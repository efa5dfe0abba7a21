"""The API's endpoints of a project's forge: connect it, change it, test it, end it; what came, and running that again.

As the pages do it, for whom the pages do it; what is secret is given and never told.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Scope, User
from apps.forges import actions, connecting, log, strangers
from apps.forges.access import connection_of
from apps.forges.errors import MisgivenError
from apps.forges.models import Connection
from apps.forges.serializers import (
    ForgeChangeSerializer,
    ForgeConnectSerializer,
    ForgeDeliverySerializer,
    ForgeInstallationSerializer,
    ForgePullSerializer,
    ForgeSerializer,
    ForgeTestSerializer,
)
from apps.projects.access import find_project_membership
from apps.projects.models import Project
from apps.teams.models import Role
from forges import Kind


def _project(request: Request, team_slug: str, project_slug: str) -> tuple[Project, User]:
    project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
    return project, viewer.user


def _find(request: Request, team_slug: str, project_slug: str) -> tuple[Connection, User]:
    project, person = _project(request, team_slug, project_slug)
    return log.find_connection(connection_of(project)), person


@contextmanager
def _at_its_field() -> Iterator[None]:
    """What somebody gave wrong is told at the field of the request that it is about."""
    try:
        yield
    except MisgivenError as error:
        raise serializers.ValidationError({error.field: [str(error)]}) from error


class Forge(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="forge_read", responses=ForgeSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """The repository that the project follows; 404 where it follows none."""
        return Response(ForgeSerializer(_find(request, team_slug, project_slug)[0]).data)

    @extend_schema(
        operation_id="forge_connect", request=ForgeConnectSerializer, responses={201: ForgeSerializer}
    )
    def post(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Follow a repository. The forge is asked first; what it says is wrong is told at its field."""
        project, person = _project(request, team_slug, project_slug)
        sent = ForgeConnectSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        kind, secret = Kind(given.pop("kind")), given.pop("secret", "")
        if number := given.pop("installation", None):
            given["installation"] = log.find_installation(project.team, number)
            given.setdefault("base_url", given["installation"].app.base_url)
        given.setdefault("base_url", connecting.SITES[kind])
        with _at_its_field():
            made, _ = connecting.connect(person, project, kind, secret=secret, **given)
        return Response(ForgeSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="forge_change", request=ForgeChangeSerializer, responses=ForgeSerializer)
    def patch(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Change how it lands and what is told; give another token or webhook secret."""
        connection, person = _find(request, team_slug, project_slug)
        sent = ForgeChangeSerializer(data=request.data, context={"connection": connection})
        sent.is_valid(raise_exception=True)
        changes = dict(sent.validated_data)
        token, secret = changes.pop("token", None), changes.pop("secret", None)
        with _at_its_field():
            if token is not None:
                connecting.give_token(person, connection, token)
        if secret is not None:
            connecting.renew_secret(person, connection, secret)
        connecting.change(person, connection, **changes)
        return Response(ForgeSerializer(_find(request, team_slug, project_slug)[0]).data)

    @extend_schema(operation_id="forge_disconnect", responses={204: None})
    def delete(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Stop following; branches and proposals stay."""
        connection, person = _find(request, team_slug, project_slug)
        connecting.disconnect(person, connection)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ForgeTest(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="forge_test", request=None, responses=ForgeTestSerializer)
    def post(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Ask the forge for each permission that is needed, without changing anything there.

        What waits for the forge to work again is taken up at once.
        """
        connection, _ = _find(request, team_slug, project_slug)
        with _at_its_field():
            found = connecting.try_out(connection)
        actions.try_again(connection)
        return Response(ForgeTestSerializer(found).data)


class ForgeFormerSecret(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="forge_end_former_secret", request=None, responses={204: None})
    def post(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """The webhook has the new secret; the former one is good no more."""
        connection, person = _find(request, team_slug, project_slug)
        connecting.forget_former_secret(person, connection)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ForgeInstallations(APIView):
    @extend_schema(operation_id="forge_installations", responses=ForgeInstallationSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Where the team's GitHub Apps are installed; Apps are registered and installed on pages."""
        project, _ = _project(request, team_slug, project_slug)
        found = log.installations_of(project.team)
        return Response(ForgeInstallationSerializer(found, many=True).data)


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
        connection, _ = _find(request, team_slug, project_slug)
        asked = BeforeSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = log.arrivals_of(connection, asked.validated_data.get("before"))
        return Response(ForgeDeliverySerializer(page.rows, many=True).data)


class ForgeRedelivery(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="forge_run_again", request=None, responses={202: None})
    def post(self, request: Request, team_slug: str, project_slug: str, arrival_id: int) -> Response:
        """Have a delivery worked on once more."""
        connection, _ = _find(request, team_slug, project_slug)
        actions.run_again(log.find_arrival(connection, arrival_id))
        return Response(status=status.HTTP_202_ACCEPTED)


class ForgeWaiting(APIView):
    @extend_schema(operation_id="forge_waiting", responses=ForgePullSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Pull requests of strangers that wait to be judged, the oldest first, fifty at most."""
        connection, _ = _find(request, team_slug, project_slug)
        return Response(ForgePullSerializer(log.waiting_of(connection), many=True).data)


class ForgeLetIn(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="forge_let_in", request=None, responses={202: None})
    def post(self, request: Request, team_slug: str, project_slug: str, pull_id: int) -> Response:
        """Have one of them judged, now and after each push."""
        connection, person = _find(request, team_slug, project_slug)
        pull = log.find_waiting(connection, pull_id)
        strangers.let_in(person, pull)
        return Response(status=status.HTTP_202_ACCEPTED)


FORGE = "teams/<slug:team_slug>/projects/<slug:project_slug>/forge/"

urlpatterns = [
    path(FORGE, Forge.as_view(), name="api-forge"),
    path(FORGE + "test/", ForgeTest.as_view(), name="api-forge-test"),
    path(FORGE + "end-former-secret/", ForgeFormerSecret.as_view(), name="api-forge-former-secret"),
    path(FORGE + "installations/", ForgeInstallations.as_view(), name="api-forge-installations"),
    path(FORGE + "waiting/", ForgeWaiting.as_view(), name="api-forge-waiting"),
    path(FORGE + "waiting/<int:pull_id>/let-in/", ForgeLetIn.as_view(), name="api-forge-let-in"),
    path(FORGE + "deliveries/", ForgeDeliveries.as_view(), name="api-forge-deliveries"),
    path(FORGE + "deliveries/<int:arrival_id>/again/", ForgeRedelivery.as_view(), name="api-forge-run-again"),
]
