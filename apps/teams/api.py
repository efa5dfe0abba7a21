"""The API's endpoints of teams, members, invitations and the audit log."""

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Scope, User
from apps.teams import actions, audit, inviting
from apps.teams.access import find_invitation, find_member, find_membership, find_team
from apps.teams.models import AuditEntry, Invitation, Membership, Role, Team
from apps.teams.serializers import (
    AuditEntrySerializer,
    CreatedInvitationSerializer,
    InvitationSerializer,
    MemberSerializer,
    NewInvitationSerializer,
    TeamSerializer,
)


class Teams(generics.ListCreateAPIView[Team]):
    """The teams that you are a member of; creating one makes you its owner."""

    serializer_class = TeamSerializer
    write_scope = Scope.ADMIN

    def get_queryset(self) -> "QuerySet[Team]":
        user = self.request.user
        return Team.objects.of(user) if isinstance(user, User) else Team.objects.none()

    def perform_create(self, serializer: serializers.BaseSerializer[Team]) -> None:
        assert isinstance(self.request.user, User)
        serializer.instance = actions.create_team(self.request.user, **serializer.validated_data)


class TeamDetail(APIView):
    """One team."""

    write_scope = Scope.ADMIN

    @extend_schema(operation_id="team_retrieve", responses=TeamSerializer)
    def get(self, request: Request, team_slug: str) -> Response:
        return Response(TeamSerializer(find_team(request.user, team_slug)).data)

    @extend_schema(operation_id="team_rename", request=TeamSerializer, responses=TeamSerializer)
    def patch(self, request: Request, team_slug: str) -> Response:
        viewer = find_membership(request.user, team_slug, Role.OWNER)
        sent = TeamSerializer(viewer.team, data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        wanted = {"name": viewer.team.name, "slug": viewer.team.slug} | sent.validated_data
        return Response(TeamSerializer(actions.rename_team(viewer.user, viewer.team, **wanted)).data)

    @extend_schema(operation_id="team_delete", responses={204: None})
    def delete(self, request: Request, team_slug: str) -> Response:
        """Delete the team; refused (409) while it has projects."""
        viewer = find_membership(request.user, team_slug, Role.OWNER)
        actions.delete_team(viewer.user, viewer.team)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Members(generics.ListAPIView[Membership]):
    """Who is in the team, with which role."""

    serializer_class = MemberSerializer

    def get_queryset(self) -> "QuerySet[Membership]":
        return members_of(self)


class Member(APIView):
    """One member of the team."""

    write_scope = Scope.ADMIN

    @extend_schema(operation_id="member_change_role", request=MemberSerializer, responses=MemberSerializer)
    def patch(self, request: Request, team_slug: str, member_id: int) -> Response:
        viewer = find_membership(request.user, team_slug, Role.OWNER)
        member = find_member(viewer, member_id)
        sent = MemberSerializer(member, data=request.data)
        sent.is_valid(raise_exception=True)
        changed = actions.change_role(viewer.user, member, sent.validated_data["role"])
        return Response(MemberSerializer(changed).data)

    @extend_schema(operation_id="member_remove", responses={204: None})
    def delete(self, request: Request, team_slug: str, member_id: int) -> Response:
        """Remove a member (owners), or leave the team (anybody, themselves)."""
        viewer = find_membership(request.user, team_slug)
        if viewer.pk != member_id:
            viewer = find_membership(request.user, team_slug, Role.OWNER)
        actions.remove_member(viewer.user, find_member(viewer, member_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Invitations(generics.ListAPIView[Invitation]):
    """Invitations that are still open."""

    serializer_class = InvitationSerializer
    write_scope = Scope.ADMIN

    def get_queryset(self) -> "QuerySet[Invitation]":
        team = find_team(self.request.user, self.kwargs["team_slug"], Role.MAINTAINER)
        return Invitation.objects.open().filter(team=team).select_related("invited_by")

    @extend_schema(
        operation_id="invitation_create",
        request=NewInvitationSerializer,
        responses={201: CreatedInvitationSerializer},
    )
    def post(self, request: Request, team_slug: str) -> Response:
        """Make a link into the team; the answer is the only place where it is shown."""
        viewer = find_membership(request.user, team_slug, Role.MAINTAINER)
        sent = NewInvitationSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        created = inviting.invite(viewer, **sent.validated_data)
        shown = CreatedInvitationSerializer(
            created.invitation, context={"link": inviting.link(created.secret)}
        )
        return Response(shown.data, status=status.HTTP_201_CREATED)


class InvitationDetail(APIView):
    """One invitation."""

    write_scope = Scope.ADMIN

    @extend_schema(operation_id="invitation_revoke", responses={204: None})
    def delete(self, request: Request, team_slug: str, invitation_id: int) -> Response:
        """Take the link back; a second call changes nothing."""
        viewer = find_membership(request.user, team_slug, Role.MAINTAINER)
        inviting.revoke_invitation(viewer.user, find_invitation(viewer, invitation_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(
    parameters=[
        OpenApiParameter("action", str, description="Only this action, as in `member.role`."),
        OpenApiParameter("q", str, description="Only entries whose target contains this text."),
    ]
)
class Audit(generics.ListAPIView[AuditEntry]):
    """Who did what in the team, newest first; for owners, with a token of the scope admin."""

    serializer_class = AuditEntrySerializer
    read_scope = Scope.ADMIN

    def get_queryset(self) -> "QuerySet[AuditEntry]":
        team = find_team(self.request.user, self.kwargs["team_slug"], Role.OWNER)
        asked = self.request.query_params
        return audit.search(team, action=asked.get("action", ""), text=asked.get("q", ""))


def members_of(view: generics.GenericAPIView[Membership]) -> "QuerySet[Membership]":
    if getattr(view, "swagger_fake_view", False):
        return Membership.objects.none()
    team = find_team(view.request.user, view.kwargs["team_slug"])
    return Membership.objects.filter(team=team).select_related("user")


urlpatterns = [
    path("teams/", Teams.as_view(), name="api-teams"),
    path("teams/<slug:team_slug>/", TeamDetail.as_view(), name="api-team"),
    path("teams/<slug:team_slug>/members/", Members.as_view(), name="api-members"),
    path("teams/<slug:team_slug>/members/<int:member_id>/", Member.as_view(), name="api-member"),
    path("teams/<slug:team_slug>/invitations/", Invitations.as_view(), name="api-invitations"),
    path(
        "teams/<slug:team_slug>/invitations/<int:invitation_id>/",
        InvitationDetail.as_view(),
        name="api-invitation",
    ),
    path("teams/<slug:team_slug>/audit/", Audit.as_view(), name="api-audit"),
]
