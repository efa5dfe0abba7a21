"""What people give for a connection, and what the forge says of it before anything is kept.

Whatever is wrong is a MisgivenError at the field that it is about.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from apps.accounts.errors import RefusedError
from apps.accounts.outward import egress
from apps.accounts.sealing import SealBroken, seal
from apps.forges.access import client_of
from apps.forges.errors import MisgivenError
from apps.forges.models import Connection, Installation
from apps.forges.permissions import Findings, findings_of
from apps.projects.models import Project
from egress import EgressError
from forges import ForgeError, Gone, Kind, Refused

READ_ONLY = "Braid may read {name} and not write to it; it needs to push and to report checks."
_NAME = re.compile(r"[\w.~-]+(/[\w.~-]+)+")
T = TypeVar("T")


def draft_of(
    project: Project, kind: Kind, base_url: str, name: str, token: str, installation: Installation | None
) -> Connection:
    """A connection as it was given, not kept yet; the forge was not asked."""
    base_url, name = base_url.strip().rstrip("/"), name.strip().strip("/").removesuffix(".git")
    try:
        egress().check(base_url)
    except EgressError as error:
        raise MisgivenError(f"The forge's address: {error}", "base_url") from None
    if "?" in base_url or "#" in base_url:
        raise MisgivenError("The forge's address: it has no ? and no # in it.", "base_url")
    if not _NAME.fullmatch(name) or ".." in name.split("/"):
        raise MisgivenError("Give the repository's full path, like acme/shop.", "name")
    if installation is not None and (kind is not Kind.GITHUB or installation.app.base_url != base_url):
        raise RefusedError("The App belongs to another forge.")
    if installation is not None and installation.app.team_id != project.team_id:
        raise RefusedError("The App belongs to another team.")
    if installation is None and not token.strip():
        raise MisgivenError("Give a token that Braid may use.", "token")
    sealed = "" if installation else seal(clean_token(token))
    return Connection(
        project=project,
        kind=kind.value,
        base_url=base_url,
        name=name,
        token=sealed,
        installation=installation,
    )


def clean_token(token: str) -> str:
    """What people paste may end in a newline; what is no header value is no token."""
    token = token.strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise MisgivenError("This is no token: it holds spaces or letters that no token has.", "token")
    return token


def ask(connection: Connection) -> Findings:
    """What the credential may do; a RefusedError where that is not enough, as far as can be known."""
    found = findings(connection)
    if found.missing:
        named = "; ".join(f"{line.need.name} ({line.told})" for line in found.missing)
        raise MisgivenError(f"Permissions are missing. {named} {found.missing[0].todo}", "token")
    if not found.repository.can_write:
        raise MisgivenError(READ_ONLY.format(name=found.repository.name), "token")
    return found


def findings(connection: Connection) -> Findings:
    """What the credential may do, whether that is enough or not."""
    return asked(lambda: findings_of(connection, client_of(connection).access()))


def asked(ask: Callable[[], T]) -> T:
    """What the forge answers; a RefusedError at the field that it is about where it does not."""
    try:
        return ask()
    except ForgeError as error:
        raise MisgivenError(str(error), _field_of(error)) from error
    except SealBroken:
        raise MisgivenError(
            "This installation can't read the token any more. Give another one.", "token"
        ) from None


def _field_of(error: ForgeError) -> str:
    """What a person would look at first."""
    if isinstance(error, Gone):
        return "name"
    return "token" if isinstance(error, Refused) else "base_url"
