"""Three-way merge of privileges, one by one: each of a role's is granted, grantable, revoked, or neither.

Manual: 5.8 (Privileges). A grant with and a grant without the option is one with it.
"""

from collections.abc import Iterable, Iterator, Mapping

from schemata.catalog import Grant

# Manual, table 5.1, in the order in which catalogs list them.
ORDER = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "TRIGGER",
    "MAINTAIN",
    "USAGE",
    "CREATE",
    "EXECUTE",
)
ALL = "ALL"
# How a privilege stands, in the order in which catalogs list a role's.
STATES = ("granted", "grantable", "revoked")

States = Mapping[tuple[str, str], str]


def merge_grants(
    base: tuple[Grant, ...], ours: tuple[Grant, ...], theirs: tuple[Grant, ...]
) -> tuple[tuple[Grant, ...], bool]:
    """The merged grants, and whether the sides agreed; ours stands where they did not."""
    everything = {word for each in (*base, *ours, *theirs) for word in each.privileges}
    before, mine, other = (_states(side, everything) for side in (base, ours, theirs))
    merged: dict[tuple[str, str], str] = {}
    agreed = True
    for key in dict.fromkeys((*mine, *other, *before)):
        state, is_agreed = _merge(before.get(key, ""), mine.get(key, ""), other.get(key, ""))
        agreed = agreed and is_agreed
        if state:
            merged[key] = state
    return tuple(_grants(merged)), agreed


def _states(grants: Iterable[Grant], everything: set[str]) -> States:
    """ALL stays one privilege, unless a side took some of it away or has only some."""
    split = everything - {ALL} if ALL in everything else set()
    return {
        (grant.role, word): STATES[2] if grant.revoked else STATES[1] if grant.grantable else STATES[0]
        for grant in grants
        for privilege in grant.privileges
        for word in ({ALL, *split} if privilege == ALL else {privilege})
    }


def _merge(base: str, ours: str, theirs: str) -> tuple[str, bool]:
    if ours == theirs or theirs == base:
        return ours, True
    if ours == base:
        return theirs, True
    if {ours, theirs} == {STATES[0], STATES[1]}:
        return STATES[1], True
    return ours, False


def _grants(merged: States) -> Iterator[Grant]:
    for role in sorted({role for role, _ in merged}):
        for state in STATES:
            words = {word for each, word in merged if each == role and merged[each, word] == state}
            if words:
                told = (ALL,) if ALL in words else tuple(word for word in ORDER if word in words)
                yield Grant(role, told, state == STATES[1], state == STATES[2])
