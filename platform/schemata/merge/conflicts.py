"""What a merge says: the merged catalog, what people must decide, and what is only worth knowing."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from schemata.catalog import EMPTY, Address, Catalog
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


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sides that changed the same thing differently.

    `at` is its address in the base, or in the merge where the base has none.
    `base`, `ours`, `theirs` are the three values of `attribute` (of the object's
    existence where `attribute` is empty); an absent one is None. `other` is the
    second object that takes part, where there is one: the use of what was
    dropped, the other holder of a name.
    """

    kind: ConflictKind
    at: Address
    attribute: str = ""
    base: Any = None
    ours: Any = None
    theirs: Any = None
    other: Address | None = None

    @property
    def id(self) -> str:
        """Stable while the object and its three sides stay as they are."""
        said = repr((self.kind.value, self.at, self.attribute, self.base, self.ours, self.theirs, self.other))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def mirrored(self) -> "Conflict":
        """The same conflict as the other side sees it."""
        return Conflict(self.kind, self.at, self.attribute, self.base, self.theirs, self.ours, self.other)


@dataclass(frozen=True, slots=True)
class Soft:
    """Something that never blocks: `at` and `other` are the two that meet."""

    rule: str
    at: Address
    other: Address | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome. With conflicts, `catalog` holds ours wherever people must choose.

    `unsettled` are attributes whose text speaks of something that the other side
    renamed: their meaning is merged, their wording is known once Postgres has run.
    `touched` are the merged addresses of all that a side added, altered or moved.
    """

    catalog: Catalog
    conflicts: tuple[Conflict, ...] = ()
    soft: tuple[Soft, ...] = ()
    unsettled: frozenset[tuple[Address, str]] = field(default_factory=frozenset)
    base: Catalog = EMPTY
    touched: frozenset[Address] = field(default_factory=frozenset)

    def seen_from(self, reached: Catalog) -> Catalog:
        """The merged catalog as the target for a database that descends from ours (or is ours).

        What the base lacks and `reached` has under its merged address counts as the
        same object, so `match(reached, merged.seen_from(reached), same_origin=True)`
        gives what is left to do. Objects of the base keep their own identity: a table
        that a side made anew is still to be made anew.
        """
        return seen_from(self.catalog, self.base, self.touched, reached)
