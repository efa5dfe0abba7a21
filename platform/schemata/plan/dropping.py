"""Statements that take an object away."""

from schemata.catalog import Address, Aggregate, Catalog, CatalogObject, Function, Kind, Other, Sequence
from schemata.plan.kept import drop_kept
from schemata.plan.owners import owner_of
from schemata.render.names import name, parent, qualified, routine

_ON_PARENT = frozenset({Kind.TRIGGER, Kind.RULE, Kind.POLICY})
_TYPES = frozenset({Kind.ENUM, Kind.COMPOSITE, Kind.RANGE})
_BARE = frozenset(
    {
        Kind.SCHEMA,
        Kind.EXTENSION,
        Kind.TABLE,
        Kind.FOREIGN_TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.SEQUENCE,
        Kind.DOMAIN,
        Kind.STATISTICS,
        Kind.PUBLICATION,
        Kind.EVENT_TRIGGER,
    }
)


def drop(found: CatalogObject, catalog: Catalog) -> str:
    """The statement, or nothing where none is known for the kind."""
    at = found.address
    if isinstance(found, Other):
        return drop_kept(found)
    if isinstance(found, Function | Aggregate):
        return f"DROP {at.kind.upper()} {routine(at, found.name)};"
    if at.kind in _TYPES:
        return f"DROP TYPE {qualified(at)};"
    if at.kind in _ON_PARENT:
        return f"DROP {at.kind.upper()} {name(at.name)} ON {parent(at)};"
    if at.kind is Kind.INDEX:
        return f"DROP INDEX {name(at.schema)}.{name(at.name)};"
    if at.kind in (Kind.COLUMN, Kind.CONSTRAINT, Kind.ATTRIBUTE):
        return _drop_part(at, catalog)
    if isinstance(found, Sequence) and found.identity:
        return ""
    return f"DROP {at.kind.upper()} {qualified(at)};" if at.kind in _BARE else ""


def _drop_part(at: Address, catalog: Catalog) -> str:
    owner = owner_of(at, catalog)
    if owner is None:
        return ""
    if at.kind is Kind.ATTRIBUTE:
        return f"ALTER TYPE {parent(at)} DROP ATTRIBUTE {name(at.name)};"
    noun = {Kind.DOMAIN: "DOMAIN", Kind.FOREIGN_TABLE: "FOREIGN TABLE"}.get(owner.address.kind, "TABLE")
    return f"ALTER {noun} {parent(at)} DROP {at.kind.upper()} {name(at.name)};"
