"""The radar through the API: which open branches collide, and on what."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.checks.access import find_branch
from apps.merges.access import Standing, pairs_of, radar_of
from apps.projects.access import find_project

STANDINGS = [(each.value, each.value) for each in Standing if each is not Standing.APART]


class PairSerializer(serializers.Serializer[Any]):
    """Two branches that touch something in common. `objects` are what they collide on."""

    ours = serializers.CharField(source="ours.name")
    theirs = serializers.CharField(source="theirs.name")
    standing = serializers.ChoiceField(choices=STANDINGS)
    objects = serializers.ListField(child=serializers.CharField())
    headline = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    is_active = serializers.BooleanField()


class UnclearSerializer(serializers.Serializer[Any]):
    """A branch that is merged with all others, and why."""

    branch = serializers.CharField()
    reason = serializers.CharField()


class RadarSerializer(serializers.Serializer[Any]):
    """Pairs that are not listed have nothing in common."""

    default_branch = serializers.CharField(allow_null=True)
    branches = serializers.ListField(child=serializers.CharField())
    pairs = PairSerializer(many=True)
    unclear = UnclearSerializer(many=True)


class RadarDetail(APIView):
    """Every pair of open branches that touch something in common, and how it merges."""

    @extend_schema(operation_id="radar_retrieve", responses=RadarSerializer)
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        found = radar_of(find_project(request.user, team_slug, project_slug))
        names = {branch.pk: branch.name for branch in found.branches}
        shown = {
            "default_branch": found.default.name if found.default else None,
            "branches": sorted(names.values()),
            "pairs": list(found.pairs.values()),
            "unclear": [
                {"branch": names[pk], "reason": why} for pk, why in found.unclear.items() if pk in names
            ],
        }
        return Response(RadarSerializer(shown).data)


class BranchRadar(APIView):
    """The pairs of one branch, the worst first."""

    @extend_schema(operation_id="radar_branch", responses=PairSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, branch: str) -> Response:
        found = find_branch(find_project(request.user, team_slug, project_slug), branch)
        return Response(PairSerializer(pairs_of(found), many=True).data)


PROJECT = "teams/<slug:team_slug>/projects/<slug:project_slug>/"
urlpatterns = [
    path(PROJECT + "radar/", RadarDetail.as_view(), name="api-radar"),
    path(PROJECT + "radar/<path:branch>/", BranchRadar.as_view(), name="api-branch-radar"),
]
