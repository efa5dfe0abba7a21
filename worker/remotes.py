"""The repository on a forge, and forks of it there, as git reaches them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from apps.accounts.outward import egress
from apps.forges.access import place_of
from apps.forges.models import Connection
from forges import Refused, fetching
from forges.client import Client
from forges.paths import clone_url, segments

NOBODY = ("", "")
Credentials = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Git:
    """A repository of the connection's forge at `url`; a fork is asked as nobody first.

    A fork stands on the same site as the repository itself, so the credential goes to nobody else who holds one.
    """

    connection: Connection
    client: Client
    url: str
    is_fork: bool = False

    @classmethod
    def of(cls, connection: Connection, client: Client) -> "Git":
        return cls(connection, client, connection.clone_url)

    def fork(self, name: str) -> "Git":
        """Raises Unusable where the name is none of a repository."""
        place = replace(place_of(self.connection), name=name)
        segments(place, 2, 2)
        return replace(self, url=clone_url(place, name), is_fork=True)

    def list_refs(self, prefixes: Collection[str]) -> Mapping[str, str]:
        return self._ask(lambda shown: fetching.list_refs(self.url, shown, egress(), prefixes))

    def fetch(self, repository: Path, pairs: Collection[tuple[str, str]]) -> Mapping[str, str]:
        return self._ask(lambda shown: fetching.fetch(repository, self.url, shown, egress(), pairs))

    def _ask(self, ask: Callable[[Credentials], T]) -> T:
        if self.is_fork:
            try:
                return ask(NOBODY)
            except Refused:
                # It is not public; the forge may show it to us all the same.
                pass
        return ask(self.client.credentials())
