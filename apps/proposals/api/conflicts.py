"""The API's endpoints of conflicts: what they are, choosing, trying a choice out, and the proof."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.proposals.actions import previewing, resolving
from apps.proposals.api.checked import PROPOSAL, checked, let_in
from apps.proposals.api.conflict_serializers import (
    ChoiceSerializer,
    ConflictSerializer,
    NewChoiceSerializer,
    OutcomeSerializer,
    PreviewSerializer,
    ResolutionSerializer,
)
from apps.proposals.evidence import find_preview
from apps.proposals.models import Proposal, Resolution
from apps.proposals.resolutions import conflicts_of, find_conflict
from apps.teams.models import Role

CONFLICT = PROPOSAL + "conflicts/<slug:conflict>/"
SEEN = OpenApiParameter("seen", int, required=True, description="The version that was shown as current.")


class Conflicts(APIView):
    """The conflicts with the default branch, open and settled; empty before the branches were merged."""

    @extend_schema(operation_id="conflicts_list", responses=ConflictSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        _, proposal = let_in(request, team_slug, project_slug, number)
        return Response(ConflictSerializer(list(conflicts_of(proposal).conflicts), many=True).data)


class ConflictDetail(APIView):
    """One conflict; choosing is for developers."""

    @extend_schema(operation_id="conflicts_retrieve", responses=ConflictSerializer)
    def get(
        self, request: Request, team_slug: str, project_slug: str, number: int, conflict: str
    ) -> Response:
        _, proposal = let_in(request, team_slug, project_slug, number)
        found = next((each for each in conflicts_of(proposal).conflicts if each.id == conflict), None)
        if found is None:
            raise Http404("No such conflict")
        return Response(ConflictSerializer(found).data)

    @extend_schema(
        operation_id="conflicts_choose", request=NewChoiceSerializer, responses=ResolutionSerializer
    )
    def post(
        self, request: Request, team_slug: str, project_slug: str, number: int, conflict: str
    ) -> Response:
        """Save a choice, and have the merge done again with it. 409 where somebody chose since `seen`."""
        viewer, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        _known(proposal, conflict)
        sent = checked(NewChoiceSerializer(data=request.data))
        seen, note = sent.pop("seen"), sent.pop("note")
        made = resolving.choose(viewer.user, proposal, conflict, sent, seen=seen, note=note)
        return Response(ResolutionSerializer(made).data)

    @extend_schema(operation_id="conflicts_take_back", parameters=[SEEN], responses=ResolutionSerializer)
    def delete(
        self, request: Request, team_slug: str, project_slug: str, number: int, conflict: str
    ) -> Response:
        """Choose nothing any more. 409 where somebody chose since `seen`."""
        viewer, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        seen = request.query_params.get("seen", "")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 9):
            raise ValidationError({"seen": "The version that was shown as current."})
        made = resolving.take_back(viewer.user, proposal, conflict, seen=int(seen))
        return Response(ResolutionSerializer(made).data)


class Resolutions(APIView):
    """Every choice that was made, the oldest first: those that were changed or taken back too."""

    @extend_schema(operation_id="resolutions_list", responses=ResolutionSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        _, proposal = let_in(request, team_slug, project_slug, number)
        rows = Resolution.objects.filter(proposal=proposal).select_related("author").order_by("id")
        return Response(ResolutionSerializer(rows, many=True).data)


class Previews(APIView):
    @extend_schema(
        operation_id="conflicts_preview", request=ChoiceSerializer, responses={202: PreviewSerializer}
    )
    def post(
        self, request: Request, team_slug: str, project_slug: str, number: int, conflict: str
    ) -> Response:
        """Have a choice tried out beside those that are saved; for developers."""
        _, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        _known(proposal, conflict)
        asked = previewing.ask_preview(proposal, conflict, checked(ChoiceSerializer(data=request.data)))
        return Response(_preview(proposal, conflict, asked.pk), status=status.HTTP_202_ACCEPTED)


class PreviewDetail(APIView):
    """What a choice would give, once `state` is done; a preview is kept for two days."""

    @extend_schema(operation_id="conflicts_preview_retrieve", responses=PreviewSerializer)
    def get(
        self,
        request: Request,
        team_slug: str,
        project_slug: str,
        number: int,
        conflict: str,
        preview_id: int,
    ) -> Response:
        _, proposal = let_in(request, team_slug, project_slug, number)
        return Response(_preview(proposal, conflict, preview_id))


class Proof(APIView):
    """What the merge comes to with what is chosen: what lands, and what was run. 404 before it was merged."""

    @extend_schema(operation_id="proposals_proof", responses=OutcomeSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        _, proposal = let_in(request, team_slug, project_slug, number)
        told = conflicts_of(proposal).told
        if "verdict" not in told:
            raise Http404("Not merged yet")
        return Response(OutcomeSerializer(told).data)


def _known(proposal: Proposal, conflict: str) -> None:
    if find_conflict(proposal, conflict) is None:
        raise Http404("No such conflict")


def _preview(proposal: Proposal, conflict: str, preview_id: int) -> dict[str, Any]:
    found = find_preview(proposal, conflict, preview_id)
    outcome = found.told if found.told and "verdict" in found.told else None
    return {
        **PreviewSerializer(found.preview).data,
        "outcome": OutcomeSerializer(outcome).data if outcome else None,
    }


urlpatterns = [
    path(PROPOSAL + "conflicts/", Conflicts.as_view(), name="api-conflicts"),
    path(CONFLICT, ConflictDetail.as_view(), name="api-conflict"),
    path(CONFLICT + "previews/", Previews.as_view(), name="api-previews"),
    path(CONFLICT + "previews/<int:preview_id>/", PreviewDetail.as_view(), name="api-preview"),
    path(PROPOSAL + "resolutions/", Resolutions.as_view(), name="api-resolutions"),
    path(PROPOSAL + "proof/", Proof.as_view(), name="api-proof"),
]
