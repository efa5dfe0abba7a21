"""What the database has that no schema file can speak of: functions, triggers, policies..."""

from collections import Counter
from collections.abc import Iterator

from schemata.catalog import Address, Catalog, CatalogObject, Kind, Trigger
from schemata.findings import Finding
from schemata.prisma.datamodel import Datamodel
from schemata.prisma.drift.findings import ONLY_IN_DATABASE, ONLY_IN_SCHEMA, outside, wrong
from schemata.prisma.drift.said import DEFAULT_SCHEMA, Said

# Compared one by one, file against database.
COMPARED = frozenset(
    {
        Kind.TABLE,
        Kind.COLUMN,
        Kind.CONSTRAINT,
        Kind.INDEX,
        Kind.SEQUENCE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.ENUM,
    }
)
# Told by name, or by what they are parts of.
APART = frozenset({Kind.SCHEMA, Kind.EXTENSION, Kind.ATTRIBUTE, Kind.BUILTIN})
# Comes with every database.
GIVEN_EXTENSIONS = frozenset({"plpgsql"})


def inventory(replayed: Catalog, known: Said) -> Iterator[Finding]:
    """One notice for each such object in the schemas that Prisma looks at."""
    for found in replayed.objects.values():
        at = found.address
        if at.kind in COMPARED | APART or (at.schema and at.schema not in known.schemas) or _is_copy(found):
            continue
        place = known.place(at) if at.parent else None
        message = f"{at.kind.value} {at.short} is in the database; the schema language has no word for it."
        yield outside(at.kind.value.replace(" ", "-"), at, place, message)


def _is_copy(found: CatalogObject) -> bool:
    """A partition's copy of a trigger."""
    return isinstance(found, Trigger) and found.inherited


def other_schemas(replayed: Catalog, known: Said) -> Iterator[Finding]:
    """Schemas that Prisma does not look at, with what is in them."""
    for found in replayed.of_kind(Kind.SCHEMA):
        name = found.address.name
        if name in known.schemas:
            continue
        kinds = Counter(at.kind.value for at in replayed.objects if at.schema == name and not at.parent)
        if not kinds and name == DEFAULT_SCHEMA:
            # Every database begins with it.
            continue
        inside = ", ".join(f"{kinds[kind]} of kind {kind}" for kind in sorted(kinds)) or "nothing"
        message = f"schema {name} is not among those that the file speaks of; it holds {inside}."
        yield outside("schema", found.address, known.source, message)


def missing_schemas(from_schema: Catalog, replayed: Catalog, known: Said) -> Iterator[Finding]:
    for found in from_schema.of_kind(Kind.SCHEMA):
        if found.address not in replayed.objects and found.address.name in known.schemas:
            message = f"The file lists schema {found.address.name}; no migration creates it."
            yield wrong(ONLY_IN_SCHEMA, found.address, known.source, message)


def extensions(datamodel: Datamodel, replayed: Catalog, known: Said) -> Iterator[Finding]:
    """Extensions by name. A file that lists any speaks of all of them (preview feature postgresqlExtensions)."""
    real = {found.address.name for found in replayed.of_kind(Kind.EXTENSION)} - GIVEN_EXTENSIONS
    for name in sorted(set(datamodel.extensions) - real):
        at = Address(Kind.EXTENSION, "", name)
        message = f"The file lists extension {name}; no migration creates it."
        yield wrong(
            ONLY_IN_SCHEMA, at, known.source, message, f'Write CREATE EXTENSION "{name}" into a migration.'
        )
    for name in sorted(real - set(datamodel.extensions)):
        at = Address(Kind.EXTENSION, "", name)
        if datamodel.extensions:
            message = f"extension {name} is in the database; the file lists others, but not this one."
            yield wrong(
                ONLY_IN_DATABASE, at, known.source, message, "Add it to `extensions` of the datasource."
            )
        else:
            message = f"extension {name} is in the database; the file does not list extensions."
            yield outside("extension", at, known.source, message)
