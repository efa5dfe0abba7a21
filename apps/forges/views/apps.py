"""Pages of GitHub Apps: register one by a manifest, see where it is installed, follow one of its repositories.

GitHub leads a person back with a code; that it is the one who began is told by what their session keeps.
"""

import json
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings as site
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.forges import connecting, github_apps, log
from apps.forges.forms import AppForm, RepositoryForm
from apps.forges.github_apps import Registration
from apps.forges.guides import GITHUB, app_needs
from apps.forges.views.connection import complain, frame, is_local, of, show, show_form
from apps.projects.access import find_project
from apps.projects.models import Project
from apps.teams.models import Role
from forges import Kind, github

SESSION = "github_app"
NOT_BEGUN = "This registration was not begun here, or is over. Begin it again."


@require_POST
def register(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    """A page whose form takes the manifest to GitHub."""
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    form = AppForm(request.POST)
    if form.is_valid():
        try:
            begun = github_apps.begin(form.cleaned_data["base_url"])
        except RefusedError as refused:
            complain(form, refused)
        else:
            return _send_on(request, project, form, begun)
    return show_form(request, project, Kind.GITHUB, app_form=form)


def _send_on(request: HttpRequest, project: Project, form: AppForm, begun: Registration) -> HttpResponse:
    request.session[SESSION] = {
        "state": begun.state,
        "key": str(begun.key),
        "base_url": begun.base_url,
        "project": project.pk,
    }
    slugs = (project.team.slug, project.slug)
    manifest = github.manifest(
        f"Braid of {project.team.name}",
        site.BASE_URL,
        f"{site.BASE_URL}{reverse('forge-hook', args=[Kind.GITHUB, begun.key])}",
        f"{site.BASE_URL}{reverse('github-app-made', args=slugs)}",
        f"{site.BASE_URL}{reverse('forge', args=slugs)}",
        is_public=form.cleaned_data["is_public"],
    )
    target = github.registration_url(begun.base_url, begun.state, form.cleaned_data["organization"])
    context = {
        **frame(project, "connection"),
        "target": target,
        "manifest": json.dumps(manifest),
        "guide": GITHUB,
        "is_local": is_local(site.BASE_URL),
    }
    answer = render(request, "forges/register.html", {**context, "asked": manifest, "needs": app_needs()})
    parts = urlsplit(begun.base_url)
    # The content policy lets this one form lead there.
    answer.form_target = f"{parts.scheme}://{parts.netloc}"  # type: ignore[attr-defined]
    return answer


@never_cache
@require_safe
def made(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    """Where GitHub leads back; the code is good once, and only for who began."""
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    begun = request.session.pop(SESSION, None)
    state = request.GET.get("state", "")
    if not begun or begun["project"] != project.pk or not constant_time_compare(begun["state"], state):
        messages.error(request, NOT_BEGUN)
        return redirect("forge", team_slug, project_slug)
    registration = Registration(begun["state"], UUID(begun["key"]), begun["base_url"])
    try:
        app = github_apps.finish(signed_in(request), project.team, registration, request.GET.get("code", ""))
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, f"The App {app.name} is registered. Install it now where the repository is."
        )
    return redirect("forge", team_slug, project_slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, team_slug: str, project_slug: str, installation_id: int) -> HttpResponse:
    """The repositories that an installation reaches, and following one of them."""
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    installation = log.find_installation(project.team, installation_id)
    try:
        names = github_apps.repositories_of(installation)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("forge", team_slug, project_slug)
    form = RepositoryForm(request.POST if request.method == "POST" else None, names=names)
    if form.is_valid():
        try:
            connection, _ = connecting.connect(
                signed_in(request),
                project,
                Kind.GITHUB,
                installation.app.base_url,
                form.cleaned_data["name"],
                installation=installation,
            )
        except RefusedError as refused:
            complain(form, refused)
        else:
            return show(request, of(project, connection))
    context = {**frame(project, "connection"), "installation": installation, "form": form, "names": names}
    return render(request, "forges/choose.html", context, status=400 if form.errors else 200)
