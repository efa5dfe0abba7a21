"""Deleting one's account: what goes, what stays, and when it is refused."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.accounts import tokens
from apps.accounts.models import User
from apps.projects.models import Project
from apps.teams.models import AuditEntry, Membership, Role, Team
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
PAGE = "/accounts/delete/"


def prove(browser: Client) -> None:
    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


def test_it_asks_for_the_password_first(signed_in: Browser, viewer: User) -> None:
    browser = signed_in(viewer)
    answer = browser.get(PAGE)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/reauthenticate/")
    assert browser.post(PAGE, {"typed": viewer.email}).status_code == 302
    viewer.refresh_from_db()
    assert viewer.is_active


def test_a_slip_deletes_nothing(signed_in: Browser, viewer: User) -> None:
    browser = signed_in(viewer)
    prove(browser)
    answer = browser.post(PAGE, {"typed": "somebody@example.com"})
    assert answer.status_code == 400
    assert "Nothing was deleted" in answer.content.decode()


def test_what_goes_and_what_stays(signed_in: Browser, developer: User, project: Project) -> None:
    secret = tokens.create(developer, "laptop").secret
    elsewhere, browser = signed_in(developer), signed_in(developer)
    prove(browser)
    answer = browser.post(PAGE, {"typed": "dora@example.com"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    developer.refresh_from_db()
    assert (developer.is_active, developer.name) == (False, "Closed account")
    assert "dora" not in developer.email
    assert not Membership.objects.filter(user=developer).exists()
    assert not EmailAddress.objects.filter(user=developer).exists()
    assert tokens.authenticate(secret) is None
    assert elsewhere.get("/accounts/").status_code == 302
    assert "Your account is deleted." in browser.get("/accounts/login/").content.decode()
    assert AuditEntry.objects.get(action="member.leave").actor_name == "Dora <dora@example.com>"
    assert Project.objects.filter(pk=project.pk).exists()


def test_the_address_is_free_again(signed_in: Browser, developer: User) -> None:
    browser = signed_in(developer)
    prove(browser)
    browser.post(PAGE, {"typed": "dora@example.com"})
    assert User.objects.create_user("dora@example.com", PASSWORD).pk != developer.pk


def test_the_last_owner_has_to_find_another_first(signed_in: Browser, owner: User, team: Team) -> None:
    browser = signed_in(owner)
    prove(browser)
    answer = browser.post(PAGE, {"typed": owner.email})
    assert answer.status_code == 400
    assert "last owner of Acme" in answer.content.decode()
    owner.refresh_from_db()
    assert owner.is_active
    Membership.objects.create(
        team=team, user=User.objects.create_user("next@example.com", name="Next"), role=Role.OWNER
    )
    assert browser.post(PAGE, {"typed": owner.email}).status_code == 302


def test_nobody_signs_in_to_it_any_more(signed_in: Browser, developer: User, client: Client) -> None:
    browser = signed_in(developer)
    prove(browser)
    browser.post(PAGE, {"typed": "dora@example.com"})
    for address in ("dora@example.com", User.objects.get(pk=developer.pk).email):
        answer = client.post("/accounts/login/", {"login": address, "password": PASSWORD})
        assert answer.status_code == 200
