"""One object of a catalog -> SQL that reads well on a page.

The text is the statement that would create the object, followed by what belongs
to it but needs a statement of its own (comments, grants, row security). It is
for reading: `plan` decides what is run and in which order.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemata.catalog import (
    Aggregate,
    Attribute,
    Catalog,
    CatalogObject,
    Column,
    Composite,
    Constraint,
    Domain,
    Enum,
    EventTrigger,
    Extension,
    Function,
    Index,
    MaterializedView,
    Other,
    Policy,
    Publication,
    Range,
    Rule,
    Schema,
    Sequence,
    Statistics,
    Table,
    Trigger,
    View,
)
from schemata.render import code, other, tables, types
from schemata.render.extras import comment, grants

__all__ = ["definition"]

_WRITERS: Mapping[type[CatalogObject], Callable[[Any, Catalog], str]] = {
    Aggregate: code.aggregate,
    Attribute: types.attribute,
    Column: tables.column_statement,
    Composite: types.composite,
    Constraint: tables.constraint_statement,
    Domain: types.domain,
    Enum: types.enum,
    EventTrigger: code.event_trigger,
    Extension: other.extension,
    Function: code.function,
    Index: tables.index,
    MaterializedView: tables.materialized_view,
    Other: other.other,
    Policy: code.policy,
    Publication: other.publication,
    Range: types.range_type,
    Rule: code.rule,
    Schema: other.schema,
    Sequence: other.sequence,
    Statistics: other.statistics,
    Table: tables.table,
    Trigger: code.trigger,
    View: tables.view,
}


def definition(found: CatalogObject, catalog: Catalog) -> str:
    """The statements that would create the object, with its parts taken from `catalog`.

    Kinds that the catalog keeps as attributes (`Other`) read as a comment.
    """
    return "\n".join(_statements(found, catalog))


def _statements(found: CatalogObject, catalog: Catalog) -> Iterator[str]:
    yield _WRITERS[type(found)](found, catalog)
    yield from comment(found)
    yield from grants(found)
    if isinstance(found, Table | View | MaterializedView):
        for part in catalog.children.get(found.address, ()):
            if isinstance(part, Column):
                yield from comment(part)
                yield from grants(part)
