"""What others read of connections: whether a project has one, and the client that speaks for it."""

from http import HTTPStatus

from apps.accounts.outward import egress
from apps.accounts.sealing import unseal
from apps.forges.installations import token_of
from apps.forges.models import BULKY, Connection, Installation
from apps.projects.models import Project
from forges import Kind, Place, Refused
from forges.client import Client, Secret
from forges.opening import open_client


def connection_of(project: Project) -> Connection | None:
    return (
        Connection.objects.select_related("installation__app", "project__team")
        .defer(*BULKY)
        .filter(project=project)
        .first()
    )


def place_of(connection: Connection) -> Place:
    return Place(Kind(connection.kind), connection.base_url, connection.name)


def client_of(connection: Connection) -> Client:
    """The client that speaks for the connection; a token is unsealed when it is needed, and kept nowhere."""
    return open_client(place_of(connection), secret_of(connection), egress())


def secret_of(connection: Connection) -> Secret:
    """What gives the token of a request: an App's installation, or the connection's own."""
    installation = connection.installation
    if installation is None:
        return lambda: unseal(connection.token)
    return token_of(installation) if installation.is_usable else _refusing(installation)


def _refusing(installation: Installation) -> Secret:
    """Says what happened to the App, which GitHub would only say with a 404."""
    happened = "is suspended" if installation.removed_at is None else "was removed"
    text = (
        f"The GitHub App {installation.app.name} {happened} on {installation.account}. Let it in there again."
    )

    def refuse() -> str:
        raise Refused(text, HTTPStatus.FORBIDDEN)

    return refuse
