"""The page of a GitHub App: where it is, its secret and its key, and what GitHub delivered about it. For maintainers.

An App is its team's; its pages stand below the project from which a person came.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.accounts.views import signed_in
from apps.forges import actions, app_secrets, github_apps, log
from apps.forges.access import connection_of
from apps.forges.app_secrets import AppFindings
from apps.forges.forms import KeyForm, point_at_error
from apps.forges.guides import GITHUB
from apps.forges.models import App
from apps.forges.views.connection import frame
from apps.forges.views.log import number_of
from apps.projects.access import find_project
from apps.projects.models import Project
from apps.teams.models import Role


@never_cache
@require_safe
def page(request: HttpRequest, team_slug: str, project_slug: str, app_id: int) -> HttpResponse:
    return _show(request, *_find(request, team_slug, project_slug, app_id))


def _show(
    request: HttpRequest,
    project: Project,
    app: App,
    *,
    key_form: KeyForm | None = None,
    findings: AppFindings | None = None,
) -> HttpResponse:
    """Its page; `findings` are those of a test."""
    context = {
        **_frame(project, app, "app"),
        "installations": app.installations.filter(removed_at=None).order_by("account"),
        "connections": log.projects_of(app),
        "hook_url": app_secrets.hook_url(app),
        "key_form": key_form or KeyForm(),
        "findings": findings,
    }
    failed = key_form is not None and key_form.errors
    point_at_error(key_form)
    return render(request, "forges/app.html", context, status=400 if failed else 200)


@never_cache
@require_POST
def give_key(request: HttpRequest, team_slug: str, project_slug: str, app_id: int) -> HttpResponse:
    project, app = _find(request, team_slug, project_slug, app_id)
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            app_secrets.give_key(signed_in(request), app, form.cleaned_data["key"])
        except RefusedError as refused:
            form.add_error("key", str(refused))
        else:
            messages.success(
                request, "GitHub takes the new key, and it is used from now on. Delete the former one there."
            )
            return redirect("github-app-page", team_slug, project_slug, app_id)
    return _show(request, project, app, key_form=form)


@never_cache
@require_POST
def act(request: HttpRequest, team_slug: str, project_slug: str, app_id: int, verb: str) -> HttpResponse:
    """One of VERBS, or `test`."""
    project, app = _find(request, team_slug, project_slug, app_id)
    if verb not in (*VERBS, "test"):
        raise Http404("No such action")
    try:
        if verb == "test":
            return _show(request, project, app, findings=app_secrets.try_out(app))
        messages.success(request, VERBS[verb](signed_in(request), app))
    except RefusedError as refused:
        messages.error(request, str(refused))
    is_choosing = verb == "look" and connection_of(project) is None
    if is_choosing or not App.objects.filter(pk=app_id).exists():
        return redirect("forge", team_slug, project_slug)
    return redirect("github-app-page", team_slug, project_slug, app_id)


def _look(actor: User, app: App) -> str:
    count = github_apps.look(app)
    return f"The App is installed on {count} account{'' if count == 1 else 's'}."


def _forget(actor: User, app: App) -> str:
    github_apps.forget(actor, app)
    return "The App is forgotten here. Delete it on GitHub, too."


def _renew_secret(actor: User, app: App) -> str:
    app_secrets.renew_secret(actor, app)
    return "GitHub signs with a new secret from now on. The former one is good until you end it."


def _end_secret(actor: User, app: App) -> str:
    app_secrets.end_former_secret(actor, app)
    return "GitHub has the new secret; the former one is good no more."


# Each says what it did.
VERBS: dict[str, Callable[[User, App], str]] = {
    "look": _look,
    "forget": _forget,
    "renew-secret": _renew_secret,
    "end-secret": _end_secret,
}


@require_safe
def deliveries(request: HttpRequest, team_slug: str, project_slug: str, app_id: int) -> HttpResponse:
    project, app = _find(request, team_slug, project_slug, app_id)
    before = number_of(request.GET.get("before", ""))
    found = log.arrivals_of(app, before)
    context = {"deliveries": found.rows, "older": found.older, "is_first": before is None}
    return render(request, "forges/app_deliveries.html", {**_frame(project, app, "deliveries"), **context})


@require_safe
def delivery(
    request: HttpRequest, team_slug: str, project_slug: str, app_id: int, arrival_id: int
) -> HttpResponse:
    project, app = _find(request, team_slug, project_slug, app_id)
    found = log.find_arrival(app, arrival_id)
    context = {"delivery": found, "headers": sorted(found.headers.items()), "body": log.body_of(found)}
    return render(request, "forges/app_delivery.html", {**_frame(project, app, "deliveries"), **context})


@require_POST
def run_again(
    request: HttpRequest, team_slug: str, project_slug: str, app_id: int, arrival_id: int
) -> HttpResponse:
    _, app = _find(request, team_slug, project_slug, app_id)
    actions.run_again(log.find_arrival(app, arrival_id))
    messages.success(request, "A worker takes the delivery up again.")
    return redirect("github-app-delivery", team_slug, project_slug, app_id, arrival_id)


def _find(request: HttpRequest, team_slug: str, project_slug: str, app_id: int) -> tuple[Project, App]:
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    return project, log.find_app(project.team, app_id)


def _frame(project: Project, app: App, tab: str) -> dict[str, Any]:
    return {**frame(project, tab), "app": app, "guide": GITHUB}
