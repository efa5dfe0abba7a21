"""What a credential may do on GitHub: an installation's permissions, a classic token's scopes, a fine-grained token.

Manual: https://docs.github.com/en/rest/apps/apps and https://docs.github.com/en/apps/oauth-apps (scopes stand in the
header X-OAuth-Scopes, which a fine-grained token's answers lack). Of a fine-grained token GitHub tells what it
refuses, and nothing about writing beside git.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from egress import Answer
from forges.github.app import App, InstallationToken
from forges.github.manifest import EVENTS, PERMISSIONS
from forges.http import Api
from forges.permissions.asking import may_only_read, pushing, reading
from forges.permissions.values import Access, Permission, Said, Standing
from forges.values import Repository

ENDS = "github-authentication-token-expiration"
LEVELS = ("none", "read", "write", "admin")
UNTOLD = "It may read them. Whether it may write, GitHub tells nobody who does not write."
PUBLIC = "Everybody may read a public repository's, so GitHub shows nothing about the token before it writes."


class _Seen(msgspec.Struct):
    private: bool = False


def of_installation(token: InstallationToken, repository: Repository) -> Access:
    """By what the account granted and what the App asks for now. Raises ForgeError."""
    granted = token.app.installation(token.installation).permissions
    asked = token.app.about()
    found = [_granted(name, needed, granted, asked.permissions) for name, needed in PERMISSIONS.items()]
    return Access(repository, (*found, _events(asked.events)))


def of_app(app: App) -> tuple[Permission, ...]:
    """What the App itself asks every account for. Raises ForgeError."""
    asked = app.about()
    found = [_asked(name, needed, asked.permissions) for name, needed in PERMISSIONS.items()]
    return (*found, _events(asked.events))


def _asked(name: str, needed: str, asked: Mapping[str, str]) -> Permission:
    level = asked.get(name, "none")
    standing = Standing.HELD if _reaches(level, needed) else Standing.MISSING
    return Permission(
        name, standing, f"The App asks for it: {level}." if level != "none" else "It does not ask."
    )


def _granted(name: str, needed: str, granted: Mapping[str, str], asked: Mapping[str, str]) -> Permission:
    level = granted.get(name, "none")
    if _reaches(level, needed):
        return Permission(name, Standing.HELD, f"The account granted it: {level}.")
    if _reaches(asked.get(name, "none"), needed):
        why = "The App asks for it, and the account has not granted it yet."
    else:
        why = f"The App does not ask for it: it has {asked.get(name, 'none')}."
    return Permission(name, Standing.MISSING, why)


def _reaches(level: str, needed: str) -> bool:
    return level in LEVELS and LEVELS.index(level) >= LEVELS.index(needed)


def _events(sent: Sequence[str]) -> Permission:
    """Those that come to every App unasked are in no list of GitHub's."""
    missing = [event for event in EVENTS if event not in sent]
    if missing:
        return Permission("events", Standing.MISSING, f"GitHub does not send: {', '.join(missing)}.")
    return Permission("events", Standing.HELD, "GitHub sends all that Braid listens to.")


def of_token(api: Api, repository: Repository, credentials: tuple[str, str]) -> Access:
    """By the scopes of a classic token, by trying to read with a fine-grained one. Raises ForgeError."""
    path = f"/repos/{quote(repository.name)}"
    answer = api.answer("GET", path)
    is_private = api.decode(answer, _Seen).private
    push = pushing(api, repository.clone_url, credentials)
    scopes = _scopes(answer)
    if scopes:
        found = _classic(scopes, push, is_private)
    else:
        found = _fine_grained(api, path, repository.default_branch, push, is_private)
    metadata = Permission("metadata", Standing.HELD, "GitHub showed the repository.")
    return Access(repository, (*found, metadata), answer.headers.get(ENDS, ""))


def _scopes(answer: Answer) -> frozenset[str]:
    given = answer.headers.get("x-oauth-scopes", "").split(",")
    return frozenset(filter(None, (scope.strip() for scope in given)))


def _classic(scopes: frozenset[str], push: Said, is_private: bool) -> tuple[Permission, ...]:
    """`repo` holds everything, `public_repo` the same of public repositories, `repo:status` statuses alone."""
    is_wide = "repo" in scopes or ("public_repo" in scopes and not is_private)
    named = f"Its scopes are {', '.join(sorted(scopes))}."
    lacking = Said(Standing.MISSING, f"{named} It needs repo{'' if is_private else ' or public_repo'}.")
    held = Said(Standing.HELD, named)
    statuses = held if is_wide or "repo:status" in scopes else lacking
    if push.standing is Standing.MISSING and statuses is held:
        statuses = Said(Standing.MISSING, f"GitHub takes statuses only from who may push. {push.told}")
    return (
        Permission.of("contents", push if is_wide else lacking),
        Permission.of("pull_requests", held if is_wide else lacking),
        Permission.of("statuses", statuses),
    )


def _fine_grained(api: Api, path: str, branch: str, push: Said, is_private: bool) -> tuple[Permission, ...]:
    why = UNTOLD if is_private else PUBLIC
    pulls = reading(api, f"{path}/pulls", {"per_page": 1})
    statuses = reading(api, f"{path}/commits/{quote(branch, safe='')}/statuses", {"per_page": 1})
    return (
        Permission.of("contents", push),
        Permission.of("pull_requests", may_only_read(pulls, why)),
        Permission.of("statuses", may_only_read(statuses, why)),
    )
