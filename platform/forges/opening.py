"""The client for a place, by the kind of forge that it is."""

from collections.abc import Callable

from egress import Egress
from forges.bitbucket import Bitbucket
from forges.client import Client, Secret
from forges.gitea import Gitea
from forges.github import GitHub
from forges.gitlab import GitLab
from forges.values import Kind, Place

CLIENTS: dict[Kind, Callable[[Place, Secret, Egress], Client]] = {
    Kind.GITHUB: GitHub,
    Kind.GITLAB: GitLab,
    Kind.GITEA: Gitea,
    Kind.BITBUCKET: Bitbucket,
}


def open_client(place: Place, secret: Secret, egress: Egress) -> Client:
    """Nothing is asked yet; `secret` is called before each request."""
    return CLIENTS[place.kind](place, secret, egress)
