"""The forms of statements that keep others waiting as briefly as Postgres can (manual, ALTER TABLE, CREATE INDEX).

Only for tables that stand already, and not for partitioned ones, which know none of
these forms. What is `alone` takes a transaction of its own, or none.
"""

from collections.abc import Iterator

from schemata.catalog import Address, Catalog, CatalogObject, Column, Constraint, Index, IndexKey, Kind, Table
from schemata.plan.hazards import hazards
from schemata.plan.owners import owner_of
from schemata.plan.values import HazardKind, PlannedStatement
from schemata.render import definition
from schemata.render.names import name, parent

_LATER = frozenset({"foreign key", "check"})
_BY_INDEX = frozenset({"primary key", "unique"})


def can_wait(found: CatalogObject, catalog: Catalog) -> bool:
    """Whether the object is on a table that knows the other forms."""
    table = owner_of(found.address, catalog)
    return isinstance(table, Table) and not table.partition_key and table.address.kind is Kind.TABLE


def make_online(found: CatalogObject, texts: tuple[str, ...], catalog: Catalog) -> Iterator[PlannedStatement]:
    """Instead of `texts`, which make an index or constraint; as they are where nothing better is known."""
    if isinstance(found, Index) and found.valid and found.parent is None:
        yield _concurrently(found, texts[0])
        yield from (PlannedStatement(text, found.address) for text in texts[1:])
    elif isinstance(found, Constraint) and found.type in _LATER and found.validated and found.enforced:
        yield from _validated_later(found, texts)
    elif isinstance(found, Constraint) and found.type in _BY_INDEX and not found.without_overlaps:
        yield from _by_index(found, texts, catalog)
    else:
        found_hazards = hazards(found.address, HazardKind.LONG_LOCK, HazardKind.MAY_FAIL)
        for number, text in enumerate(texts):
            yield PlannedStatement(text, found.address, () if number else found_hazards)


def drop_online(text: str, found: CatalogObject, catalog: Catalog) -> str:
    """DROP INDEX CONCURRENTLY, where `text` drops an index of its own."""
    if not isinstance(found, Index) or found.parent is not None or not can_wait(found, catalog):
        return text
    return text.replace("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1)


def set_not_null_online(column: Column, statement: PlannedStatement) -> Iterator[PlannedStatement]:
    """SET NOT NULL looks at no row where a valid check says it already."""
    at = column.address
    head = f"ALTER TABLE {parent(at)}"
    check = name(f"{at.parent[:20]}_{at.name[:20]}_braid_not_null")
    text = f"{head} ADD CONSTRAINT {check} CHECK ({name(at.name)} IS NOT NULL) NOT VALID;"
    yield PlannedStatement(text, at)
    found = hazards(at, HazardKind.MAY_FAIL)
    yield PlannedStatement(f"{head} VALIDATE CONSTRAINT {check};", at, found, alone=True)
    yield PlannedStatement(statement.sql, at)
    yield PlannedStatement(f"{head} DROP CONSTRAINT {check};", at)


def _concurrently(found: Index, text: str) -> PlannedStatement:
    kinds = (HazardKind.MAY_FAIL,) if found.unique else ()
    sql = text.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
    return PlannedStatement(sql, found.address, hazards(found.address, *kinds), alone=True)


def _validated_later(found: Constraint, texts: tuple[str, ...]) -> Iterator[PlannedStatement]:
    at = found.address
    yield PlannedStatement(f"{texts[0].removesuffix(';')} NOT VALID;", at)
    text = f"ALTER TABLE {parent(at)} VALIDATE CONSTRAINT {name(at.name)};"
    yield PlannedStatement(text, at, hazards(at, HazardKind.MAY_FAIL), alone=True)
    yield from (PlannedStatement(text, at) for text in texts[1:])


def _by_index(found: Constraint, texts: tuple[str, ...], catalog: Catalog) -> Iterator[PlannedStatement]:
    """The index first, which the constraint then takes over under the same name."""
    at = found.address
    index = Index(
        Address(Kind.INDEX, at.schema, at.name, at.parent),
        unique=True,
        keys=tuple(IndexKey(column=each) for each in found.columns),
        include=found.include,
        nulls_not_distinct=found.nulls_not_distinct,
        options=found.index_options,
    )
    made = _concurrently(index, definition(index, catalog))
    yield PlannedStatement(made.sql, at, hazards(at, HazardKind.MAY_FAIL), alone=True)
    deferrable = " DEFERRABLE" if found.deferrable else ""
    deferrable += " INITIALLY DEFERRED" if found.initially_deferred else ""
    kind = found.type.upper()
    text = f"ALTER TABLE {parent(at)} ADD CONSTRAINT {name(at.name)} {kind} USING INDEX {name(at.name)}{deferrable};"
    yield PlannedStatement(text, at)
    yield from (PlannedStatement(text, at) for text in texts[1:])
