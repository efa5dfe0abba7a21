"""Access control lists -> grants that differ from what an object starts with.

`ALTER ... OWNER` and the role that runs a migration differ from server to
server, so owner and principal are relative, grantors are left out, and an
object with its default privileges has none to show.
"""

from collections.abc import Iterator

from schemata.catalog import Grant
from schemata.catalog.privileges import EVERYONES, PUBLIC, Letters, compare, owners


class Privileges:
    """Reads access control lists; equal lists are read once."""

    def __init__(self, version: int, principal: str) -> None:
        self._principal = principal
        self._major = version // 10000
        self._known: dict[tuple[str, str, tuple[str, ...], bool], tuple[Grant, ...]] = {}

    def read(self, of: str, owner: str, items: list[str] | None, *, adds: bool = False) -> tuple[Grant, ...]:
        """`items` are the texts of an object's aclitems, `owner` the name of its owner.

        `adds`: the list starts from nothing, not from what the kind starts with.
        """
        if items is None:
            return ()
        key = (of, owner, tuple(items), adds)
        if key not in self._known:
            self._known[key] = tuple(self._differences(*key))
        return self._known[key]

    def _differences(self, of: str, owner: str, items: tuple[str, ...], adds: bool) -> Iterator[Grant]:
        full = owners(of, self._major)
        given = _by_role(items)
        adds = adds or of == "column"
        started = {} if adds else {owner: dict.fromkeys(full, False)}
        if of in EVERYONES and not adds:
            started[PUBLIC] = dict.fromkeys(EVERYONES[of], False)
        for role in sorted(given.keys() | started.keys(), key=self._name):
            yield from compare(self._name(role), given.get(role, {}), started.get(role, {}), full)

    def _name(self, role: str) -> str:
        return "" if role == self._principal else role


def _by_role(items: tuple[str, ...]) -> dict[str, Letters]:
    roles: dict[str, Letters] = {}
    for item in items:
        role, letters = _parse(item)
        known = roles.setdefault(role, {})
        for letter, grantable in letters.items():
            known[letter] = known.get(letter, False) or grantable
    return roles


def _parse(item: str) -> tuple[str, Letters]:
    """`role=arw*/grantor`; a role's name is quoted where it must be, none means everyone."""
    if item.startswith('"'):
        role, rest = _quoted(item)
    else:
        role, _, rest = item.partition("=")
    letters: Letters = {}
    last = ""
    for letter in rest.partition("/")[0]:
        if letter == "*":
            letters[last] = True
        else:
            letters[letter] = False
            last = letter
    return role or PUBLIC, letters


def _quoted(item: str) -> tuple[str, str]:
    end = 1
    while item[end] != '"' or item[end : end + 2] == '""':
        end += 2 if item[end] == '"' else 1
    return item[1:end].replace('""', '"'), item[end + 2 :]
