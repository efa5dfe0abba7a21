"""Rows -> objects, all of a database's or those that changed since a template was read."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from schemata.catalog import Address
from schemata.introspect.columns import name_columns, read_columns
from schemata.introspect.constraints import ConstraintReader
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Results, Rows
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


@dataclass(frozen=True, slots=True)
class Types:
    """Rows of all types, and of those of them that are to become objects."""

    known: Rows
    wanted: Rows


def build(found: Results) -> tuple[Names, Draft]:
    names, draft = Names(found), Draft()
    read_schemas(names, draft)
    read_extensions(names, draft)
    relations, types = found["relations"], found["types"]
    build_relations(found, relations, Types(types, types), names, draft)
    read_aggregates(found["aggregates"], names, draft)
    read_event_triggers(found["event_triggers"], names, draft)
    read_statistics(found["statistics"], names, draft)
    read_publications(found, names, draft)
    read_default_privileges(found["default_privileges"], names, draft)
    read_others(found, names, draft)
    return names, draft


def build_relations(found: Results, relations: Rows, types: Types, names: Names, draft: Draft) -> None:
    """Tables, views, sequences, types and routines, with all that is part of them."""
    name_relations(relations, names, draft)
    domains = name_types(types.known, names, draft)
    columns = name_columns(found["columns"], names)
    read_columns(columns, names, draft)
    inheritance, index_rows = found["inheritance"], found["indexes"]
    read_relations(relations, inheritance, index_rows, found, names, draft)
    read_types(types.wanted, found, columns, names, draft)
    triggers = found["triggers"]
    indexes = IndexReader(index_rows, names, ColumnFacts(columns, types.known))
    disabled = disabled_constraints(triggers)
    constraints = ConstraintReader(found["constraints"], names, indexes, domains, disabled)
    constraints.read(draft)
    _read_indexes(indexes, constraints, inheritance, draft)
    read_functions(found["functions"], names, draft)
    read_triggers(triggers, names, draft)
    read_rules(found["rules"], names, draft)
    read_policies(found["policies"], names, draft)


def _read_indexes(
    indexes: IndexReader, constraints: ConstraintReader, inheritance: Rows, draft: Draft
) -> None:
    """Those that no constraint owns: the others are part of their constraint."""
    owned = constraints.indexes_by_constraint()
    parents = {child: parent for child, parent, _ in inheritance}
    for oid in indexes.rows:
        if oid not in owned:
            indexes.read(oid, parents.get(oid, 0), draft)


def names_after(found: Results, before: Names, anew: frozenset[int]) -> Names:
    """Names as they were, but for the columns of the relations that are read `anew`."""
    names = Names(found)
    names.relations = dict(before.relations)
    columns: dict[int, dict[int, str]] = defaultdict(dict, before.columns)
    for oid in anew:
        columns.pop(oid, None)
    names.columns = columns
    return names


Addresses = Mapping[tuple[int, int], Address]
