"""The radar of a project."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.checks.views.rendering import render_page
from apps.merges.access import radar_of
from apps.merges.pages import matrix_of
from apps.projects.access import find_project


@require_safe
def radar(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project = find_project(request.user, team_slug, project_slug)
    found = radar_of(project)
    context = {
        "project": project,
        "section": "radar",
        "radar": found,
        "matrix": matrix_of(found, request.GET.get("page", "1")),
    }
    return render_page(request, "merges/radar.html", context, region="merges/radar_matrix.html")
