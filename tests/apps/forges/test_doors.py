"""Every address of this app, with ids that are there: who is let in, and whose ids are good on whose pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.sealing import seal
from apps.forges import api, urls
from apps.forges.models import App, Arrival, Connection, Entry, Installation, PullRequest
from apps.projects.actions import create_project
from apps.projects.models import Project
from apps.teams.models import Team
from forges import Kind

PEOPLES = [each for each in urls.urlpatterns if each.name != "forge-hook"]
ADDRESSES = [*PEOPLES, *api.urlpatterns]


def ids_of(project: Project) -> dict[str, int]:
    """A connection by an App with a delivery each and a report."""
    app = App.objects.create(
        team=project.team,
        base_url="https://github.com",
        number=str(project.pk),
        slug="braid",
        name="braid",
        private_key=seal("key"),
        secret=seal("secret"),
    )
    installation = Installation.objects.create(app=app, number="1", account="acme")
    connection = Connection.objects.create(
        project=project,
        kind=Kind.GITHUB,
        base_url="https://github.com",
        name="acme/shop",
        number="7",
        clone_url="https://github.com/acme/shop.git",
        web_url="https://github.com/acme/shop",
        installation=installation,
    )
    facts = {"identity": "1", "event": "push", "subject": "branches", "body": b"{}"}
    arrival = Arrival.objects.create(connection=connection, app=app, **facts)
    now = timezone.now()
    entry = Entry.objects.create(connection=connection, sha="a" * 40, wanted_at=now, due_at=now, sent=1)
    pull = PullRequest.objects.create(
        connection=connection, number=1, title="x", state="open", base_ref="main", is_waiting=True
    )
    return {
        "pull_id": pull.pk,
        "app_id": app.pk,
        "installation_id": installation.pk,
        "arrival_id": arrival.pk,
        "entry_id": entry.pk,
    }


@pytest.fixture
def ids(project: Project) -> dict[str, int]:
    return ids_of(project)


def addresses(project: Project, ids: dict[str, int], *, only_ids: bool = False) -> list[str]:
    found = []
    for each in ADDRESSES:
        names = set(each.pattern.converters)
        known: dict[str, Any] = {**ids, "team_slug": project.team.slug, "project_slug": project.slug}
        verbs = ("test", "disconnect", "look", "forget") if "verb" in names else ("",)
        if only_ids and not names & set(ids):
            continue
        for verb in verbs:
            given = {name: known.get(name, verb) for name in names}
            found.append(reverse(each.name, kwargs=given))
    assert len(found) > 8
    return found


def answers(client: Client, places: list[str]) -> set[int]:
    """What is said to whoever looks, sends, changes and deletes."""
    asked = [getattr(client, method) for method in ("get", "post", "patch", "delete")]
    return {ask(place, follow=False).status_code for place in places for ask in asked} - {405}


def rows() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (App, Installation, Connection, Arrival, Entry, PullRequest)
    ]


def test_nobody_below_a_maintainer_is_let_in(project, ids, signed_in, viewer, developer, stranger):
    places, before = addresses(project, ids), rows()
    assert answers(signed_in(stranger), places) == {404}
    assert answers(signed_in(viewer), places) == {403}
    assert answers(signed_in(developer), places) == {403}
    assert answers(Client(), places) <= {302, 401, 403}
    assert rows() == before


def test_ids_of_another_team_are_good_on_nobodys_pages(project, ids, signed_in, stranger):
    elsewhere = create_project(stranger, Team.objects.get(slug="elsewhere"), "Theirs", "theirs")
    ids_of(elsewhere)
    before = rows()
    assert answers(signed_in(stranger), addresses(elsewhere, ids, only_ids=True)) == {404}
    assert rows() == before
