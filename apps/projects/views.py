"""Making a project and changing its settings. The project's own page is in apps.checks."""

from django.conf import settings as site
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.projects import actions
from apps.projects.access import find_project
from apps.projects.forms import ProjectForm, settings_of
from apps.projects.models import Project
from apps.teams.access import find_membership
from apps.teams.forms import ConfirmationForm
from apps.teams.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, team_slug: str) -> HttpResponse:
    viewer = find_membership(request.user, team_slug, Role.MAINTAINER)
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(actions.create_project(viewer.user, viewer.team, **form.cleaned_data))
        except RefusedError as refused:
            form.add_error("slug", str(refused))
    context = {"team": viewer.team, "form": form, "base_url": site.BASE_URL, "section": "projects"}
    return render(request, "projects/create.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    form = ProjectForm(request.POST or None, initial=settings_of(project), current_postgres=project.postgres)
    if request.method == "POST" and form.is_valid():
        try:
            project = actions.change_project(signed_in(request), project, **form.cleaned_data)
            messages.success(request, "The settings are saved.")
            return redirect("project-settings", team_slug, project.slug)
        except RefusedError as refused:
            form.add_error("slug", str(refused))
    return _render_settings(request, project, form=form)


@require_POST
def delete(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project = find_project(request.user, team_slug, project_slug, Role.OWNER)
    confirmation = ConfirmationForm(request.POST, expected=f"{team_slug}/{project_slug}")
    if not confirmation.is_valid():
        return _render_settings(request, project, confirmation=confirmation)
    actions.delete_project(signed_in(request), project)
    messages.success(request, f"The project {project.name} is deleted.")
    return redirect("team", team_slug)


def _render_settings(
    request: HttpRequest,
    project: Project,
    form: ProjectForm | None = None,
    confirmation: ConfirmationForm | None = None,
) -> HttpResponse:
    viewer = find_membership(request.user, project.team.slug)
    failed = bool((form and form.errors) or (confirmation and confirmation.errors))
    context = {
        "team": project.team,
        "project": project,
        "form": form or ProjectForm(initial=settings_of(project), current_postgres=project.postgres),
        "may_delete": viewer.role >= Role.OWNER,
        "confirmation": confirmation or ConfirmationForm(expected=f"{project.team.slug}/{project.slug}"),
        "base_url": site.BASE_URL,
        "section": "settings",
    }
    return render(request, "projects/settings.html", context, status=400 if failed else 200)
