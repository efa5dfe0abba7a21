"""A project's page and its push history."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.checks.access import project_overview, push_history
from apps.checks.access.pushes import PAGE_SIZE
from apps.checks.pages.projects import SORTS, list_branches
from apps.checks.views.rendering import render_page
from apps.projects.access import find_project, find_project_membership


@require_safe
def project(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    found, membership = find_project_membership(request.user, team_slug, project_slug)
    overview = project_overview(found)
    asked = request.GET
    context = {
        "project": found,
        "membership": membership,
        "clone_command": f"git clone {settings.BASE_URL}/{team_slug}/{project_slug}.git",
        "section": "branches",
        "overview": overview,
        "sorts": SORTS,
        "branches": list_branches(
            overview,
            asked.get("q", ""),
            asked.get("state", ""),
            asked.get("sort", ""),
            asked.get("page", "1"),
        ),
    }
    return render_page(request, "checks/project.html", context, region="checks/project_branches.html")


@require_safe
def pushes(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    found = find_project(request.user, team_slug, project_slug)
    before = request.GET.get("before", "")
    history = push_history(found, before_id=int(before) if before.isascii() and before.isdigit() else None)
    context = {
        "project": found,
        "section": "pushes",
        "pushes": history,
        "is_first": not before,
        "older": history[-1].id if len(history) == PAGE_SIZE else None,
    }
    return render_page(request, "checks/pushes.html", context)
