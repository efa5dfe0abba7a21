"""Indexes. Manual: pg_index, pg_opclass.

Built from pg_index itself: pg_get_indexdef costs a tenth of a millisecond an
index, more than all else together.
"""

from collections.abc import Mapping
from sys import intern
from typing import Any

from schemata.catalog import Address, Index, IndexKey, Kind, quote
from schemata.catalog.deparsed import split_list
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Rows
from schemata.introspect.names import Names
from schemata.introspect.relations import table_options

DESCENDING, NULLS_FIRST = 1, 2
DEFAULT_COLLATION = 100
POLYMORPHIC = frozenset({2249, 2276, 2277, 2283, 2776, 3500, 3831, 4537, 5077, 5078, 5079, 5080})
# Types whose default operator class is another type's: varchar's is text's, cidr's is inet's.
BORROWED = {1043: 25, 650: 869}


# Options of the operator class and statistics target of a key, by its place.
Settings = Mapping[int, tuple[list[str] | None, int | None]]
NO_SETTINGS: Settings = {}


class ColumnFacts:
    """What index keys need to know of table columns and of index columns' own settings."""

    def __init__(self, by_relation: Mapping[int, Rows], types: Rows) -> None:
        self._by_relation = by_relation
        self._types: dict[int, dict[int, tuple[int, int]]] = {}
        self.base_types: dict[int, int] = {row[0]: row[8] for row in types if row[5] == "d"}

    def types(self, relation: int) -> Mapping[int, tuple[int, int]]:
        """Type and collation of each column by its number."""
        if relation not in self._types:
            rows = self._by_relation.get(relation, [])
            self._types[relation] = {row[1]: (row[3], row[9]) for row in rows}
        return self._types[relation]

    def settings(self, index: int) -> Settings:
        """Operator class options and statistics target of keys that have any, by place."""
        if index not in self._by_relation:
            return NO_SETTINGS
        return {row[1]: (row[14], row[13]) for row in self._by_relation[index]}


# What an expression counts as: of no known type, with the default collation.
EXPRESSION = (0, DEFAULT_COLLATION)
# What a key says beside its column: collation, operator class, descending, nulls.
Shape = tuple[str, str, bool, str]


class IndexReader:
    """Turns rows of pg_index into indexes; constraints ask it for theirs."""

    def __init__(self, rows: Rows, names: Names, facts: ColumnFacts) -> None:
        self.rows: dict[int, tuple[Any, ...]] = {row[0]: row for row in rows}
        self._names = names
        self._facts = facts
        self._shapes: dict[tuple[Any, ...], Shape] = {}
        self._classes: dict[int, tuple[str, int, int, bool, int, str]] = names.operator_classes
        self._defaults = {
            (method, of_type) for _, _, of_type, default, method, _ in self._classes.values() if default
        }
        self._methods: dict[int, str] = {method: intern(name) for *_, method, name in self._classes.values()}

    def address(self, oid: int) -> Address | None:
        row = self.rows.get(oid)
        table = self._names.relations.get(row[1]) if row else None
        return Address(Kind.INDEX, table.schema, row[2], table.name) if row and table else None

    def read(self, oid: int, parent: int, draft: Draft) -> None:
        """Add one index; `parent` is the oid of the partitioned index that it is attached to, or 0."""
        row = self.rows[oid]
        (_, table, name, _, method, options, unique, nulls_equal, valid, clustered, _,
         count, columns, _, _, _, expressions, predicate) = row  # fmt: skip
        on = self._names.relations.get(table)
        if on is None:
            return
        settings = self._facts.settings(oid)
        index = Index(
            Address(Kind.INDEX, on.schema, name, on.name),
            self._names.comment("pg_class", oid),
            unique,
            self._methods[method],
            self._keys(row, settings),
            self.include(row) if columns.count(" ") >= count else (),
            nulls_equal,
            predicate or "",
            table_options(options) if options else (),
            valid,
            clustered,
            _targets(settings) if settings else (),
            self.address(parent) if parent else None,
        )
        keys_token = (table, columns, oid if expressions else 0)
        draft.add(index, "pg_class", oid, (method, keys_token, columns, oid, parent))

    def include(self, row: tuple[Any, ...]) -> tuple[str, ...]:
        """Names of the columns that are not keys."""
        return self._names.column_names(row[1], [int(each) for each in row[12].split()[row[11] :]])

    def _keys(self, row: tuple[Any, ...], settings: Settings) -> tuple[IndexKey, ...]:
        _, table, *_, count, columns, collations, classes, options, expressions, _ = row
        names, types, shapes = self._names.columns[table], self._facts.types(table), self._shapes
        texts = iter(split_list(expressions) if expressions else ())
        keys = []
        parts = zip(
            columns.split()[:count], collations.split(), classes.split(), options.split(), strict=False
        )
        for place, (column, collation, of_class, option) in enumerate(parts, 1):
            number = int(column)
            chosen = settings[place][0] if place in settings else None
            shape_key = (*types.get(number, EXPRESSION), collation, of_class, option, tuple(chosen or ()))
            shape = shapes.get(shape_key) or self._shape(shape_key)
            keys.append(IndexKey(names[number] if number else "", "" if number else next(texts), *shape))
        return tuple(keys)

    def _shape(self, key: tuple[int, int, str, str, str, tuple[str, ...]]) -> Shape:
        """`key`: type and collation of the column, then what pg_index says, and options of the class."""
        of_type, own, collation, of_class, option, settings = key
        descending, first = bool(int(option) & DESCENDING), bool(int(option) & NULLS_FIRST)
        self._shapes[key] = (
            "" if int(collation) in (0, own) else self._names.collations[int(collation)],
            self._operator_class(int(of_class), of_type, settings),
            descending,
            "" if first == descending else "first" if first else "last",
        )
        return self._shapes[key]

    def _operator_class(self, oid: int, of_type: int, settings: tuple[str, ...]) -> str:
        name, schema, input_type, default, method, _ = self._classes[oid]
        if not settings and default and self._is_default(method, input_type, of_type):
            return ""
        home = self._names.schemas[schema]
        full = quote(name) if home == "pg_catalog" else f"{quote(home)}.{quote(name)}"
        return f"{full}({', '.join(settings)})" if settings else full

    def _is_default(self, method: int, input_type: int, of_type: int) -> bool:
        """Whether Postgres would choose this default class for the type by itself (GetDefaultOpClass)."""
        while of_type in self._facts.base_types:
            of_type = self._facts.base_types[of_type]
        if of_type in (0, input_type):
            return True
        if (method, of_type) in self._defaults:
            return False
        return input_type in POLYMORPHIC or BORROWED.get(of_type, input_type) == input_type


def _targets(settings: Settings) -> tuple[str, ...]:
    """Statistics targets that keys have: `2=500`."""
    return tuple(f"{place}={target}" for place, (_, target) in sorted(settings.items()) if target is not None)
