"""What a token may do on Gitea and Forgejo, which tell nobody the scopes of the token that asks.

Each scope guards a part of the API (https://docs.gitea.com/development/oauth2-provider#scopes): what is refused
there is missing. Git's greeting shows whether `repository` is there for writing.
"""

from forges.http import Api, Query
from forges.permissions.asking import may_only_read, pushing, reading
from forges.permissions.values import Access, Permission, Standing
from forges.values import Repository

ONE: Query = {"limit": 1}
UNTOLD = "It may read comments. Whether it may write them, the forge tells nobody who does not write."


def of_token(api: Api, path: str, repository: Repository, credentials: tuple[str, str]) -> Access:
    """`path` is the repository's in the API. Raises ForgeError."""
    push = pushing(api, repository.clone_url, credentials)
    if push.standing is not Standing.MISSING:
        pulls = reading(api, f"{path}/pulls", ONE)
        push = pulls if pulls.standing is Standing.MISSING else push
    permissions = (
        Permission.of("repository", push),
        Permission.of("issue", may_only_read(reading(api, f"{path}/issues/comments", ONE), UNTOLD)),
        Permission.of("user", reading(api, "/user", {})),
    )
    return Access(repository, permissions)
