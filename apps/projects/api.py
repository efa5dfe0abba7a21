"""The API's endpoints of projects."""

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Scope
from apps.projects import actions
from apps.projects.access import find_project, find_project_membership
from apps.projects.models import Project
from apps.projects.serializers import ProjectSerializer
from apps.teams.access import find_membership, find_team
from apps.teams.models import Role


class Projects(generics.ListCreateAPIView[Project]):
    """The team's projects; making one needs the role of a maintainer."""

    serializer_class = ProjectSerializer
    write_scope = Scope.ADMIN

    def get_queryset(self) -> "QuerySet[Project]":
        if getattr(self, "swagger_fake_view", False):
            return Project.objects.none()
        team = find_team(self.request.user, self.kwargs["team_slug"])
        return Project.objects.filter(team=team).select_related("team")

    def create(self, request: Request, *args: object, **kwargs: str) -> Response:
        viewer = find_membership(request.user, kwargs["team_slug"], Role.MAINTAINER)
        sent = self.get_serializer(data=request.data)
        sent.is_valid(raise_exception=True)
        project = actions.create_project(viewer.user, viewer.team, **sent.validated_data)
        return Response(ProjectSerializer(project).data, status=status.HTTP_201_CREATED)


class ProjectDetail(APIView):
    """One project."""

    write_scope = Scope.ADMIN

    @extend_schema(operation_id="project_retrieve", responses=ProjectSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        return Response(ProjectSerializer(find_project(request.user, team_slug, project_slug)).data)

    @extend_schema(operation_id="project_change", request=ProjectSerializer, responses=ProjectSerializer)
    def patch(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        sent = ProjectSerializer(project, data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        changed = actions.change_project(viewer.user, project, **sent.validated_data)
        return Response(ProjectSerializer(changed).data)

    @extend_schema(operation_id="project_delete", responses={204: None})
    def delete(self, request: Request, team_slug: str, project_slug: str) -> Response:
        """Delete the project, its repository and every verdict on it; for owners."""
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.OWNER)
        actions.delete_project(viewer.user, project)
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("teams/<slug:team_slug>/projects/", Projects.as_view(), name="api-projects"),
    path("teams/<slug:team_slug>/projects/<slug:project_slug>/", ProjectDetail.as_view(), name="api-project"),
]
