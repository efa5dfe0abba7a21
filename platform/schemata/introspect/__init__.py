"""Connection -> catalog: everything that a team can have made in a database.

`fetch` sends the queries, `names` learns what oids are called, one module per
family of kinds turns rows into objects, `draft` collects them. Needs no
privileges, runs nothing that a team wrote, and leaves nothing behind.
"""

from typing import Any

from psycopg import Connection

from schemata.catalog import Catalog
from schemata.catalog.collector import collector_paused
from schemata.introspect.columns import name_columns, read_columns
from schemata.introspect.constraints import ConstraintReader
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Results, Rows, results
from schemata.introspect.indexes import ColumnFacts, IndexReader
from schemata.introspect.names import Names
from schemata.introspect.others import (
    read_default_privileges,
    read_extensions,
    read_others,
    read_publications,
    read_schemas,
    read_statistics,
)
from schemata.introspect.relations import name_relations, read_relations
from schemata.introspect.routines import read_aggregates, read_functions
from schemata.introspect.triggers import (
    disabled_constraints,
    read_event_triggers,
    read_policies,
    read_rules,
    read_triggers,
)
from schemata.introspect.types import name_types, read_types

__all__ = ["read_catalog"]


def read_catalog(connection: "Connection[Any]") -> Catalog:
    """Read the connection's database, Postgres 15 or later, in one snapshot.

    The role needs no privileges. Settings that change how definitions read
    (search_path among them) are pinned and put back. Raises psycopg's errors.
    """
    with collector_paused(), results(connection) as found:
        return _build(found)


def _build(found: Results) -> Catalog:
    names, draft = Names(found), Draft()
    read_schemas(names, draft)
    read_extensions(names, draft)
    relations, types = found["relations"], found["types"]
    name_relations(relations, names, draft)
    domains = name_types(types, names, draft)
    columns = name_columns(found["columns"], names)
    read_columns(columns, names, draft)
    inheritance, index_rows = found["inheritance"], found["indexes"]
    read_relations(relations, inheritance, index_rows, found, names, draft)
    read_types(types, found, columns, names, draft)
    triggers = found["triggers"]
    indexes = IndexReader(index_rows, names, ColumnFacts(columns, types))
    constraints = ConstraintReader(
        found["constraints"], names, indexes, domains, disabled_constraints(triggers)
    )
    constraints.read(draft)
    _read_indexes(indexes, constraints, inheritance, draft)
    read_functions(found["functions"], names, draft)
    read_aggregates(found["aggregates"], names, draft)
    read_triggers(triggers, names, draft)
    read_event_triggers(found["event_triggers"], names, draft)
    read_rules(found["rules"], names, draft)
    read_policies(found["policies"], names, draft)
    read_statistics(found["statistics"], names, draft)
    read_publications(found, names, draft)
    read_default_privileges(found["default_privileges"], names, draft)
    read_others(found, names, draft)
    return draft.finish(found["dependencies"], names.columns, names.version // 10000)


def _read_indexes(
    indexes: IndexReader, constraints: ConstraintReader, inheritance: Rows, draft: Draft
) -> None:
    """Those that no constraint owns: the others are part of their constraint."""
    owned = constraints.indexes_by_constraint()
    parents = {child: parent for child, parent, _ in inheritance}
    for oid in indexes.rows:
        if oid not in owned:
            indexes.read(oid, parents.get(oid, 0), draft)
