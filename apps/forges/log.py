"""What came from a forge and what went there, for a project that the caller was let into."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.http import Http404

from apps.forges.models import App, Arrival, Connection, Entry, Installation, PullRequest
from apps.teams.models import Team
from forges import PullState

PAGE = 50
MOST_PULLS = 50
MOST_PARSED = 1024 * 1024
MOST_SHOWN = 200_000
MOST_AUTHORS, MOST_UNNAMED = 500, 12


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, the newest first; `older` is the id before which the next page starts, None on the last."""

    rows: tuple[Arrival, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class Body:
    """A delivery's body as text, cut where it is very long."""

    text: str
    length: int
    is_cut: bool


def find_connection(connection: Connection | None) -> Connection:
    if connection is None:
        raise Http404("This project follows no repository")
    return connection


def arrivals_of(owner: Connection | App, before: int | None = None) -> Page:
    """A page of what was delivered to a connection, or about an App itself; bodies are not read."""
    rows = _arrivals(owner).defer("body", "headers").order_by("-id")
    found = tuple((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def find_arrival(owner: Connection | App, arrival_id: int) -> Arrival:
    found = _arrivals(owner).filter(pk=arrival_id).first()
    if found is None:
        raise Http404("No such delivery")
    return found


def _arrivals(owner: Connection | App) -> QuerySet[Arrival]:
    """What came to an App for a repository that a project follows is that connection's."""
    return owner.arrivals.all() if isinstance(owner, Connection) else owner.arrivals.filter(connection=None)


def entries_of(connection: Connection) -> QuerySet[Entry]:
    """What the forge is told, what waits first, then what was told last."""
    return connection.entries.select_related("pull").order_by("-wanted_at", "-id")


def find_entry(connection: Connection, entry_id: int) -> Entry:
    found = connection.entries.filter(pk=entry_id).first()
    if found is None:
        raise Http404("No such report")
    return found


def unproposed_of(connection: Connection) -> QuerySet[PullRequest]:
    """Open pull requests that have no proposal, or one that goes another way, and why; the newest first."""
    return (
        connection.pulls.filter(state=PullState.OPEN.value)
        .exclude(trouble="")
        .order_by("-number")[:MOST_PULLS]
    )


def waiting_of(connection: Connection) -> QuerySet[PullRequest]:
    """Pull requests of strangers that wait to be judged, the first in line first."""
    found = connection.pulls.filter(state=PullState.OPEN.value, is_waiting=True)
    return found.order_by("number")[:MOST_PULLS]


def find_waiting(connection: Connection, pull_id: int) -> PullRequest:
    found = connection.pulls.filter(pk=pull_id, is_waiting=True).first()
    if found is None:
        raise Http404("No such pull request waits")
    found.connection = connection
    return found


def unnamed_logins(connection: Connection) -> list[str]:
    """Authors of pull requests whom nobody has named, those who asked last first."""
    found = connection.pulls.exclude(author="").order_by("-number").values_list("author", flat=True)
    logins = dict.fromkeys(found[:MOST_AUTHORS])
    return [login for login in logins if login.lower() not in connection.people][:MOST_UNNAMED]


def counts_of(connection: Connection) -> dict[str, Any]:
    """How many deliveries wait or failed, when the `last` came (None: never), and how many reports wait."""
    states = Arrival.State
    found = connection.arrivals.aggregate(
        last=Max("received_at"),
        waiting=Count("pk", filter=Q(state=states.WAITING)),
        failed=Count("pk", filter=Q(state=states.FAILED)),
    )
    wished = connection.wishes.values("sha", "pull").distinct().count()
    return {**found, "due": connection.entries.filter(wanted__gt=F("sent")).count() + wished}


def apps_of(team: Team) -> list[tuple[App, list[Installation]]]:
    """The team's GitHub Apps with where each is installed now."""
    found = App.objects.filter(team=team).order_by("id").prefetch_related("installations")
    return [(app, [each for each in app.installations.all() if each.removed_at is None]) for app in found]


def projects_of(app: App) -> QuerySet[Connection]:
    """The connections that speak for the App."""
    found = Connection.objects.filter(installation__app=app)
    return found.select_related("project__team", "installation").order_by("project__name")


def find_app(team: Team, app_id: int) -> App:
    found = App.objects.filter(team=team, pk=app_id).first()
    if found is None:
        raise Http404("No such App")
    return found


def installations_of(team: Team) -> QuerySet[Installation]:
    """Where the team's Apps are installed now."""
    found = Installation.objects.filter(app__team=team, removed_at=None)
    return found.select_related("app").order_by("app__name", "account", "id")


def find_installation(team: Team, installation_id: int) -> Installation:
    """One of an App of the team, not removed."""
    found = Installation.objects.filter(app__team=team, pk=installation_id, removed_at=None)
    installation = found.select_related("app").first()
    if installation is None:
        raise Http404("No such installation")
    return installation


def body_of(arrival: Arrival) -> Body:
    """The body set out line by line where it is JSON, as it came where it is not."""
    raw = bytes(arrival.body)
    text = _set_out(raw)
    return Body(text[:MOST_SHOWN], len(raw), len(text) > MOST_SHOWN)


def _set_out(raw: bytes) -> str:
    if len(raw) > MOST_PARSED:
        return raw[: MOST_SHOWN + 4].decode(errors="replace")
    try:
        found = json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
        # JSON may hold half a surrogate pair, which no page can.
        return found.encode(errors="replace").decode()
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")
