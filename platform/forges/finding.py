"""A repository on a forge by its name, and where that leads elsewhere by its id, which stays when it is renamed.

Whatever an answer points to is asked for at the API's own address: the token goes nowhere else.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from forges.errors import Elsewhere, Gone
from forges.paths import clone_url
from forges.values import Place, Repository

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asking(Generic[T]):
    """How one forge is asked: `read` gives what is at a path of its API, `id_of` the id of that.

    `numbered` is the path of an id, `pointed` the path that an answer with 3xx names, empty where that is none of a
    repository.
    """

    read: Callable[[str], T]
    id_of: Callable[[T], str]
    numbered: Callable[[str], str]
    pointed: Callable[[Elsewhere], str]

    def find(self, path: str, known: str) -> T:
        """What is at `path`; with a `known` id what has that, whatever it is called now. Raises ForgeError.

        Another one comes back only where it has the name and none has the id any more.
        """
        try:
            found = self.read(path)
        except Elsewhere as error:
            if not known:
                return self._follow(error)
        except Gone:
            if not known:
                raise
        else:
            if known and self.id_of(found) != known:
                with suppress(Gone):
                    return self.read(self.numbered(known))
            return found
        return self.read(self.numbered(known))

    def _follow(self, error: Elsewhere) -> T:
        path = self.pointed(error)
        if not path:
            raise error
        return self.read(path)


class Described(Protocol):
    """A repository as GitHub and those that speak like it describe one."""

    id: int
    full_name: str
    html_url: str
    default_branch: str
    archived: bool


def repository_of(place: Place, found: Described, *, may_push: bool) -> Repository:
    """As all forges have it. An archived one takes no pushes, whatever we may do."""
    return Repository(
        id=str(found.id),
        name=found.full_name,
        default_branch=found.default_branch,
        clone_url=clone_url(place, found.full_name),
        web_url=found.html_url,
        can_write=may_push and not found.archived,
    )
