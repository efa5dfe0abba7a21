"""Which privileges there are, which an object starts with (manual, Privileges), and grants as differences from that."""

from collections.abc import Iterable, Iterator, Mapping

from schemata.catalog.address import Kind
from schemata.catalog.objects import Grant

PUBLIC = "public"
_MAINTAIN_SINCE = 17

# Manual, table 5.1: letters of aclitem.
WORDS: Mapping[str, str] = {
    "r": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "m": "MAINTAIN",
    "U": "USAGE",
    "C": "CREATE",
    "X": "EXECUTE",
}

# Manual, table 5.2: what an owner has, and what everyone has, if nothing was granted.
_OWNERS: Mapping[str, str] = {
    "table": "rawdDxt",
    "column": "rawx",
    "sequence": "rwU",
    "routine": "X",
    "language": "U",
    "schema": "UC",
    "type": "U",
    "wrapper": "U",
    "server": "U",
    "large object": "rw",
}
EVERYONES: Mapping[str, str] = {"routine": "X", "language": "U", "type": "U"}
# Which of these an object counts as.
OTHERS_GRANTED_AS: Mapping[Kind, str] = {
    Kind.BASE_TYPE: "type",
    Kind.FOREIGN_DATA_WRAPPER: "wrapper",
    Kind.SERVER: "server",
    Kind.LANGUAGE: "language",
}
GRANTED_AS: Mapping[Kind, str] = {
    **OTHERS_GRANTED_AS,
    **dict.fromkeys((Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW), "table"),
    **dict.fromkeys((Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE), "routine"),
    **dict.fromkeys((Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE), "type"),
    Kind.COLUMN: "column",
    Kind.SEQUENCE: "sequence",
    Kind.SCHEMA: "schema",
}

Letters = dict[str, bool]  # letter -> with grant option


def owners(of: str, postgres: int) -> str:
    """Letters of all that an owner has of the kind `of`, in this major version of Postgres."""
    return _OWNERS[of] + ("m" if of == "table" and postgres >= _MAINTAIN_SINCE else "")


def compare(role: str, given: Letters, started: Letters, full: str) -> Iterator[Grant]:
    """What `role` has other than what it started with; `full` are all letters of the kind."""
    gained = {letter: grantable for letter, grantable in given.items() if started.get(letter) != grantable}
    for grantable in (False, True):
        letters = [letter for letter, option in gained.items() if option == grantable]
        if letters:
            yield Grant(role, _words(letters, full), grantable)
    lost = started.keys() - given.keys()
    if lost:
        yield Grant(role, _words(lost, full), revoked=True)


def letters_of(grants: Iterable[Grant], started: Letters, full: str) -> Letters:
    """The other way round: what a role has by its `grants`."""
    letters = dict(started)
    for grant in grants:
        for letter in spelled(grant, full):
            if grant.revoked:
                letters.pop(letter, None)
            else:
                letters[letter] = grant.grantable
    return letters


def spelled(grant: Grant, full: str) -> Iterator[str]:
    """The letters of a grant's privileges."""
    return (letter for letter in full if grant.privileges == ("ALL",) or WORDS[letter] in grant.privileges)


def _words(letters: Iterable[str], full: str) -> tuple[str, ...]:
    known = set(letters)
    if known == set(full):
        return ("ALL",)
    return tuple(word for letter, word in WORDS.items() if letter in known)
