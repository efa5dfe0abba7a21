"""What others read of connections: whether a project has one, and the client that speaks for it."""

from apps.accounts.outward import egress
from apps.accounts.sealing import unseal
from apps.forges.installations import token_of
from apps.forges.models import Connection
from apps.projects.models import Project
from forges import Kind, Place
from forges.client import Client, Secret
from forges.opening import open_client


def connection_of(project: Project) -> Connection | None:
    return (
        Connection.objects.select_related("installation__app", "project__team")
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
    if connection.installation is not None:
        return token_of(connection.installation)
    return lambda: unseal(connection.token)
