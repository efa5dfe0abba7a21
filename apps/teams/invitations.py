"""The secrets of invitation links: made, and recognised by their digest, which alone is stored.

SHA-256 is enough, since the secret carries 256 random bits that nobody can guess (see apps.accounts.tokens).
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from apps.teams.models import Invitation


@dataclass(frozen=True, slots=True)
class CreatedInvitation:
    """A new invitation and, this one time, the secret of its link."""

    invitation: Invitation
    secret: str


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def find_open(secret: str) -> Invitation | None:
    """The invitation of this secret, while somebody can still accept it.

    Looked up by a digest that a guesser can't steer, so the time of the query tells nothing.
    """
    found = Invitation.objects.open().filter(digest=digest(secret))
    return found.select_related("team", "invited_by").first()
