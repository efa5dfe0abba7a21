"""The catalog: an immutable, canonical description of a database's schema.

`introspect` reads it from a server, `diff` compares two, merge and plan work on
it, pages show it. Nothing here knows a connection.
"""

from schemata.catalog.address import Address, Kind, quote
from schemata.catalog.catalog import EMPTY, Catalog
from schemata.catalog.encoding import CatalogFormatError
from schemata.catalog.identity import NOBODY, Identity
from schemata.catalog.objects import (
    Aggregate,
    Attribute,
    CatalogObject,
    Column,
    Composite,
    Constraint,
    Domain,
    Enum,
    EventTrigger,
    Extension,
    Function,
    Grant,
    Index,
    IndexKey,
    MaterializedView,
    Other,
    Owned,
    Policy,
    Publication,
    PublishedTable,
    Range,
    Rule,
    Schema,
    Sequence,
    Statistics,
    Table,
    Trigger,
    View,
)

__all__ = [
    "EMPTY",
    "NOBODY",
    "Address",
    "Aggregate",
    "Attribute",
    "Catalog",
    "CatalogFormatError",
    "CatalogObject",
    "Column",
    "Composite",
    "Constraint",
    "Domain",
    "Enum",
    "EventTrigger",
    "Extension",
    "Function",
    "Grant",
    "Identity",
    "Index",
    "IndexKey",
    "Kind",
    "MaterializedView",
    "Other",
    "Owned",
    "Policy",
    "Publication",
    "PublishedTable",
    "Range",
    "Rule",
    "Schema",
    "Sequence",
    "Statistics",
    "Table",
    "Trigger",
    "View",
    "quote",
]
