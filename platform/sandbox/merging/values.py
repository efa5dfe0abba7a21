"""What a merge comes back with: values that the command, the worker and pages read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from sandbox.replays import ReplayFailure
from schemata.catalog import Address, Catalog
from schemata.changes import Change
from schemata.diff import diff
from schemata.history import Migration
from schemata.merge import Conflict, Merged, Soft
from schemata.merge.proof import Deviation
from schemata.merge.resolutions import Resolution


class Verdict(StrEnum):
    """What became of a merge (docs/merge.md).

    CLEAN: theirs' migrations run on ours as they are and give the merge.
    REWRITTEN: they had to be rewritten, and then give it. CONFLICT: people must
    decide. BROKEN: a side does not replay, so nothing can be said.
    """

    CLEAN = "clean"
    REWRITTEN = "rewritten"
    CONFLICT = "conflict"
    BROKEN = "broken"


class Side(StrEnum):
    BASE = "base"
    OURS = "ours"
    THEIRS = "theirs"


class Origin(StrEnum):
    """Where the text of a landing migration comes from."""

    THEIRS = "theirs"
    RESTAMPED = "restamped"
    REWRITTEN = "rewritten"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Place:
    """A statement of a side's migrations: `line` counts from 1, `statement` from 0, `sql` is its text."""

    migration: str
    path: str
    line: int
    statement: int
    sql: str = ""


@dataclass(frozen=True, slots=True)
class FoundConflict:
    """One conflict, and the statement that did it on each side, where that is known.

    `id`, `kind` and `object` are what it is called by; `conflict` is None where it is not about a
    database object but about migrations themselves (`base`, `ours`, `theirs` are texts then).
    """

    id: str
    kind: str
    object_kind: str
    object_name: str
    attribute: str
    base: object
    ours: object
    theirs: object
    where: Mapping[str, Place | None]
    options: tuple[str, ...]
    message: str = ""
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class SoftFinding:
    """Something worth knowing that never blocks; `objects` are what it is about, as text."""

    rule: str
    message: str
    objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LandedMigration:
    """A migration of theirs as it should land.

    `replaces` is its name on the branch and `original` its text there, both empty for a new one.
    """

    name: str
    sql: str
    origin: Origin
    replaces: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class OrderProof:
    """What running one order gave: the hash of the catalog, or the failure that ended it.

    `deviations` say where what was reached is not the merge.
    """

    hash: str = ""
    failure: ReplayFailure | None = None
    deviations: tuple[Deviation, ...] = ()

    @property
    def is_as_merged(self) -> bool:
        return self.failure is None and not self.deviations


@dataclass(frozen=True, slots=True)
class RowsProof:
    """Whether both orders left the same rows in seeded tables; `differences` read like
    `table public.users column role`."""

    tables: int = 0
    differences: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What was run. Hashes leave the order of columns out.

    `rewritten` is the run of the migrations as they land, where they were rewritten or chosen by people.
    """

    merged: str = ""
    ours_then_theirs: OrderProof | None = None
    theirs_then_ours: OrderProof | None = None
    rewritten: OrderProof | None = None
    rows: RowsProof | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A side that does not replay alone, and Postgres's own words on it."""

    side: Side
    failure: ReplayFailure

    @property
    def message(self) -> str:
        return self.failure.message


@dataclass(frozen=True, slots=True)
class Settled:
    """A conflict over an object, and what people chose about it."""

    conflict: Conflict
    choice: Resolution


@dataclass(frozen=True)
class MergeResult:
    """The whole outcome; `merged` and the catalogs of the three sides are for whoever shows them.

    `settled` are the conflicts that are none any more because people chose.
    """

    # No slots: `cached_property` keeps its value in the instance's dictionary.

    verdict: Verdict
    order_matters: bool = False
    conflicts: tuple[FoundConflict, ...] = ()
    soft: tuple[SoftFinding, ...] = ()
    migrations: tuple[LandedMigration, ...] = ()
    proof: Proof = field(default_factory=Proof)
    broken: Broken | None = None
    merged: Merged | None = None
    base: Catalog | None = None
    ours: Catalog | None = None
    theirs: Catalog | None = None
    settled: tuple[Settled, ...] = ()

    @cached_property
    def before_and_after(self) -> tuple[Catalog, Catalog] | None:
        """What it turns into what: ours into the merge or, while there is none, the base into theirs."""
        if self.base is None or self.ours is None or self.theirs is None:
            return None
        if self.merged is None or self.conflicts:
            return self.base, self.theirs
        return self.ours, self.merged.seen_from(self.ours)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What it does to the first of `before_and_after`."""
        return diff(*self.before_and_after, same_origin=True) if self.before_and_after else ()


__all__ = [
    "Address",
    "Broken",
    "FoundConflict",
    "LandedMigration",
    "MergeResult",
    "Migration",
    "OrderProof",
    "Origin",
    "Place",
    "Proof",
    "RowsProof",
    "Settled",
    "Side",
    "Soft",
    "SoftFinding",
    "Verdict",
]
