"""Secrets of API tokens: made, shown once, recognised.

A secret is `brd_`, 43 characters that carry 256 random bits, and a checksum of 6, so that secret scanners know one
when they see it and a mistyped one is refused without a query. Only its SHA-256 is stored: a slow hash protects
guessable passwords, and 256 random bits can't be guessed, while git would pay for the slowness in each request.
"""

import hmac
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils import timezone

from apps.accounts.models import ApiToken, Scope, User

MARK = "brd_"
SHOWN = len(MARK) + 8
USE_IS_NOTED_EVERY = timedelta(minutes=1)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY, _CHECK = 43, 6


@dataclass(frozen=True, slots=True)
class CreatedToken:
    """A new token and, this one time, its secret."""

    token: ApiToken
    secret: str


def create(
    user: User, name: str, scopes: Sequence[str] = (Scope.READ,), expires_at: datetime | None = None
) -> CreatedToken:
    """Make a token for the user; raises ValueError for a scope that does not exist."""
    unknown = set(scopes) - set(Scope.values)
    if unknown or not scopes:
        raise ValueError(
            f"A token needs scopes out of {', '.join(Scope.values)}, not {sorted(unknown) or 'none'}"
        )
    secret = new_secret()
    ordered = [scope for scope in Scope.values if scope in scopes]
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:SHOWN],
        digest=digest(secret),
        scopes=ordered,
        expires_at=expires_at,
    )
    return CreatedToken(token, secret)


def authenticate(secret: str) -> ApiToken | None:
    """The usable token that this is the secret of, its use noted; None for anything else.

    The row is found by the part of the secret that pages show anyway, the rest is compared in constant time.
    """
    if not is_well_formed(secret):
        return None
    given = digest(secret)
    found = [
        token
        for token in ApiToken.objects.usable().filter(prefix=secret[:SHOWN]).select_related("user")
        if hmac.compare_digest(bytes(token.digest), given)
    ]
    if not found:
        return None
    note_use(found[0])
    return found[0]


def note_use(token: ApiToken) -> None:
    """Keep when the token was last used, to the minute: a busy token must not write on every request."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now


def revoke(token: ApiToken) -> None:
    """End the token now; a second call changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db(fields=["revoked_at"])


def new_secret() -> str:
    body = _base62(secrets.randbits(256), _BODY)
    return MARK + body + _checksum(body)


def is_well_formed(secret: str) -> bool:
    """Whether the text has a secret's shape and its checksum is right; says nothing about who knows it."""
    body, check = secret[len(MARK) : -_CHECK], secret[-_CHECK:]
    right_shape = secret.startswith(MARK) and len(body) == _BODY and secret.isascii() and body.isalnum()
    return right_shape and check == _checksum(body)


def digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
