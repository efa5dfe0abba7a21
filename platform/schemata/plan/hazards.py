"""What to know before running a statement, in sentences."""

from schemata.catalog import Address
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
