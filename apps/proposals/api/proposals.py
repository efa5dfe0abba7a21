"""The API's endpoints of proposals: the list, one, its changes, its timeline, labels and subscription."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.checks.access import find_branch, object_changes
from apps.checks.serializers import ChangedObjectSerializer
from apps.projects.access import find_project, find_project_membership
from apps.projects.models import Project
from apps.proposals import access
from apps.proposals.actions import lifecycle
from apps.proposals.actions.changing import change
from apps.proposals.actions.labelling import colour_label, delete_label
from apps.proposals.actions.subscribing import set_subscription
from apps.proposals.api.checked import PROJECT, PROPOSAL, checked, let_in
from apps.proposals.api.proposal_serializers import (
    ChangedProposalSerializer,
    EventSerializer,
    LabelSerializer,
    NewProposalSerializer,
    ProposalSerializer,
    SubscriptionSerializer,
)
from apps.proposals.models import Event, Proposal
from apps.proposals.pages.lists import ORDERS, STATES, chosen_state
from apps.teams.models import Role

FILTERS = [
    OpenApiParameter("state", description="open, merged, closed or all (the default)."),
    OpenApiParameter("q", description="Words of the title or the branch, or a number."),
    OpenApiParameter("label", description="Only proposals with this label."),
    OpenApiParameter("author", description="Only proposals of the person with this address."),
    OpenApiParameter("branch", description="Only proposals of this branch."),
    OpenApiParameter("sort", description="newest (the default), oldest or updated."),
]


class Proposals(generics.ListAPIView[Proposal]):
    """The project's proposals, newest first; making one is for developers."""

    serializer_class = ProposalSerializer

    def get_queryset(self) -> QuerySet[Proposal]:
        if getattr(self, "swagger_fake_view", False):
            return Proposal.objects.none()
        self.project = find_project(self.request.user, self.kwargs["team_slug"], self.kwargs["project_slug"])
        sent = {name: str(value).replace("\0", "") for name, value in self.request.query_params.items()}
        asked = {name: sent.get(name, "") for name in ("label", "author", "branch")}
        state = STATES[chosen_state(sent.get("state", "all"))]
        found = access.search_proposals(self.project, state=state, query=sent.get("q", ""), **asked)
        order = ORDERS.get(sent.get("sort", ""), ORDERS["newest"])
        return found.select_related("reverts").order_by(order, "-number")

    @extend_schema(operation_id="proposals_list", parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.get_queryset()
        page = self.paginate_queryset(queryset) or []
        return self.get_paginated_response(_shown(self.project, page))

    @extend_schema(
        operation_id="proposals_create", request=NewProposalSerializer, responses={201: ProposalSerializer}
    )
    def post(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Ask that a branch be merged into the default branch. 409 where it is proposed already."""
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.DEVELOPER)
        sent = checked(NewProposalSerializer(data=request.data))
        branch = find_branch(project, sent.pop("branch"))
        made = lifecycle.open_proposal(viewer.user, branch, **sent)
        return Response(_one(project, made.number), status=status.HTTP_201_CREATED)


class ProposalDetail(APIView):
    """One proposal; changing it is for developers."""

    @extend_schema(operation_id="proposals_retrieve", responses=ProposalSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return Response(_one(project, access.find_proposal(project, number).number))

    @extend_schema(
        operation_id="proposals_change", request=ChangedProposalSerializer, responses=ProposalSerializer
    )
    def patch(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        viewer, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        change(viewer.user, proposal, checked(ChangedProposalSerializer(data=request.data)))
        return Response(_one(proposal.project, number))


class ProposalChanges(APIView):
    """What the merge would change in the default branch's database, by object; empty before it is known."""

    @extend_schema(operation_id="proposals_changes", responses=ChangedObjectSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        _, proposal = let_in(request, team_slug, project_slug, number)
        found = object_changes(access.diff_of(proposal, access.meeting_of(proposal)))
        return Response(ChangedObjectSerializer(found, many=True).data)


class Timeline(generics.ListAPIView[Event]):
    """All that happened to the proposal, the oldest first."""

    serializer_class = EventSerializer

    def get_queryset(self) -> QuerySet[Event]:
        if getattr(self, "swagger_fake_view", False):
            return Event.objects.none()
        return access.events_of(let_in(self.request, **self.kwargs)[1])

    @extend_schema(operation_id="proposals_timeline")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class ProposalSubscription(APIView):
    """Whether you hear of the proposal; for every member."""

    @extend_schema(
        operation_id="proposals_subscribe", request=SubscriptionSerializer, responses=SubscriptionSerializer
    )
    def put(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        viewer, proposal = let_in(request, team_slug, project_slug, number)
        sent = checked(SubscriptionSerializer(data=request.data))
        made = set_subscription(viewer.user, proposal, sent["subscribed"])
        return Response({"subscribed": not made.muted})


class Labels(APIView):
    """The project's labels. They are made by giving them to a proposal."""

    @extend_schema(operation_id="labels_list", responses=LabelSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project = find_project(request.user, team_slug, project_slug)
        return Response(LabelSerializer(access.labels_of(project), many=True).data)


class LabelDetail(APIView):
    """One label; changing it is for maintainers."""

    @extend_schema(operation_id="labels_colour", request=LabelSerializer, responses=LabelSerializer)
    def patch(self, request: Request, team_slug: str, project_slug: str, label_id: int) -> Response:
        project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
        found = access.find_label(project, label_id)
        sent = checked(LabelSerializer(data=request.data))
        return Response(LabelSerializer(colour_label(found, sent["colour"])).data)

    @extend_schema(operation_id="labels_delete", responses={204: None})
    def delete(self, request: Request, team_slug: str, project_slug: str, label_id: int) -> Response:
        """Take it off every proposal."""
        project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
        delete_label(access.find_label(project, label_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _one(project: Project, number: int) -> Any:
    return _shown(project, list(access.search_proposals(project).filter(number=number)))[0]


def _shown(project: Project, proposals: list[Proposal]) -> Any:
    """The proposals with their meetings, which are read once for all of them."""
    for proposal in proposals:
        proposal.project = proposal.branch.project = project
    context = {"project": project, "meetings": access.meetings_of(proposals)}
    return ProposalSerializer(proposals, many=True, context=context).data


urlpatterns = [
    path(PROJECT + "proposals/", Proposals.as_view(), name="api-proposals"),
    path(PROPOSAL, ProposalDetail.as_view(), name="api-proposal"),
    path(PROPOSAL + "changes/", ProposalChanges.as_view(), name="api-proposal-changes"),
    path(PROPOSAL + "timeline/", Timeline.as_view(), name="api-proposal-timeline"),
    path(PROPOSAL + "subscription/", ProposalSubscription.as_view(), name="api-proposal-subscription"),
    path(PROJECT + "labels/", Labels.as_view(), name="api-labels"),
    path(PROJECT + "labels/<int:label_id>/", LabelDetail.as_view(), name="api-label"),
]
