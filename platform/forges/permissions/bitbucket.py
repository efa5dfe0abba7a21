"""What a token may do on Bitbucket Cloud: the header X-OAuth-Scopes, and git.

Manual: https://developer.atlassian.com/cloud/bitbucket/bitbucket-cloud-rest-api-scopes/. Access tokens have scopes like
`pullrequest:write`, people's API tokens like `write:pullrequest:bitbucket`.
"""

from forges.bitbucket.credentials import may_write
from forges.http import Api
from forges.permissions.asking import may_only_read, pushing, reading
from forges.permissions.values import Access, Permission, Said, Standing
from forges.values import Repository

PULLS = frozenset({"pullrequest:write", "write:pullrequest:bitbucket"})
UNTOLD = (
    "It may read them. Bitbucket names no scopes of this credential, so whether it may write is not known."
)


def of_token(api: Api, path: str, repository: Repository, credentials: tuple[str, str]) -> Access:
    """`path` is the repository's in the API. Raises ForgeError."""
    header = api.answer("GET", path).headers.get("x-oauth-scopes")
    push = pushing(api, repository.clone_url, credentials)
    if header is None:
        pulls = may_only_read(reading(api, f"{path}/pullrequests", {"pagelen": 1}), UNTOLD)
        return _access(repository, push, pulls)
    scopes = sorted(filter(None, (scope.strip() for scope in header.split(","))))
    named = f"Its scopes are {', '.join(scopes)}." if scopes else "It has no scopes."
    # Writing pull requests holds writing the repository (the manual's own words: it implies it).
    has_pulls = not PULLS.isdisjoint(scopes)
    pulls = Said(Standing.HELD if has_pulls else Standing.MISSING, named)
    return _access(repository, _repositories(push, may_write(header) or has_pulls, named), pulls)


def _repositories(push: Said, is_named: bool, named: str) -> Said:
    """Git knows best; where it says nothing clear the scopes do."""
    if push.standing is not Standing.UNKNOWN:
        return push
    return Said(Standing.HELD if is_named else Standing.MISSING, named)


def _access(repository: Repository, push: Said, pulls: Said) -> Access:
    permissions = (Permission.of("repositories", push), Permission.of("pull_requests", pulls))
    return Access(repository, permissions)
