"""Signing up, in and out, passwords and addresses, through the pages that people use."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import create_account, forget_ended_sessions
from apps.accounts.models import User
from tests.apps.teams.test_members import run_at_once
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
NINA = {"name": "Nina", "email": "nina@example.com", "password1": PASSWORD}


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def sign_in(browser: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/accounts/login/", {"login": email, "password": password} | more)


def link_in(message: Any) -> str:
    found = re.search(r"http://[^/\s]+(/accounts/\S+)", message.body)
    assert found, message.body
    return found[1]


def test_signing_up_signs_in_and_keeps_argon2(signed_in: Browser, db: None) -> None:
    browser = signed_in(None)
    answer = browser.post("/accounts/signup/", NINA)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(browser)
    user = User.objects.get()
    assert (user.email, user.name) == ("nina@example.com", "Nina")
    assert user.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize(
    "bad",
    [
        {"email": "no address"},
        {"email": ""},
        {"name": ""},
        {"name": "a\u202eb"},
        {"password1": "short"},
        {"password1": "1234567890123"},
        {"password1": "password123"},
        {"password1": "nina@example.com"},
    ],
)
def test_an_odd_sign_up_is_refused(signed_in: Browser, db: None, bad: dict[str, str]) -> None:
    assert signed_in(None).post("/accounts/signup/", NINA | bad).status_code == 200
    assert not User.objects.exists()


def test_one_mailbox_is_one_person(signed_in: Browser, owner: User) -> None:
    signed_in(None).post("/accounts/signup/", NINA | {"email": "OLGA@example.COM"})
    assert User.objects.count() == 1


def test_the_door_can_be_closed(signed_in: Browser, settings: Any, db: None) -> None:
    settings.OPEN_SIGNUP = False
    browser = signed_in(None)
    assert "Accounts are by invitation" in browser.get("/accounts/signup/").content.decode()
    browser.post("/accounts/signup/", NINA)
    assert not User.objects.exists()


def test_signing_in_and_out(signed_in: Browser, owner: User) -> None:
    browser = signed_in(None)
    assert sign_in(browser, "Olga@Example.com")["Location"] == "/"
    assert is_signed_in(browser)
    browser.get("/accounts/logout/")
    assert is_signed_in(browser)
    browser.post("/accounts/logout/")
    assert not is_signed_in(browser)


def test_the_session_gets_a_new_key_on_signing_in(signed_in: Browser, owner: User) -> None:
    browser = signed_in(None)
    browser.get("/accounts/login/")
    session = browser.session
    session["seen"] = True
    session.save()
    before = session.session_key
    sign_in(browser, owner.email)
    assert browser.session.session_key != before


def test_an_unknown_person_and_a_wrong_password_look_alike(signed_in: Browser, owner: User) -> None:
    wrong = sign_in(signed_in(None), owner.email, "wrong password")
    unknown = sign_in(signed_in(None), "nobody@example.com", "wrong password")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert wrong.context["form"].errors


def test_a_closed_account_can_t_sign_in(signed_in: Browser, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    browser = signed_in(None)
    sign_in(browser, owner.email)
    assert not is_signed_in(browser)


def test_guessing_is_slowed_down(signed_in: Browser, owner: User) -> None:
    browser = signed_in(None)
    for _ in range(6):
        sign_in(browser, owner.email, "wrong password")
    answer = sign_in(browser, owner.email)
    assert "Too many failed" in answer.content.decode()
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        " https://evil.example/",
        "http://localhost@evil.example/",
    ],
)
def test_next_never_leads_elsewhere(signed_in: Browser, owner: User, target: str) -> None:
    assert sign_in(signed_in(None), owner.email, next=target)["Location"] == "/"
    up = signed_in(None).post("/accounts/signup/", NINA | {"next": target})
    assert up["Location"] == "/"
    out = signed_in(owner).post("/accounts/logout/", {"next": target})
    assert out["Location"] == "/"


def test_next_leads_back(signed_in: Browser, owner: User) -> None:
    assert sign_in(signed_in(None), owner.email, next="/teams/new/")["Location"] == "/teams/new/"


def test_resetting_a_password(signed_in: Browser, owner: User) -> None:
    browser = signed_in(None)
    browser.post("/accounts/password/reset/", {"email": owner.email})
    link = link_in(mail.outbox[0])
    form = browser.get(link, follow=True)
    page = form.redirect_chain[-1][0]
    browser.post(page, {"password1": "a new long password", "password2": "a new long password"})
    assert not is_signed_in(browser)
    owner.refresh_from_db()
    assert owner.check_password("a new long password")
    assert "This link works no more" in signed_in(None).get(link, follow=True).content.decode()


def test_a_reset_does_not_say_who_has_an_account(signed_in: Browser, owner: User) -> None:
    known = signed_in(None).post("/accounts/password/reset/", {"email": owner.email})
    unknown = signed_in(None).post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]


def test_a_reset_ends_the_other_sessions(signed_in: Browser, owner: User) -> None:
    other, browser = signed_in(owner), signed_in(None)
    assert other.get("/accounts/").status_code == 200
    browser.post("/accounts/password/reset/", {"email": owner.email})
    page = browser.get(link_in(mail.outbox[0]), follow=True).redirect_chain[-1][0]
    browser.post(page, {"password1": "a new long password", "password2": "a new long password"})
    assert other.get("/accounts/").status_code == 302


def test_changing_the_password(signed_in: Browser, owner: User) -> None:
    browser = signed_in(None)
    sign_in(browser, owner.email)
    new = {"password1": "a new long password", "password2": "a new long password"}
    assert browser.post("/accounts/password/change/", new | {"oldpassword": "wrong"}).status_code == 200
    assert browser.post("/accounts/password/change/", new | {"oldpassword": PASSWORD}).status_code == 302
    assert browser.get("/accounts/").status_code == 200
    owner.refresh_from_db()
    assert owner.check_password("a new long password")


def test_changing_the_address(signed_in: Browser, owner: User) -> None:
    browser = signed_in(None)
    sign_in(browser, owner.email)
    asked = browser.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert not mail.outbox
    again = {"password": "wrong", "next": "/accounts/email/"}
    assert browser.post("/accounts/reauthenticate/", again).status_code == 200
    assert not mail.outbox
    browser.post("/accounts/reauthenticate/", again | {"password": PASSWORD})
    assert User.objects.get().email == "olga@example.com"
    message = next(message for message in mail.outbox if message.to == ["new@example.com"])
    browser.post(link_in(message))
    assert User.objects.get().email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.com", True)]


class TestWithProvedAddresses:
    """BRAID_VERIFY_EMAIL: as a deployment with a mail server has it."""

    @pytest.fixture(autouse=True)
    def _mandatory(self, settings: Any) -> None:
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    def test_nobody_is_in_before_the_link_was_followed(self, signed_in: Browser, db: None) -> None:
        browser = signed_in(None)
        browser.post("/accounts/signup/", NINA)
        assert not is_signed_in(browser)
        sign_in(browser, NINA["email"])
        assert not is_signed_in(browser)
        browser.post(link_in(mail.outbox[0]))
        sign_in(browser, NINA["email"])
        assert is_signed_in(browser)

    def test_signing_up_does_not_say_who_has_an_account(self, signed_in: Browser, owner: User) -> None:
        known = signed_in(None).post("/accounts/signup/", NINA | {"email": owner.email})
        unknown = signed_in(None).post("/accounts/signup/", NINA)
        assert known.status_code == unknown.status_code == 302
        assert known["Location"] == unknown["Location"]
        assert User.objects.filter(email=owner.email).count() == 1


def test_an_account_made_for_somebody_can_sign_in(signed_in: Browser, settings: Any, db: None) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    create_account("Ada@Example.com", PASSWORD, "Ada")
    browser = signed_in(None)
    sign_in(browser, "ada@example.com")
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "signup/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/done/",
        "password/reset/key/0-bad/",
        "confirm-email/",
        "confirm-email/bad/",
        "inactive/",
    ],
)
def test_visitors_pages_wear_braid_s_frame(signed_in: Browser, db: None, path: str) -> None:
    page = signed_in(None).get(f"/accounts/{path}")
    assert page.status_code == 200
    assert 'class="topbar"' in page.content.decode()
    assert "Menu:" not in page.content.decode()


@pytest.mark.parametrize("path", ["", "tokens/", "email/", "password/change/", "logout/", "reauthenticate/"])
def test_members_pages_wear_braid_s_frame(signed_in: Browser, owner: User, path: str) -> None:
    page = signed_in(owner).get(f"/accounts/{path}", follow=True)
    assert page.status_code == 200
    assert 'class="topbar"' in page.content.decode()


def test_ended_sessions_are_forgotten(signed_in: Browser, owner: User) -> None:
    from django.contrib.sessions.models import Session

    lasting, ended = signed_in(owner), signed_in(owner)
    Session.objects.filter(pk=ended.session.session_key).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    forget_ended_sessions()
    assert [session.pk for session in Session.objects.all()] == [lasting.session.session_key]


@pytest.mark.django_db(transaction=True)
def test_of_two_sign_ups_of_one_address_at_once_one_wins(signed_in: Browser) -> None:
    browsers = [signed_in(None) for _ in range(3)]
    answers = run_at_once(*(lambda b=b: b.post("/accounts/signup/", NINA) for b in browsers))
    assert User.objects.count() == 1
    assert EmailAddress.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {200, 302}
    assert sum(is_signed_in(browser) for browser in browsers) == 1
