"""What a merge says: the merged catalog, what people must decide, and what is only worth knowing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from schemata.catalog import EMPTY, Address, Catalog, Kind
from schemata.merge.identities import seen_from


class ConflictKind(StrEnum):
    """Why two sides cannot both have their way. docs/merge.md explains each to users."""

    ATTRIBUTE = "both-changed"
    ADDED = "both-added"
    RENAMED = "both-renamed"
    DROPPED_CHANGED = "dropped-against-changed"
    DROPPED_USED = "dropped-against-used"
    RENAMED_USED = "renamed-against-used"
    NAME = "one-name-twice"
    VALUE_USED = "value-removed-against-used"
    KEYS = "two-primary-keys"
    NULLABILITY = "not-null-against-default"


class Choice(StrEnum):
    """What people can answer. `both` keeps the two, under two names where they share one."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"
    VALUE = "value"
    SQL = "sql"


_OTHER_SIDE = {"ours": "theirs", "theirs": "ours"}
_SIDES = (Choice.OURS, Choice.THEIRS)
_CHOICES: Mapping[ConflictKind, tuple[Choice, ...]] = {
    ConflictKind.ATTRIBUTE: (*_SIDES, Choice.VALUE, Choice.SQL),
    ConflictKind.ADDED: (*_SIDES, Choice.BOTH, Choice.SQL),
    ConflictKind.RENAMED: (*_SIDES, Choice.VALUE, Choice.SQL),
    ConflictKind.RENAMED_USED: (*_SIDES, Choice.VALUE, Choice.SQL),
    ConflictKind.NAME: (*_SIDES, Choice.BOTH, Choice.SQL),
    ConflictKind.NULLABILITY: (*_SIDES, Choice.BOTH, Choice.SQL),
}
# Attributes of a conflict that stand for more than one field, so that no single value can be given.
WHOLE = frozenset({"", "kind", "columns", "constraints", "values"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sides that changed the same thing differently.

    `at` is its address in the base, or in the merge where the base has none.
    `base`, `ours`, `theirs` are the three values of `attribute` (of the object's
    existence where `attribute` is empty; of an enum's value where it is one); an
    absent one is None. `other` is the second object that takes part, where there is
    one: the use of what was dropped, the other holder of a name. `uses` are all
    such, and `user` is the side that has them (`ours` or `theirs`).
    """

    kind: ConflictKind
    at: Address
    attribute: str = ""
    base: Any = None
    ours: Any = None
    theirs: Any = None
    other: Address | None = None
    uses: tuple[Address, ...] = ()
    user: str = ""

    @property
    def id(self) -> str:
        """Stable while the object and its three sides stay as they are."""
        said = (self.kind.value, tuple(self.at), self.attribute, self.base, self.ours, self.theirs)
        met = (self.other and tuple(self.other), tuple(map(tuple, self.uses)))
        return hashlib.sha256(repr((said, met)).encode()).hexdigest()[:16]

    @property
    def is_of_type(self) -> bool:
        """Whether it is about the type of a column, a domain or an attribute."""
        typed = (Kind.COLUMN, Kind.DOMAIN, Kind.ATTRIBUTE)
        return self.kind == ConflictKind.ATTRIBUTE and self.attribute == "type" and self.at.kind in typed

    @property
    def object(self) -> Mapping[str, str]:
        """The object as people read it: its kind and its dotted name."""
        return {"kind": self.at.kind.value, "name": self.at.path}

    @property
    def options(self) -> tuple[Choice, ...]:
        """What can be chosen; `resolutions.resolve` applies all but `sql`."""
        choices = _CHOICES.get(self.kind, (*_SIDES, Choice.SQL))
        if self.kind == ConflictKind.ATTRIBUTE and self.attribute in WHOLE:
            return tuple(choice for choice in choices if choice != Choice.VALUE)
        if self.kind == ConflictKind.RENAMED_USED and self.attribute:
            return (*_SIDES, Choice.SQL)
        if self.kind == ConflictKind.NULLABILITY and self.base == "not null":
            return (*_SIDES, Choice.SQL)
        return choices

    @property
    def yields_to_proof(self) -> bool:
        """Whether running settles it: where both orders give the merged catalog, nobody has to decide.

        One side may hold the other's new table and what came to it later.
        """
        return self.kind == ConflictKind.ADDED and self.attribute in ("columns", "constraints")

    def mirrored(self) -> "Conflict":
        """The same conflict as the other side sees it."""
        return replace(self, ours=self.theirs, theirs=self.ours, user=_OTHER_SIDE.get(self.user, ""))


@dataclass(frozen=True, slots=True)
class Soft:
    """Something that never blocks: `at` and `other` are the two that meet.

    Rules: `identical-twice` (two new indexes or constraints say the same), `may-mention`
    (the text of a routine may speak of what the other side dropped or renamed).
    """

    rule: str
    at: Address
    other: Address | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome. With conflicts, `catalog` is a draft: `resolutions.resolve` gives one to plan to.

    `unsettled` are attributes whose text speaks of something that the other side
    renamed: their meaning is merged, their wording is known once Postgres has run.
    `touched` are the merged addresses of all that a side added, altered or moved;
    `repeats` are conflicts that follow from another one, with that one's id.
    """

    catalog: Catalog
    conflicts: tuple[Conflict, ...] = ()
    soft: tuple[Soft, ...] = ()
    unsettled: frozenset[tuple[Address, str]] = field(default_factory=frozenset)
    base: Catalog = EMPTY
    touched: frozenset[Address] = field(default_factory=frozenset)
    repeats: tuple[tuple[Conflict, str], ...] = ()

    def once_proved(self) -> "Merged":
        """What stands when both orders were run and gave the merged catalog: conflicts that yield to it are gone."""
        return replace(self, conflicts=tuple(each for each in self.conflicts if not each.yields_to_proof))

    def seen_from(self, reached: Catalog) -> Catalog:
        """The merged catalog as the target for a database that descends from ours (or is ours).

        What the base lacks and `reached` has under its merged address counts as the
        same object, so `match(reached, merged.seen_from(reached), same_origin=True)`
        gives what is left to do. Objects of the base keep their own identity: a table
        that a side made anew is still to be made anew.
        """
        return seen_from(self.catalog, self.base, self.touched, reached)
