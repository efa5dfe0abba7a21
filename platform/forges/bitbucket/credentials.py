"""The two kinds of secrets that Bitbucket has, and how each of them is shown to the API and to git."""

from base64 import b64encode


def api_header(secret: str) -> str:
    """The header Authorization: a person's `name:secret`, or else an access token."""
    if ":" not in secret:
        return f"Bearer {secret}"
    return f"Basic {b64encode(secret.encode()).decode()}"


def for_git(secret: str) -> tuple[str, str]:
    """User name and password. An API token, known by the e-mail address beside it, has a name of its own for git."""
    user, colon, password = secret.partition(":")
    if not colon:
        return "x-token-auth", secret
    return ("x-bitbucket-api-token-auth" if "@" in user else user), password


WRITING = frozenset(
    {"repository:write", "repository:admin", "write:repository:bitbucket", "admin:repository:bitbucket"}
)


def may_write(scopes: str) -> bool:
    """Whether the header X-OAuth-Scopes names one that allows pushing."""
    return not WRITING.isdisjoint(scope.strip() for scope in scopes.split(","))
