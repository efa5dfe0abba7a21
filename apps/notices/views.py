"""Pages: one's own choice of mail; a project's webhooks with the log of what was sent."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.notices import access, actions
from apps.notices.forms import PreferenceForm, WebhookForm
from apps.projects.access import find_project
from apps.projects.models import Project
from apps.teams.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = PreferenceForm(request.POST or None, initial={"mail": actions.wanted_mail(user)})
    if request.method == "POST":
        form = PreferenceForm(request.POST)
        if form.is_valid():
            actions.set_preference(user, form.cleaned_data["mail"])
            messages.success(request, "Your choice is saved.")
            return redirect("notices")
    context = {"form": form, "section": "notices"}
    return render(request, "notices/preferences.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    """List and add; a new secret is in the answer to the POST only, which no cache may keep."""
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    form = WebhookForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = actions.add_webhook(signed_in(request), project, **form.cleaned_data)
        except RefusedError as refused:
            form.add_error(None, str(refused))
    failed = bool(form.errors)
    context = {
        **_frame(project),
        "webhooks": access.webhooks_of(project),
        "form": WebhookForm() if secret else form,
        "secret": secret,
    }
    return render(request, "notices/webhooks.html", context, status=400 if failed else 200)


@require_safe
def webhook(request: HttpRequest, team_slug: str, project_slug: str, webhook_id: int) -> HttpResponse:
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    found = access.find_webhook(project, webhook_id)
    deliveries = access.deliveries_of(found, _moment(request.GET.get("before", "")))
    context = {
        **_frame(project),
        "webhook": found,
        "deliveries": deliveries,
        "older": deliveries[-1].created_at.isoformat() if len(deliveries) == access.PAGE else "",
    }
    return render(request, "notices/webhook.html", context)


@require_POST
def act(request: HttpRequest, team_slug: str, project_slug: str, webhook_id: int, verb: str) -> HttpResponse:
    """`ping`, `pause`, `resume` or `remove`."""
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    found = access.find_webhook(project, webhook_id)
    person = signed_in(request)
    if verb == "ping":
        actions.ping(person, found)
        messages.success(request, "A test message is on its way.")
    elif verb in ("pause", "resume"):
        actions.change_webhook(person, found, is_active=verb == "resume")
        messages.success(request, f"The webhook is {'on' if verb == 'resume' else 'paused'}.")
    elif verb == "remove":
        actions.remove_webhook(person, found)
        messages.success(request, "The webhook is removed.")
        return redirect("webhooks", team_slug, project_slug)
    else:
        raise Http404("No such action")
    return redirect("webhook", team_slug, project_slug, webhook_id)


@require_POST
def send_again(
    request: HttpRequest, team_slug: str, project_slug: str, delivery_id: uuid.UUID
) -> HttpResponse:
    project = find_project(request.user, team_slug, project_slug, Role.MAINTAINER)
    delivery = access.find_delivery(project, delivery_id)
    actions.send_again(delivery)
    messages.success(request, "The message is on its way again.")
    return redirect("webhook", team_slug, project_slug, delivery.webhook_id)


def _moment(text: str) -> datetime | None:
    """What a link to older deliveries says; None for what is no moment with its zone."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _frame(project: Project) -> dict[str, object]:
    return {"team": project.team, "project": project, "section": "settings"}
