"""The vocabulary of changes: what diff says, and plan, merge and pages read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemata.catalog import Address, CatalogObject
from schemata.catalog.encoding import encode_object


class Action(StrEnum):
    """What happens to an object.

    `rename` also means a move to another schema. An object that is renamed and
    altered gives two changes.
    """

    ADD = "add"
    DROP = "drop"
    RENAME = "rename"
    ALTER = "alter"


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute of an altered object: the field's name and both values."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Change:
    """One step between two catalogs.

    `address` is where the object stands after (for a drop: stood before),
    `previous` where it stood before if that differs. `attributes` are those
    altered. `summary` is one sentence for people. `soft`: nothing that names what
    it uses can tell (the order of columns). `covered_by` is the address of the
    change that says it already: the table that is added with this column, the
    parent whose partition this is. `recreated`: something with this address is
    dropped and something else added, so what it held is lost; an altered object
    that is `recreated` is another one that took its place (an enum rebuilt from a
    list). `renamed_values` are an enum's values that were renamed, old and new.
    `behind`: the base did this since the branch left it, in reverse; the branch has
    not touched the object.
    """

    action: Action
    address: Address
    before: CatalogObject | None = None
    after: CatalogObject | None = None
    attributes: tuple[AttributeChange, ...] = ()
    previous: Address | None = None
    summary: str = ""
    soft: bool = False
    covered_by: Address | None = None
    recreated: bool = False
    renamed_values: tuple[tuple[str, str], ...] = ()
    behind: bool = False

    def to_json(self) -> Mapping[str, object]:
        """JSON-ready values, for the API, the command line and stored diffs."""
        return {
            "action": self.action.value,
            "kind": self.address.kind.value,
            "name": self.address.path,
            "address": list(self.address),
            "previous": list(self.previous) if self.previous else None,
            "attributes": [[each.name, each.before, each.after] for each in self.attributes],
            "before": encode_object(self.before) if self.before else None,
            "after": encode_object(self.after) if self.after else None,
            "summary": self.summary,
            "soft": self.soft,
            "covered_by": list(self.covered_by) if self.covered_by else None,
            "recreated": self.recreated,
            "renamed_values": [list(each) for each in self.renamed_values],
            "behind": self.behind,
        }
