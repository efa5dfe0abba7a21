"""A connected repository under the name that it has now: asked of the forge's API by its id, never of a redirect.

Its address stays on the connection's own site, so the credential goes nowhere else.
"""

from collections.abc import Callable
from typing import TypeVar

from apps.forges.access import client_of
from apps.forges.models import Connection
from forges import Gone, Repository, Unusable
from forges.client import Client
from forges.errors import Elsewhere

ANOTHER = (
    "Another repository is called {name} now than the one that was connected. Give that one its name back, "
    "or make a new project for this one."
)

T = TypeVar("T")


class NoRepository(Unusable):
    """It is gone, or hidden from our credential: until people mend that, nothing can be told or read."""


class AnotherRepository(NoRepository):
    """What is called so now belongs to somebody else: nothing is read from it, and above all nothing is told there."""


def follow_name(connection: Connection, client: Client) -> Repository:
    """Bring the connection to the name and addresses that its repository has now.

    Raises NoRepository and other ForgeErrors.
    """
    try:
        found = client.repository(connection.number)
    except Gone as error:
        raise NoRepository(str(error)) from None
    if found.id != connection.number:
        raise AnotherRepository(ANOTHER.format(name=found.name))
    facts = {"name": found.name, "clone_url": found.clone_url, "web_url": found.web_url}
    for name, value in facts.items():
        setattr(connection, name, value)
    Connection.objects.filter(pk=connection.pk).update(**facts)
    return found


def under_its_name(connection: Connection, act: Callable[[Client], T]) -> T:
    """Act on the repository that was connected, which is asked for first: a copy of it may have its name now.

    Once more where it has yet another name by then.
    """
    follow_name(connection, client_of(connection))
    asked = connection.name
    try:
        return act(client_of(connection))
    except (Elsewhere, Gone):
        follow_name(connection, client_of(connection))
        if connection.name == asked:
            raise
    return act(client_of(connection))
