"""What a token may do on GitLab: its scopes, its role in the project, and git.

Manual: https://docs.gitlab.com/api/personal_access_tokens/ (a token about itself, those of projects and groups too)
and https://docs.gitlab.com/api/branches/ (`can_push`).
"""

from urllib.parse import quote

import msgspec

from forges.errors import ForgeError, Unreachable
from forges.http import Api
from forges.permissions.asking import pushing, refused
from forges.permissions.values import Access, Permission, Said, Standing
from forges.values import Repository

DEVELOPER = 30
ROLES = {
    5: "Minimal access",
    10: "Guest",
    15: "Planner",
    20: "Reporter",
    30: "Developer",
    40: "Maintainer",
    50: "Owner",
}


class _Token(msgspec.Struct):
    scopes: list[str]
    expires_at: str | None = None


class _Branch(msgspec.Struct):
    can_push: bool | None = None


def of_token(
    api: Api, path: str, repository: Repository, level: int | None, credentials: tuple[str, str]
) -> Access:
    """`path` is the project's in the API, `level` the token's access level there, None where it is not told."""
    push = pushing(api, repository.clone_url, credentials)
    token, why = _token(api)
    scopes = None if token is None else frozenset(token.scopes)
    permissions = (
        Permission.of("role", _role(api, path, repository.default_branch, level)),
        Permission.of("api", _scope(scopes, "api", why)),
        Permission.of("write_repository", _writing(scopes, push)),
    )
    return Access(repository, permissions, (token.expires_at if token else None) or "")


def _token(api: Api) -> tuple[_Token | None, str]:
    """What GitLab says of the token, and else why it does not: versions before 15.5 have no such question."""
    try:
        return api.get("/personal_access_tokens/self", _Token), ""
    except Unreachable:
        raise
    except ForgeError as error:
        return None, str(error)


def _scope(scopes: frozenset[str] | None, name: str, why: str) -> Said:
    if scopes is None:
        return Said(Standing.UNKNOWN, f"GitLab does not tell the token's scopes. {why}")
    named = f"Its scopes are {', '.join(sorted(scopes))}." if scopes else "It has no scopes."
    return Said(Standing.HELD if name in scopes else Standing.MISSING, named)


def _writing(scopes: frozenset[str] | None, push: Said) -> Said:
    """Git knows best: `api` lets it push as well, and a scope alone pushes nowhere without the role."""
    if push.standing is not Standing.UNKNOWN or scopes is None:
        return push
    return _scope(scopes, "write_repository", "")


def _role(api: Api, path: str, branch: str, level: int | None) -> Said:
    if level is None:
        return Said(Standing.UNKNOWN, "GitLab does not tell which role the token has in the project.")
    role = ROLES.get(level, f"access level {level}")
    if level < DEVELOPER:
        return Said(Standing.MISSING, f"Its role is {role}.")
    return Said(Standing.HELD, f"Its role is {role}. {_of_default(api, path, branch)}".strip())


def _of_default(api: Api, path: str, branch: str) -> str:
    """Whether the default branch takes pushes from it, which one way of landing needs."""
    try:
        found = api.get(f"{path}/repository/branches/{quote(branch, safe='')}", _Branch)
    except Unreachable:
        raise
    except ForgeError as error:
        return f"Whether it may push to {branch} can't be told: {refused(error).told}"
    if found.can_push is None:
        return ""
    if found.can_push:
        return f"It may push to {branch}."
    return (
        f"It may not push to {branch}, which is protected: choose another way of landing, or let it in there."
    )
