"""How drift is told: an error where the language could say it, a notice where it could not."""

from schemata.catalog import Address
from schemata.diff.summaries import text, type_text
from schemata.findings import Finding, Severity
from schemata.prisma.datamodel import Place

ONLY_IN_SCHEMA = "drift.only-in-schema"
ONLY_IN_DATABASE = "drift.only-in-database"
DIFFERS = "drift.differs"
NAMED_OTHERWISE = "drift.named-otherwise"
OUTSIDE = "drift.outside."


def wrong(rule: str, at: Address, place: Place | None, message: str, hint: str = "") -> Finding:
    """The file says something else than the database."""
    return _finding(rule, Severity.ERROR, at, place, message, hint)


def outside(slug: str, at: Address, place: Place | None, message: str) -> Finding:
    """The language has no words for what differs here."""
    return _finding(f"{OUTSIDE}{slug}", Severity.NOTICE, at, place, message, "")


def _finding(
    rule: str, severity: Severity, at: Address, place: Place | None, message: str, hint: str
) -> Finding:
    path, line = (place.path, place.line) if place else ("", None)
    return Finding(rule, severity, message, hint, path, line, None, str(at))


def called(at: Address, place: Place | None) -> str:
    """The object as people say it, with the model's or field's name where the file has it."""
    shown = f"{at.kind.value} {at.short}"
    return f"{place.label} ({shown})" if place else shown


def value(attribute: str, found: object) -> str:
    """One attribute's value in a sentence."""
    shown = text(found)
    return type_text(shown) if attribute == "type" else shown
