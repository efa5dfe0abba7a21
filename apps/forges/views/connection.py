"""Pages of a project's connection: make it, see how it does, give it other secrets, end it. For maintainers."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as site
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.forges import actions, connecting, log
from apps.forges.access import connection_of
from apps.forges.errors import MisgivenError
from apps.forges.forms import AppForm, ConnectForm, SettingsForm, TokenForm, people_form, point_at_error
from apps.forges.guides import GUIDES, WAYS, guide_of
from apps.forges.models import Connection
from apps.forges.permissions import Findings
from apps.projects.access import find_project
from apps.projects.models import Project
from apps.teams.models import Role
from forges import Kind, Unreachable

PATIENCE = "Nothing is lost: Braid tries again by itself, and tells afterwards what waits."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forge(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    """How the connection does, or the form that makes one; its secret is in the answer to the POST only."""
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    connection = connection_of(project)
    if request.method == "POST" and connection is None:
        return _connect(request, project)
    if connection is None:
        return show_form(request, project, request.GET.get("kind", ""))
    return show(request, of(project, connection))


def _connect(request: HttpRequest, project: Project) -> HttpResponse:
    guide = guide_of(request.POST.get("kind", ""))
    form = ConnectForm(request.POST, guide=guide)
    if form.is_valid():
        try:
            connection, secret = connecting.connect(
                signed_in(request), project, guide.kind, **form.cleaned_data
            )
        except RefusedError as refused:
            complain(form, refused)
        else:
            return show(request, of(project, connection), secret=secret)
    return show_form(request, project, guide.kind, form)


def show_form(
    request: HttpRequest,
    project: Project,
    kind: str,
    form: ConnectForm | None = None,
    app_form: AppForm | None = None,
) -> HttpResponse:
    """What makes a connection; one of the forms may say what is wrong with it."""
    guide = guide_of(kind)
    form = form or ConnectForm(guide=guide)
    context: dict[str, Any] = {**frame(project, "connection"), "guides": GUIDES, "guide": guide, "form": form}
    if guide.kind is Kind.GITHUB:
        context |= {"apps": log.apps_of(project.team), "app_form": app_form or AppForm()}
    failed = form.errors or (app_form and app_form.errors)
    point_at_error(form)
    point_at_error(app_form)
    return render(request, "forges/connect.html", context, status=400 if failed else 200)


def show(
    request: HttpRequest,
    connection: Connection,
    *,
    secret: str = "",
    token_form: TokenForm | None = None,
    findings: Findings | None = None,
) -> HttpResponse:
    """The connection's page; `secret` is the webhook's, which is shown this once, `findings` those of a test."""
    counts, rejected = log.counts_of(connection), connection.rejected_at
    context = {
        **frame(connection.project, "connection"),
        "forge": connection,
        "is_rejected": rejected is not None and (counts["last"] is None or rejected > counts["last"]),
        "guide": guide_of(connection.kind),
        "way": WAYS[connection.landing],
        "hook_url": hook_url(connection),
        "is_local": is_local(site.BASE_URL),
        "secret": secret,
        "findings": findings,
        "token_form": token_form or TokenForm(),
        "counts": counts,
        "unproposed": log.unproposed_of(connection),
    }
    failed = token_form is not None and token_form.errors
    point_at_error(token_form)
    return render(request, "forges/connection.html", context, status=400 if failed else 200)


def hook_url(connection: Connection) -> str:
    return f"{site.BASE_URL}{reverse('forge-hook', args=[connection.kind, connection.key])}"


def is_local(address: str) -> bool:
    """Whether only this machine finds the address, so that no forge elsewhere can deliver to it."""
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")


@never_cache
@require_POST
def give_token(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    connection = find(request, team_slug, project_slug)
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            connecting.give_token(signed_in(request), connection, form.cleaned_data["token"])
        except RefusedError as refused:
            complain(form, refused)
        else:
            messages.success(request, "The new token works, and is used from now on.")
            return redirect("forge", team_slug, project_slug)
    return show(request, connection, token_form=form)


@never_cache
@require_POST
def act(request: HttpRequest, team_slug: str, project_slug: str, verb: str) -> HttpResponse:
    """`test`, `renew-secret`, `forget-secret` or `disconnect`."""
    connection = find(request, team_slug, project_slug)
    person = signed_in(request)
    if verb == "test":
        return _try_out(request, connection)
    if verb == "renew-secret":
        return _renew_secret(request, connection)
    if verb == "forget-secret":
        connecting.forget_former_secret(person, connection)
        messages.success(request, "The former secret is good no more.")
    elif verb == "disconnect":
        connecting.disconnect(person, connection)
        messages.success(
            request, f"The project follows {connection.name} no more. Delete webhook and token there."
        )
    else:
        raise Http404("No such action")
    return redirect("forge", team_slug, project_slug)


def _renew_secret(request: HttpRequest, connection: Connection) -> HttpResponse:
    try:
        secret = connecting.renew_secret(signed_in(request), connection)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("forge", connection.project.team.slug, connection.project.slug)
    connection.refresh_from_db(fields=["secret", "former_secret"])
    return show(request, connection, secret=secret)


def _try_out(request: HttpRequest, connection: Connection) -> HttpResponse:
    """What was found stands in the answer only: it is true of now."""
    project = connection.project
    try:
        findings = connecting.try_out(connection)
    except RefusedError as refused:
        messages.error(request, f"{refused} {PATIENCE if is_passing(refused) else ''}".strip())
        return redirect("forge", project.team.slug, project.slug)
    actions.try_again(connection)
    connection.refresh_from_db(fields=["trouble", "not_before"])
    found = findings.repository
    if found.default_branch != project.default_branch:
        messages.warning(
            request,
            f"The default branch is {found.default_branch} there and {project.default_branch} here; the project's "
            "settings change it.",
        )
    return show(request, connection, findings=findings)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    """How it lands, what is written on the forge, and who is who."""
    connection = find(request, team_slug, project_slug)
    initial = {name: getattr(connection, name) for name in ("landing", "comments", "context")}
    sent = request.POST if request.method == "POST" else None
    form, people = SettingsForm(sent, initial=initial), people_form(connection, sent)
    if sent is not None and form.is_valid() and people.is_valid():
        try:
            connecting.change(signed_in(request), connection, people=people.people, **form.cleaned_data)
        except RefusedError as refused:
            complain(form, refused)
        else:
            messages.success(request, "The settings are saved.")
            return redirect("forge-settings", team_slug, project_slug)
    context: dict[str, Any] = {
        **frame(connection.project, "settings"),
        "forge": connection,
        "guide": guide_of(connection.kind),
        "form": form,
        "ways": [(each, WAYS[each.data["value"]]) for each in form["landing"]],
        "people": people,
        "unnamed": log.unnamed_logins(connection),
    }
    failed = sent is not None
    return render(request, "forges/settings.html", context, status=400 if failed else 200)


def find(request: HttpRequest, team_slug: str, project_slug: str) -> Connection:
    """The connection, for a maintainer of its project."""
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    return of(project, log.find_connection(connection_of(project)))


def of(project: Project, connection: Connection) -> Connection:
    """The connection with the project as it was found, which knows what its viewer may do."""
    connection.project = project
    return connection


def frame(project: Project, tab: str) -> dict[str, Any]:
    return {"team": project.team, "project": project, "section": "settings", "tab": tab}


def is_passing(refused: RefusedError) -> bool:
    """Whether the forge failed, rather than refused."""
    return isinstance(refused.__cause__, Unreachable)


def complain(form: Form, refused: RefusedError) -> None:
    """At the field that it is about."""
    field = refused.field if isinstance(refused, MisgivenError) else None
    form.add_error(field if field in form.fields else None, str(refused))
