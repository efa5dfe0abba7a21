"""What only one of the two has: the file an object that no migration makes, or the database one of its own."""

from collections.abc import Iterator

from schemata.catalog import (
    Address,
    CatalogObject,
    Column,
    Constraint,
    Index,
    Kind,
    MaterializedView,
    Sequence,
    Table,
    View,
)
from schemata.findings import Finding
from schemata.prisma.datamodel import Place
from schemata.prisma.drift.findings import ONLY_IN_DATABASE, ONLY_IN_SCHEMA, called, outside, value, wrong
from schemata.prisma.drift.language import beyond_constraint, beyond_index
from schemata.prisma.drift.said import BOOKKEEPING, Said

_WORDS = {
    Kind.TABLE: "a model",
    Kind.COLUMN: "a field",
    Kind.ENUM: "an enum",
    Kind.INDEX: "an @@index or @@unique",
    Kind.CONSTRAINT: "a key or relation",
    Kind.SCHEMA: "schemas",
}


def only_said(found: CatalogObject, known: Said) -> Iterator[Finding]:
    at, place = found.address, known.place(found.address)
    if isinstance(found, Sequence):
        # Its column says it: autoincrement() there, another default in the database.
        return
    message = f"The file has {called(at, place)}{_details(found)}; the migrations do not make it."
    yield wrong(
        ONLY_IN_SCHEMA, at, place, message, "Write a migration that makes it, or take it out of the file."
    )


def only_real(found: CatalogObject, known: Said, *, knows_partial: bool) -> Iterator[Finding]:
    at, place = found.address, known.place(found.address)
    beyond = _beyond(found, knows_partial)
    if isinstance(found, Index) and known.is_view(at):
        beyond = ("index-of-view", "a view block has no indexes")
    if at.schema not in known.schemas or BOOKKEEPING in (at.name, at.parent):
        return
    if isinstance(found, Sequence) and found.owned_by:
        return
    if beyond:
        slug, reason = beyond
        message = f"{at.kind.value} {at.short} is in the database only: {reason}."
        yield outside(slug, at, place, message)
    else:
        yield _expressible(found, at, place)


def _expressible(found: CatalogObject, at: Address, place: Place | None) -> Finding:
    message = f"{at.kind.value} {at.short}{_details(found)} is in the database, but not in the file."
    hint = f"Add {_WORDS.get(at.kind, 'it')} for it to the file, or drop it in a migration."
    return wrong(ONLY_IN_DATABASE, at, place, message, hint)


def _beyond(found: CatalogObject, knows_partial: bool) -> tuple[str, str] | None:
    """The slug and the reason why the language cannot say it; None where it can."""
    if isinstance(found, Index):
        said = list(beyond_index(found, knows_partial=knows_partial))
        return (said[0].slug, f"it {' and '.join(each.words for each in said)}") if said else None
    if isinstance(found, Constraint):
        said = list(beyond_constraint(found))
        reason = f"it {' and '.join(each.words for each in said)}"
        if found.type in ("check", "exclusion"):
            reason = f"{found.definition}"
        return (said[0].slug, reason) if said else None
    if isinstance(found, Table):
        return _beyond_table(found)
    if isinstance(found, View | MaterializedView):
        return found.address.kind.value.replace(" ", "-"), "the file does not declare it"
    if isinstance(found, Sequence):
        return "sequence", "sequences without a column cannot be said"
    return None


def _beyond_table(table: Table) -> tuple[str, str] | None:
    if table.partition_bound:
        return (
            "partition",
            f"it is a partition of {table.parents[0].short}" if table.parents else "a partition",
        )
    if table.parents:
        return "inheritance", f"it inherits from {table.parents[0].short}"
    return None


def _details(found: CatalogObject) -> str:
    if isinstance(found, Index):
        keys = ", ".join((key.column or key.expression) + " desc" * key.descending for key in found.keys)
        return f" on ({keys})" + ", unique" * found.unique
    if isinstance(found, Constraint):
        columns = f", {found.type} ({', '.join(found.columns)})"
        return columns + (f" to {found.references.short}" if found.references else "")
    if isinstance(found, Column):
        return f" of type {value('type', found.type)}"
    return ""
