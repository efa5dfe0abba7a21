"""Sizes of tables are removed on the project's settings page, which shows them (`templatetags.sizing`)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.projects.access import find_project_membership
from apps.proposals.actions.sizing import forget_sizes
from apps.teams.models import Role


@require_POST
def forget(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project, membership = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
    if forget_sizes(membership.user, project):
        messages.success(
            request, "The sizes are removed; every table counts as large until new ones are sent."
        )
    return redirect("project-settings", team_slug, project_slug)
