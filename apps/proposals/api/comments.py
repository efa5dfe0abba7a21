"""The API's endpoints of comments on proposals."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.proposals import access
from apps.proposals.actions import commenting
from apps.proposals.api.checked import PROPOSAL, checked, let_in
from apps.proposals.api.proposal_serializers import (
    ChangedCommentSerializer,
    CommentSerializer,
    ThreadSerializer,
)
from apps.proposals.models import Comment, Proposal
from apps.proposals.pages.threads import CommentView, show_comments
from apps.teams.models import Membership, Role


class Comments(generics.ListAPIView[Comment]):
    """What was said about the proposal, the oldest first; saying something is for developers."""

    serializer_class = CommentSerializer

    def get_queryset(self) -> QuerySet[Comment]:
        if getattr(self, "swagger_fake_view", False):
            return Comment.objects.none()
        found = access.comments_of(let_in(self.request, **self.kwargs)[1])
        address = self.request.query_params.get("address", "").replace("\0", "")
        return found.filter(address=address) if address else found

    @extend_schema(
        operation_id="comments_list",
        parameters=[
            OpenApiParameter("address", description="Only comments on this object, `table public.users`.")
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="comments_create", request=CommentSerializer, responses={201: CommentSerializer}
    )
    def post(self, request: Request, team_slug: str, project_slug: str, number: int) -> Response:
        """Comment, with `address` on one object of the changes, with `thread` in answer to another comment.

        409 where the object is not among the changes, or the thread is resolved.
        """
        viewer, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        sent = checked(CommentSerializer(data=request.data))
        thread = sent.pop("thread_id", None)
        said = commenting.comment(viewer.user, proposal, **sent, thread=thread)
        return Response(CommentSerializer(said).data, status=status.HTTP_201_CREATED)


class CommentDetail(APIView):
    """One comment: changed by who wrote it, deleted by them or a maintainer."""

    @extend_schema(
        operation_id="comments_change", request=ChangedCommentSerializer, responses=CommentSerializer
    )
    def patch(
        self, request: Request, team_slug: str, project_slug: str, number: int, comment_id: int
    ) -> Response:
        viewer, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        found = _found(viewer, proposal, comment_id)
        if not found.may_change:
            raise PermissionDenied("Only who wrote a comment may change it.")
        sent = checked(ChangedCommentSerializer(data=request.data))
        return Response(CommentSerializer(commenting.change_comment(viewer.user, found.comment, **sent)).data)

    @extend_schema(operation_id="comments_delete", responses={204: None})
    def delete(
        self, request: Request, team_slug: str, project_slug: str, number: int, comment_id: int
    ) -> Response:
        viewer, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        found = _found(viewer, proposal, comment_id)
        if not found.may_delete:
            raise PermissionDenied("A comment is deleted by who wrote it, or by a maintainer.")
        commenting.delete_comment(viewer.user, found.comment)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CommentThread(APIView):
    """The thread of a comment: resolved or opened again by whoever may comment."""

    @extend_schema(operation_id="comments_settle", request=ThreadSerializer, responses=CommentSerializer)
    def put(
        self, request: Request, team_slug: str, project_slug: str, number: int, comment_id: int
    ) -> Response:
        """The thread's first comment, as it then is."""
        viewer, proposal = let_in(request, team_slug, project_slug, number, Role.DEVELOPER)
        sent = checked(ThreadSerializer(data=request.data))
        found = access.find_comment(proposal, comment_id)
        first = commenting.settle_thread(viewer.user, found, sent["resolved"])
        return Response(CommentSerializer(first).data)


def _found(viewer: Membership, proposal: Proposal, comment_id: int) -> CommentView:
    return show_comments([access.find_comment(proposal, comment_id)], proposal, viewer)[0]


urlpatterns = [
    path(PROPOSAL + "comments/", Comments.as_view(), name="api-comments"),
    path(PROPOSAL + "comments/<int:comment_id>/", CommentDetail.as_view(), name="api-comment"),
    path(PROPOSAL + "comments/<int:comment_id>/thread/", CommentThread.as_view(), name="api-thread"),
]
