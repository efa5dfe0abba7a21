"""The API's endpoints of the queue, and of reverting what has landed."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.errors import RefusedError
from apps.accounts.serializers import UserSerializer
from apps.projects.access import find_project, find_project_membership
from apps.proposals import queued
from apps.proposals.access import find_proposal
from apps.proposals.actions import queueing, reverting
from apps.proposals.models import Proposal, Revert, Stage
from apps.proposals.pages.queue import EntryView, show_entry, show_line, show_turn
from apps.teams.models import Membership, Role

PROJECT = "teams/<slug:team_slug>/projects/<slug:project_slug>/"
PROPOSAL = PROJECT + "proposals/<int:number>/"


class MovedSerializer(serializers.Serializer[Any]):
    was = serializers.CharField()
    name = serializers.CharField()
    is_rewritten = serializers.BooleanField()


class EntrySerializer(serializers.Serializer[EntryView]):
    """One proposal's turn. `mend` are commands for databases that ran the branch's own migrations."""

    proposal = serializers.IntegerField(source="entry.proposal.number")
    title = serializers.CharField(source="entry.proposal.title")
    by = UserSerializer(source="entry.by", allow_null=True)
    stage = serializers.ChoiceField(Stage.choices, source="entry.stage")
    place = serializers.IntegerField(help_text="From 1; 0 for what is not lined up.")
    detail = serializers.CharField()
    head = serializers.CharField(source="entry.head")
    change_hash = serializers.CharField(source="entry.change_hash")
    tested_on = serializers.CharField(source="entry.tested_on")
    candidate = serializers.CharField(source="entry.candidate")
    delivered = serializers.CharField(
        source="entry.delivered",
        help_text="On the proposal's branch, for the forge to merge; empty for none.",
    )
    deletes_branch = serializers.BooleanField(source="entry.deletes_branch")
    migrations = MovedSerializer(source="moved", many=True)
    mend = serializers.ListField(child=serializers.CharField(), source="mend.commands")
    mend_notes = serializers.ListField(
        child=serializers.CharField(),
        source="mend.notes",
        help_text="Which rows can keep them from going through.",
    )
    mend_anew = serializers.CharField(source="mend.anew")
    queued_at = serializers.DateTimeField(source="entry.created_at")
    ended_at = serializers.DateTimeField(source="entry.ended_at", allow_null=True)


class QueueSerializer(serializers.Serializer[Any]):
    """Who is lined up, and what forges are to merge, the first first; who has landed or left, the last first."""

    line = EntrySerializer(many=True)
    handed = EntrySerializer(many=True)
    recent = EntrySerializer(many=True)


class QueueAskedSerializer(serializers.Serializer[Any]):
    deletes_branch = serializers.BooleanField(default=False)
    change_hash = serializers.CharField(
        required=False, help_text="Of the change that you saw: 409 where it is another one by now."
    )


class RevertSerializer(serializers.ModelSerializer[Revert]):
    """A wish to undo what has landed. `made` is the number of the proposal with the way back."""

    made = serializers.IntegerField(source="made.number", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Revert
        fields = ["state", "made", "reason", "created_at", "ended_at"]


class Queue(APIView):
    """The project's queue."""

    @extend_schema(operation_id="queue_retrieve", responses=QueueSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        recent = [show_entry(each) for each in queued.recent_of(project)]
        handed = [show_entry(each) for each in queued.handed_of(project)]
        shown = {"line": show_line(queued.line_of(project)), "handed": handed, "recent": recent}
        return Response(QueueSerializer(shown).data)


class ProposalTurn(APIView):
    """A proposal's place in the queue, or how it left it."""

    @extend_schema(operation_id="proposals_queue_retrieve", responses=EntrySerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        proposal = find_proposal(find_project(request.user, team_slug, project_slug), number)
        return Response(_turn(proposal))

    @extend_schema(
        operation_id="proposals_queue_enter", request=QueueAskedSerializer, responses={201: EntrySerializer}
    )
    def post(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        """Line it up to land; for developers. 409 where it is not ready, or not what `change_hash` says."""
        viewer, proposal = _let_in(request, team_slug, project_slug, number)
        sent = QueueAskedSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        queueing.queue(viewer.user, proposal, **sent.validated_data)
        return Response(_turn(proposal), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="proposals_queue_leave", responses=EntrySerializer)
    def delete(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        """Take it out of the queue, or back from the forge; for developers. 409 where it is in neither.

        One that has just landed says so.
        """
        viewer, proposal = _let_in(request, team_slug, project_slug, number)
        queueing.withdraw(viewer.user, proposal)
        return Response(_turn(proposal))


class Reverts(APIView):
    """The way back from a merged proposal."""

    @extend_schema(operation_id="proposals_revert_retrieve", responses=RevertSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        proposal = find_proposal(find_project(request.user, team_slug, project_slug), number)
        found = queued.turn_of(proposal).revert
        if found is None:
            raise RefusedError(f"Nobody has asked for the way back from #{proposal.number}.")
        return Response(RevertSerializer(found).data)

    @extend_schema(operation_id="proposals_revert", request=None, responses={202: RevertSerializer})
    def post(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        """Have the way back proposed; for developers."""
        viewer, proposal = _let_in(request, team_slug, project_slug, number)
        wanted = reverting.want_revert(viewer.user, proposal)
        return Response(RevertSerializer(wanted).data, status=status.HTTP_202_ACCEPTED)


def _let_in(request: Request, team_slug: str, project_slug: str, number: int) -> tuple[Membership, Proposal]:
    project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.DEVELOPER)
    return viewer, find_proposal(project, number)


def _turn(proposal: Proposal) -> Any:
    shown = show_turn(queued.turn_of(proposal)).entry
    if shown is None:
        raise RefusedError(f"#{proposal.number} was never in the queue.")
    return EntrySerializer(shown).data


urlpatterns = [
    path(PROJECT + "queue/", Queue.as_view(), name="api-queue"),
    path(PROPOSAL + "queue/", ProposalTurn.as_view(), name="api-proposal-queue"),
    path(PROPOSAL + "revert/", Reverts.as_view(), name="api-proposal-revert"),
]
