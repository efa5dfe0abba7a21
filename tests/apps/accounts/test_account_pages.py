"""One's own account: the name, and the page of API tokens."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts import tokens
from apps.accounts.actions import TOKENS_PER_PERSON
from apps.accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
NEW = {"name": "my laptop", "scope": "write", "expiry": "90"}


def test_renaming_oneself(signed_in: Browser, owner: User) -> None:
    browser = signed_in(owner)
    assert browser.post("/accounts/", {"name": "Olga O."}).status_code == 302
    owner.refresh_from_db()
    assert owner.name == "Olga O."
    assert "invisible character" in browser.post("/accounts/", {"name": "a\u202eb"}).content.decode()


def test_a_new_token_is_shown_once(signed_in: Browser, owner: User) -> None:
    browser = signed_in(owner)
    answer = browser.post("/accounts/tokens/", NEW)
    assert "no-store" in answer["Cache-Control"]
    secret = re.search(r"brd_\w{49}", answer.content.decode())
    assert secret
    token = tokens.authenticate(secret[0])
    assert token is not None
    assert (token.user, token.name, token.scopes) == (owner, "my laptop", ["read", "write"])
    assert token.expires_at is not None
    assert f"http://token:{secret[0]}@localhost:8000/" in answer.content.decode()
    assert secret[0] not in browser.get("/accounts/tokens/").content.decode()


def test_a_token_can_be_made_to_last(signed_in: Browser, owner: User) -> None:
    signed_in(owner).post("/accounts/tokens/", NEW | {"expiry": "0", "scope": "admin"})
    token = ApiToken.objects.get()
    assert token.expires_at is None
    assert token.scopes == ["read", "write", "admin"]


@pytest.mark.parametrize(
    "bad", [{"name": ""}, {"scope": "root"}, {"scope": ""}, {"expiry": "9999"}, {"expiry": ""}]
)
def test_an_odd_token_is_refused(signed_in: Browser, owner: User, bad: dict[str, str]) -> None:
    assert signed_in(owner).post("/accounts/tokens/", NEW | bad).status_code == 400
    assert not ApiToken.objects.exists()


def test_nobody_hoards_tokens(signed_in: Browser, owner: User) -> None:
    for number in range(TOKENS_PER_PERSON):
        tokens.create(owner, str(number))
    answer = signed_in(owner).post("/accounts/tokens/", NEW)
    assert answer.status_code == 400
    assert "Revoke one" in answer.content.decode()


def test_revoking(signed_in: Browser, owner: User) -> None:
    created = tokens.create(owner, "old")
    browser = signed_in(owner)
    path = f"/accounts/tokens/{created.token.pk}/revoke/"
    assert browser.get(path).status_code == 405
    for _ in range(2):
        assert browser.post(path).status_code == 302
    assert tokens.authenticate(created.secret) is None
    assert "old" not in browser.get("/accounts/tokens/").content.decode().split("Your tokens")[1]


def test_another_person_s_token_is_out_of_reach(signed_in: Browser, owner: User, stranger: User) -> None:
    created = tokens.create(owner, "secret plans")
    browser = signed_in(stranger)
    assert browser.post(f"/accounts/tokens/{created.token.pk}/revoke/").status_code == 404
    assert "secret plans" not in browser.get("/accounts/tokens/").content.decode()
    assert tokens.authenticate(created.secret) is not None


def test_what_people_type_is_escaped(signed_in: Browser, owner: User) -> None:
    tokens.create(owner, "<script>alert(1)</script>")
    assert "<script>alert" not in signed_in(owner).get("/accounts/tokens/").content.decode()
