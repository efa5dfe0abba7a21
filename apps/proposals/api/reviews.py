"""The API's endpoints of reviews, readiness and policies."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Scope
from apps.projects.access import find_project, find_project_membership
from apps.proposals import reviews
from apps.proposals.access import find_proposal
from apps.proposals.actions import policing, reviewing
from apps.proposals.api.review_serializers import (
    AskedSerializer,
    BypassSerializer,
    DismissalSerializer,
    PolicySerializer,
    ReadinessSerializer,
    ReviewAskedSerializer,
    ReviewRequestSerializer,
    ReviewSerializer,
)
from apps.proposals.models import Policy, Proposal
from apps.proposals.readiness import readiness_of
from apps.proposals.situation import read_situation
from apps.teams.models import Membership, Role

PROJECT = "teams/<slug:team_slug>/projects/<slug:project_slug>/"
PROPOSAL = PROJECT + "proposals/<int:number>/"


class ReadinessDetail(APIView):
    """Whether the proposal may land, and what is missing."""

    @extend_schema(operation_id="proposals_readiness", responses=ReadinessSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        proposal = find_proposal(find_project(request.user, team_slug, project_slug), number)
        return Response(ReadinessSerializer(_readiness(proposal)).data)


class Reviews(APIView):
    """The reviews of a proposal, the oldest first; giving one is for developers."""

    @extend_schema(operation_id="reviews_list", responses=ReviewSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        proposal = find_proposal(find_project(request.user, team_slug, project_slug), number)
        return Response(ReviewSerializer(reviews.reviews_of(proposal), many=True).data)

    @extend_schema(
        operation_id="reviews_create", request=ReviewAskedSerializer, responses={201: ReviewSerializer}
    )
    def post(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        """Review it. 409 where the change is another one than `change_hash` says, or can't be approved."""
        viewer, proposal = _let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        sent = _checked(ReviewAskedSerializer(data=request.data))
        given = reviewing.review(viewer.user, proposal, **sent)
        return Response(ReviewSerializer(given).data, status=status.HTTP_201_CREATED)


class ReviewDismissal(APIView):
    @extend_schema(operation_id="reviews_dismiss", request=DismissalSerializer, responses=ReviewSerializer)
    def post(
        self, request: Request, team_slug: str, project_slug: str, number: int, review_id: int
    ) -> Response:
        """Dismiss a review; for maintainers and for who gave it."""
        viewer, proposal = _let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        found = reviews.find_dismissable(proposal, review_id, viewer)
        sent = _checked(DismissalSerializer(data=request.data))
        return Response(ReviewSerializer(reviewing.dismiss(viewer.user, found, **sent)).data)


class ReviewRequests(APIView):
    """Whose reviews are awaited."""

    @extend_schema(operation_id="review_requests_list", responses=ReviewRequestSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        proposal = find_proposal(find_project(request.user, team_slug, project_slug), number)
        return Response(ReviewRequestSerializer(reviews.awaited(proposal), many=True).data)

    @extend_schema(
        operation_id="review_requests_create",
        request=AskedSerializer,
        responses={201: ReviewRequestSerializer},
    )
    def post(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        """Ask a member for a review; for developers."""
        viewer, proposal = _let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        sent = _checked(AskedSerializer(data=request.data))
        user = reviews.find_user(proposal.project, sent["email"])
        made = reviewing.request_review(viewer.user, proposal, user)
        return Response(ReviewRequestSerializer(made).data, status=status.HTTP_201_CREATED)


class ReviewRequestDetail(APIView):
    @extend_schema(operation_id="review_requests_delete", responses={204: None})
    def delete(
        self, request: Request, team_slug: str, project_slug: str, number: int, request_id: int
    ) -> Response:
        """Ask no more; for developers."""
        viewer, proposal = _let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        reviewing.withdraw_request(viewer.user, reviews.find_request(proposal, request_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Bypasses(APIView):
    @extend_schema(
        operation_id="proposals_bypass", request=BypassSerializer, responses={201: BypassSerializer}
    )
    def post(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        """Let this change land without what the policy asks; for those whom the policy lets."""
        viewer, proposal = _let_in(request, team_slug, project_slug, number, Role.MAINTAINER)
        sent = _checked(BypassSerializer(data=request.data))
        made = reviewing.bypass(viewer.user, proposal, **sent)
        return Response(BypassSerializer(made).data, status=status.HTTP_201_CREATED)


class PolicyDetail(APIView):
    """What the project's settings ask of proposals; braid.toml may ask for more. Changing it is for maintainers."""

    write_scope = Scope.ADMIN

    @extend_schema(operation_id="policy_retrieve", responses=PolicySerializer)
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        found = Policy.objects.filter(project=project).first() or Policy(project=project)
        return Response(PolicySerializer(found).data)

    @extend_schema(operation_id="policy_change", request=PolicySerializer, responses=PolicySerializer)
    def patch(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        sent = _checked(PolicySerializer(data=request.data, partial=True))
        return Response(PolicySerializer(policing.change_policy(viewer.user, project, **sent)).data)


def _let_in(
    request: Request, team_slug: str, project_slug: str, number: int, role: Role
) -> tuple[Membership, Proposal]:
    project, viewer = find_project_membership(request.user, team_slug, project_slug, role)
    return viewer, find_proposal(project, number)


def _checked(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _readiness(proposal: Proposal) -> dict[str, Any]:
    at = read_situation(proposal)
    found, risk = readiness_of(at), at.risk
    return {
        "ready": found.ready,
        "change_hash": at.shown_hash,
        "missing": found.missing,
        "requirements": found.requirements,
        "risk": risk.dangers,
        "risk_measured": risk.is_measured,
        "bypass": found.bypass,
    }


urlpatterns = [
    path(PROJECT + "policy/", PolicyDetail.as_view(), name="api-policy"),
    path(PROPOSAL + "readiness/", ReadinessDetail.as_view(), name="api-readiness"),
    path(PROPOSAL + "reviews/", Reviews.as_view(), name="api-reviews"),
    path(PROPOSAL + "reviews/<int:review_id>/dismiss/", ReviewDismissal.as_view(), name="api-review-dismiss"),
    path(PROPOSAL + "review-requests/", ReviewRequests.as_view(), name="api-review-requests"),
    path(
        PROPOSAL + "review-requests/<int:request_id>/",
        ReviewRequestDetail.as_view(),
        name="api-review-request",
    ),
    path(PROPOSAL + "bypass/", Bypasses.as_view(), name="api-bypass"),
]
