"""Pages of what came from a project's forge and of what it is told. For maintainers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.views import signed_in
from apps.forges import actions, log, outbox, strangers
from apps.forges.guides import guide_of
from apps.forges.views.connection import find, frame


@require_safe
def deliveries(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    connection = find(request, team_slug, project_slug)
    before = number_of(request.GET.get("before", ""))
    page = log.arrivals_of(connection, before)
    context = {
        **frame(connection.project, "deliveries"),
        "forge": connection,
        "guide": guide_of(connection.kind),
        "deliveries": page.rows,
        "older": page.older,
        "is_first": before is None,
    }
    return render(request, "forges/deliveries.html", context)


@require_safe
def delivery(request: HttpRequest, team_slug: str, project_slug: str, arrival_id: int) -> HttpResponse:
    connection = find(request, team_slug, project_slug)
    found = log.find_arrival(connection, arrival_id)
    context = {
        **frame(connection.project, "deliveries"),
        "forge": connection,
        "guide": guide_of(connection.kind),
        "delivery": found,
        "headers": sorted(found.headers.items()),
        "body": log.body_of(found),
    }
    return render(request, "forges/delivery.html", context)


@require_POST
def run_again(request: HttpRequest, team_slug: str, project_slug: str, arrival_id: int) -> HttpResponse:
    connection = find(request, team_slug, project_slug)
    actions.run_again(log.find_arrival(connection, arrival_id))
    messages.success(request, "A worker takes the delivery up again.")
    return redirect("forge-delivery", team_slug, project_slug, arrival_id)


@require_safe
def reports(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    connection = find(request, team_slug, project_slug)
    context = {
        **frame(connection.project, "reports"),
        "forge": connection,
        "guide": guide_of(connection.kind),
        "page": Paginator(log.entries_of(connection), log.PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "forges/reports.html", context)


@require_POST
def report_again(request: HttpRequest, team_slug: str, project_slug: str, entry_id: int) -> HttpResponse:
    connection = find(request, team_slug, project_slug)
    outbox.send_again(log.find_entry(connection, entry_id))
    messages.success(request, "It is on its way again.")
    return redirect("forge-reports", team_slug, project_slug)


@require_POST
def let_in(request: HttpRequest, team_slug: str, project_slug: str, pull_id: int) -> HttpResponse:
    """Have a stranger's pull request judged that waits."""
    connection = find(request, team_slug, project_slug)
    pull = log.find_waiting(connection, pull_id)
    strangers.let_in(signed_in(request), pull)
    messages.success(request, f"#{pull.number} is judged from now on.")
    return redirect("forge", team_slug, project_slug)


def number_of(text: str) -> int | None:
    """What a link to older deliveries says; None for what is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
