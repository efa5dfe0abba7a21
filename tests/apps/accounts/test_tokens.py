"""Secrets of API tokens: their form, what is stored, who they let in, and for how long."""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import tokens
from apps.accounts.models import ApiToken, Scope, User

pytestmark = pytest.mark.django_db


def test_a_secret_can_be_recognised_by_scanners(owner: User) -> None:
    secret = tokens.create(owner, "ci").secret
    assert re.fullmatch(r"brd_[0-9A-Za-z]{49}", secret)
    assert tokens.is_well_formed(secret)


def test_secrets_differ() -> None:
    assert len({tokens.new_secret() for _ in range(1000)}) == 1000


def test_only_the_digest_is_stored(owner: User) -> None:
    secret = tokens.create(owner, "ci").secret
    with connection.cursor() as cursor:
        cursor.execute("select t::text, digest from accounts_apitoken t")
        row, digest = cursor.fetchone()
    assert secret not in row
    assert secret[tokens.SHOWN :] not in row
    assert bytes(digest) == sha256(secret.encode()).digest()


def test_the_secret_lets_its_owner_in(owner: User) -> None:
    created = tokens.create(owner, "ci")
    assert tokens.authenticate(created.secret) == created.token


@pytest.mark.parametrize(
    "spoil",
    [
        lambda secret: "",
        lambda secret: secret[:-1],
        lambda secret: secret + "0",
        lambda secret: secret.lower(),
        lambda secret: "xyz_" + secret[4:],
        lambda secret: secret[:20] + ("a" if secret[20] != "a" else "b") + secret[21:],
        lambda secret: " " + secret,
        lambda secret: secret[:-1] + "é",
        lambda secret: secret.replace("_", "\0"),
    ],
)
def test_a_spoilt_secret_is_refused_without_a_query(owner: User, spoil: Callable[[str], str]) -> None:
    secret = spoil(tokens.create(owner, "ci").secret)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert tokens.authenticate(secret) is None
    assert not queries


def test_a_well_formed_secret_with_a_known_prefix_is_refused(owner: User) -> None:
    secret = tokens.create(owner, "ci").secret
    body = secret[4:-6]
    forged_body = body[:-1] + ("0" if body[-1] != "0" else "1")
    forged = tokens.MARK + forged_body + tokens._checksum(forged_body)
    assert tokens.is_well_formed(forged)
    assert forged.startswith(secret[: tokens.SHOWN])
    assert tokens.authenticate(forged) is None


def test_two_tokens_with_one_prefix_are_told_apart(owner: User) -> None:
    first, second = tokens.create(owner, "first"), tokens.create(owner, "second")
    ApiToken.objects.filter(pk=second.token.pk).update(prefix=first.token.prefix)
    assert tokens.authenticate(first.secret) == first.token


def test_an_expired_token_is_refused(owner: User) -> None:
    created = tokens.create(owner, "ci", expires_at=timezone.now() - timedelta(seconds=1))
    assert tokens.authenticate(created.secret) is None
    assert not created.token.is_usable


def test_a_token_that_expires_later_is_good(owner: User) -> None:
    created = tokens.create(owner, "ci", expires_at=timezone.now() + timedelta(minutes=1))
    assert tokens.authenticate(created.secret) == created.token


def test_a_revoked_token_is_refused_and_revoking_again_keeps_the_time(owner: User) -> None:
    created = tokens.create(owner, "ci")
    tokens.revoke(created.token)
    when = created.token.revoked_at
    tokens.revoke(created.token)
    assert created.token.revoked_at == when
    assert tokens.authenticate(created.secret) is None


def test_the_token_of_a_deactivated_person_is_refused(owner: User) -> None:
    created = tokens.create(owner, "ci")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert tokens.authenticate(created.secret) is None


def test_use_is_noted_at_most_once_a_minute(owner: User) -> None:
    created = tokens.create(owner, "ci")
    tokens.authenticate(created.secret)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    tokens.authenticate(created.secret)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=1))
    tokens.authenticate(created.secret)
    assert ApiToken.objects.get().last_used_at >= first


@pytest.mark.parametrize("scopes", [[], ["everything"], ["read", "root"]])
def test_unknown_scopes_are_refused(owner: User, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="scopes"):
        tokens.create(owner, "ci", scopes)


@pytest.mark.parametrize(
    ("held", "allowed"),
    [("read", {"read"}), ("write", {"read", "write"}), ("admin", {"read", "write", "admin"})],
)
def test_a_wider_scope_holds_the_narrower(owner: User, held: str, allowed: set[str]) -> None:
    token = tokens.create(owner, "ci", [held]).token
    assert {scope for scope in Scope.values if token.allows(scope)} == allowed
