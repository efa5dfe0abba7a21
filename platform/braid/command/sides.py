"""Two databases that are compared, each made by a folder's or commit's migrations, or live."""

from dataclasses import dataclass, replace
from typing import Any

from braid.command.document import side_values
from braid.command.sources import Source
from schemata.catalog import Catalog
from schemata.changes import Change
from schemata.diff import diff
from schemata.diff.alike import renames_perhaps
from schemata.history import History


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its catalog, and the files that made it, but for a live database."""

    label: str
    catalog: Catalog
    source: Source | None = None
    history: History | None = None

    def values(self) -> dict[str, Any]:
        """The side's keys in a JSON document; a live database has no files to speak of."""
        told = {"source": self.label, "live": self.source is None, "catalog": self.catalog.hash}
        files = side_values(self.source, self.history) if self.source else {}
        return {**files, **told, "postgres": self.catalog.postgres}


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides. With `same_origin` their identities are comparable, down to `trunk` where they went apart."""

    before: Side
    after: Side
    same_origin: bool = False
    trunk: Catalog | None = None
    notes: tuple[str, ...] = ()

    @property
    def matched_by(self) -> str:
        return "identity" if self.same_origin else "name"

    def turned(self) -> "Pair":
        return replace(self, before=self.after, after=self.before)

    def changes(self) -> tuple[Change, ...]:
        sides = self.before.catalog, self.after.catalog
        return diff(*sides, same_origin=self.same_origin, trunk=self.trunk)

    def suspicions(self, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """What may be renames, where names are all that there is to go by."""
        if self.same_origin:
            return ()
        found = renames_perhaps(changes, self.before.catalog, self.after.catalog)
        return tuple(
            f"{old} is dropped and {new.short} of the same shape added: if that is a rename, write it yourself, "
            "for the rows would be lost"
            for old, new in found
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """What running a plan has shown. `reached` is None where it could not be run at all.

    `rows` is what Postgres said of rows that the first side's own migrations insert, which did not fit.
    """

    reached: bool | None
    reason: str = ""
    rows: str = ""

    def values(self) -> dict[str, Any]:
        return {"reached": self.reached, "reason": self.reason, "rows": self.rows}
