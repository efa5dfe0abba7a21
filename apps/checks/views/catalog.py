"""The catalog browser: the list of a branch's objects, and one table of it.

One URL a branch; `?schema=..&table=..` opens a table, since both names may hold any character.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from apps.checks.access import catalog_page, project_overview, table_page
from apps.checks.pages.catalog import list_objects
from apps.checks.views.rendering import render_page
from apps.projects.access import find_project
from apps.projects.models import Project


@require_safe
def default(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    """The default branch's catalog; before the first push, what will stand there."""
    project = find_project(request.user, team_slug, project_slug)
    overview = project_overview(project)
    if overview.default is None:
        context = {"project": project, "section": "catalog"}
        return render_page(request, "checks/catalog_empty.html", context)
    return redirect("catalog", team_slug, project_slug, overview.default.name)


@require_safe
def catalog(request: HttpRequest, team_slug: str, project_slug: str, branch_name: str) -> HttpResponse:
    project = find_project(request.user, team_slug, project_slug)
    asked = request.GET
    if "table" in asked:
        return _table(request, project, branch_name)
    found = catalog_page(project, branch_name)
    objects = list_objects(found, asked.get("kind", ""), asked.get("q", ""), asked.get("page", "1"))
    overview = project_overview(project)
    context = {
        "project": project,
        "section": "catalog",
        "found": found,
        "objects": objects,
        "branches": [b for b in (overview.default, *overview.branches) if b],
    }
    return render_page(request, "checks/catalog.html", context, region="checks/catalog_objects.html")


def _table(request: HttpRequest, project: Project, branch_name: str) -> HttpResponse:
    found = table_page(project, branch_name, request.GET.get("schema", ""), request.GET["table"])
    context = {"project": project, "section": "catalog", "found": found}
    return render_page(request, "checks/table.html", context)
