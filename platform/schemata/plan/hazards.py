"""What to know before running a statement, in sentences."""

from collections.abc import Iterator

from schemata.catalog import Address, Catalog, CatalogObject, Column, Constraint, Index
from schemata.plan.casting import is_checked
from schemata.plan.filling import is_filled_anew
from schemata.plan.values import Hazard, HazardKind

_SAYS = {
    HazardKind.REWRITE: "the table of {} is written anew, row by row, and locked for as long",
    HazardKind.LONG_LOCK: "every row is looked at for {} while others wait",
    HazardKind.MAY_FAIL: "rows that are there may not fit {}",
    HazardKind.DATA_LOSS: "{} goes with what it holds",
    HazardKind.IRREVERSIBLE: "no way back brings back what {} held",
}


def hazard(kind: HazardKind, at: Address, message: str = "") -> Hazard:
    """The usual sentence for the kind, or `message`."""
    return Hazard(kind, message or _SAYS[kind].format(at), at)


def hazards(at: Address, *kinds: HazardKind) -> tuple[Hazard, ...]:
    return tuple(hazard(kind, at) for kind in kinds)


def hazards_of_part(found: CatalogObject, catalog: Catalog) -> Iterator[Hazard]:
    """Of making a part of something that stands and may have rows; `catalog` is what is there then."""
    at = found.address
    if isinstance(found, Column) and found.not_null and not (found.default or found.identity):
        yield hazard(HazardKind.MAY_FAIL, at, f"{at} has no value for rows that are there")
    elif isinstance(found, Column) and not found.identity and is_checked(found.type, catalog):
        yield hazard(HazardKind.MAY_FAIL, at)
    if isinstance(found, Column) and is_filled_anew(found, catalog):
        yield hazard(HazardKind.REWRITE, at)
    if isinstance(found, Constraint) or (isinstance(found, Index) and found.unique):
        yield hazard(HazardKind.MAY_FAIL, at)
    if isinstance(found, Constraint | Index):
        yield hazard(HazardKind.LONG_LOCK, at)
