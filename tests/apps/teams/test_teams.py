"""Making, renaming and deleting teams, and what their address may be."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.projects.models import Project
from apps.teams.models import AuditEntry, Membership, Role, Team
from apps.teams.slugs import RESERVED_TEAMS, check_team_slug
from tests.apps.teams.test_members import run_at_once

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
NEW = {"name": "New Team", "slug": "new-team"}
BELOW_OWNER = [("maintainer", 403), ("developer", 403), ("viewer", 403), ("stranger", 404)]


def test_creating_makes_one_the_owner(signed_in: Browser, stranger: User) -> None:
    answer = signed_in(stranger).post("/teams/new/", NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/new-team/")
    assert Membership.objects.get(team__slug="new-team").role == Role.OWNER


def test_a_taken_address_is_refused_and_what_was_typed_stays(
    signed_in: Browser, team: Team, stranger: User
) -> None:
    page = signed_in(stranger).post("/teams/new/", {"name": "My Acme", "slug": "acme"})
    assert page.status_code == 400
    assert "taken" in page.content.decode()
    assert "My Acme" in page.content.decode()


def test_visitors_are_sent_to_sign_in(signed_in: Browser, db: None) -> None:
    assert signed_in(None).post("/teams/new/", NEW)["Location"] == "/accounts/login/?next=/teams/new/"
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "-",
        "a-",
        "-a",
        "a--b",
        "A",
        "Acme",
        "a b",
        "a/b",
        "a.b",
        "x.git",
        "..",
        "ä",
        "a_b",
        "а",
        "a" * 49,
        "%2e",
    ],
)
def test_odd_addresses_are_refused(signed_in: Browser, stranger: User, slug: str) -> None:
    assert signed_in(stranger).post("/teams/new/", {"name": "New", "slug": slug}).status_code == 400
    assert not Team.objects.filter(name="New").exists()


@pytest.mark.parametrize("slug", ["a", "7", "acme-shop", "a-1-b", "x" * 48])
def test_plain_addresses_are_taken(slug: str) -> None:
    check_team_slug(slug)


@pytest.mark.parametrize("slug", sorted(RESERVED_TEAMS))
def test_reserved_addresses_are_refused(slug: str) -> None:
    with pytest.raises(ValidationError):
        check_team_slug(slug)


def test_a_line_break_is_no_part_of_an_address() -> None:
    with pytest.raises(ValidationError):
        check_team_slug("acme\n")


def test_a_hint_names_a_good_spelling() -> None:
    with pytest.raises(ValidationError, match="acme-shop would do"):
        check_team_slug("Acme  Shop!")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\u202eb", "a\0b", "x" * 121])
def test_odd_names_are_refused(signed_in: Browser, stranger: User, name: str) -> None:
    assert signed_in(stranger).post("/teams/new/", {"name": name, "slug": "fine"}).status_code == 400
    assert not Team.objects.filter(slug="fine").exists()


def test_renaming(signed_in: Browser, team: Team, owner: User) -> None:
    answer = signed_in(owner).post("/acme/-/settings/", {"name": "Acme Two", "slug": "acme-two"})
    assert answer["Location"] == "/acme-two/-/settings/"
    assert signed_in(owner).get("/acme/").status_code == 404
    assert AuditEntry.objects.get(action="team.rename").data == {
        "before": {"name": "Acme", "slug": "acme"},
        "after": {"name": "Acme Two", "slug": "acme-two"},
    }


def test_renaming_to_a_taken_address_is_refused(
    signed_in: Browser, team: Team, owner: User, stranger: User
) -> None:
    page = signed_in(owner).post("/acme/-/settings/", {"name": "Acme", "slug": "elsewhere"})
    assert page.status_code == 400
    assert "taken" in page.content.decode()
    assert Team.objects.get(pk=team.pk).slug == "acme"


@pytest.mark.parametrize(("who", "status"), BELOW_OWNER)
def test_settings_are_for_owners(
    signed_in: Browser, team: Team, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/acme/-/settings/").status_code == status
    assert browser.post("/acme/-/settings/", {"name": "X", "slug": "x"}).status_code == status
    assert browser.post("/acme/-/delete/", {"typed": "acme"}).status_code == status
    assert Team.objects.alive().get(pk=team.pk).name == "Acme"


def test_deleting_keeps_the_log_and_frees_the_address(
    signed_in: Browser, team: Team, owner: User, viewer: User, stranger: User
) -> None:
    browser = signed_in(owner)
    assert browser.post("/acme/-/delete/", {"typed": "acme"})["Location"] == "/"
    for user in (owner, viewer):
        assert signed_in(user).get("/acme/").status_code == 404
    assert browser.post("/acme/-/delete/", {"typed": "acme"}).status_code == 404
    assert AuditEntry.objects.filter(team=team).count() == 2
    assert signed_in(stranger).post("/teams/new/", {"name": "Acme", "slug": "acme"}).status_code == 302
    assert "deleted the team" not in signed_in(stranger).get("/acme/-/audit/").content.decode()


@pytest.mark.parametrize("typed", ["", "Acme", "acm", "acme "[:-2]])
def test_deleting_wants_the_address_typed(signed_in: Browser, team: Team, owner: User, typed: str) -> None:
    assert signed_in(owner).post("/acme/-/delete/", {"typed": typed}).status_code == 400
    assert Team.objects.alive().filter(pk=team.pk).exists()


def test_a_team_with_projects_is_not_deleted(signed_in: Browser, project: Project, owner: User) -> None:
    page = signed_in(owner).post("/acme/-/delete/", {"typed": "acme"})
    assert page.status_code == 400
    assert "Delete them first" in page.content.decode()
    assert Team.objects.alive().filter(slug="acme").exists()


def test_nobody_hoards_teams(stranger: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.teams import actions

    monkeypatch.setattr(actions, "TEAMS_PER_OWNER", 2)
    actions.create_team(stranger, "Second", "second")
    with pytest.raises(RefusedError, match="You own 2 teams"):
        actions.create_team(stranger, "Third", "third")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_an_address_at_once_one_gets_it(owner: User, stranger: User) -> None:
    from apps.teams.actions import create_team

    answers = run_at_once(
        *(lambda user=user: create_team(user, "New", "new-team") for user in (owner, stranger))
    )
    assert sum(isinstance(answer, Team) for answer in answers) == 1
    assert Membership.objects.filter(team__slug="new-team").count() == 1
