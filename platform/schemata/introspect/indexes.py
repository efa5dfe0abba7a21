"""Indexes. Manual: pg_index, pg_opclass.

Built from pg_index itself: pg_get_indexdef costs a tenth of a millisecond an
index, more than all else together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemata.catalog import Address, Index, IndexKey, Kind, quote
from schemata.catalog.deparsed import split_list
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Rows
from schemata.introspect.names import CLASS_OF, Names
from schemata.introspect.relations import table_options

DESCENDING, NULLS_FIRST = 1, 2
DEFAULT_COLLATION = 100
POLYMORPHIC = frozenset({2249, 2276, 2277, 2283, 2776, 3500, 3831, 4537, 5077, 5078, 5079, 5080})
# Types whose default operator class is another type's: varchar's is text's, cidr's is inet's.
BORROWED = {1043: 25, 650: 869}


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What index keys need to know of columns and of index columns' own settings."""

    types: Mapping[tuple[int, int], tuple[int, int]]
    settings: Mapping[tuple[int, int], tuple[list[str] | None, int | None]]
    base_types: Mapping[int, int]


def column_facts(by_relation: Mapping[int, Rows], types: Rows) -> ColumnFacts:
    rows = [row for rows in by_relation.values() for row in rows]
    return ColumnFacts(
        {(row[0], row[1]): (row[3], row[9]) for row in rows},
        {(row[0], row[1]): (row[14], row[13]) for row in rows if row[14] or row[13] is not None},
        {row[0]: row[8] for row in types if row[5] == "d"},
    )


class IndexReader:
    """Turns rows of pg_index into indexes; constraints ask it for theirs."""

    def __init__(self, rows: Rows, names: Names, facts: ColumnFacts) -> None:
        self.rows: dict[int, tuple[Any, ...]] = {row[0]: row for row in rows}
        self._names = names
        self._facts = facts
        self._classes: dict[int, tuple[str, int, int, bool, int, str]] = names.operator_classes
        self._defaults = {
            (method, of_type) for _, _, of_type, default, method, _ in self._classes.values() if default
        }
        self._methods: dict[int, str] = {method: name for *_, method, name in self._classes.values()}

    def address(self, oid: int) -> Address | None:
        row = self.rows.get(oid)
        table = self._names.relations.get(row[1]) if row else None
        return Address(Kind.INDEX, table.schema, row[2], table.name) if row and table else None

    def read(self, oid: int, parent: int, draft: Draft) -> None:
        """Add one index; `parent` is the oid of the partitioned index that it is attached to, or 0."""
        at = self.address(oid)
        if at is None:
            return
        (_, table, _, _, method, options, unique, nulls_equal, valid, clustered, _,
         _, columns, *_, expressions, predicate) = self.rows[oid]  # fmt: skip
        index = Index(
            at,
            self._names.comment("pg_class", oid),
            unique,
            self._methods.get(method, str(method)),
            self.keys(oid),
            self.include(oid),
            nulls_equal,
            predicate or "",
            table_options(options),
            valid,
            clustered,
            self.statistics(oid),
            self.address(parent),
        )
        token = (table, columns, oid if expressions else 0)
        draft.add(index, "pg_class", oid, (method, token, columns, oid, parent))

    def include(self, oid: int) -> tuple[str, ...]:
        row = self.rows[oid]
        return self._names.column_names(row[1], [int(each) for each in row[12].split()[row[11] :]])

    def keys(self, oid: int) -> tuple[IndexKey, ...]:
        row = self.rows[oid]
        _, table, *_, count, columns, collations, classes, options, expressions, _ = row
        texts = iter(split_list(expressions) if expressions else ())
        parts = zip(
            columns.split()[:count], collations.split(), classes.split(), options.split(), strict=False
        )
        return tuple(
            self._key(oid, place, table, int(column), int(collation), int(of_class), int(option), texts)
            for place, (column, collation, of_class, option) in enumerate(parts, 1)
        )

    def _key(
        self,
        oid: int,
        place: int,
        table: int,
        column: int,
        collation: int,
        of_class: int,
        option: int,
        texts: Any,
    ) -> IndexKey:
        of_type, own = self._facts.types.get((table, column), (0, DEFAULT_COLLATION))
        settings, _ = self._facts.settings.get((oid, place), (None, None))
        descending = bool(option & DESCENDING)
        first = bool(option & NULLS_FIRST)
        return IndexKey(
            self._names.columns[table].get(column, "") if column else "",
            "" if column else next(texts),
            "" if collation in (0, own) else self._names.collations[collation],
            self._operator_class(of_class, of_type, settings),
            descending,
            "" if first == descending else "first" if first else "last",
        )

    def _operator_class(self, oid: int, of_type: int, settings: list[str] | None) -> str:
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

    def statistics(self, oid: int) -> tuple[str, ...]:
        """Statistics targets that keys have: `2=500`."""
        found = (
            (place, self._facts.settings.get((oid, place))) for place in range(1, self.rows[oid][11] + 1)
        )
        return tuple(f"{place}={each[1]}" for place, each in found if each and each[1] is not None)

    def options(self, oid: int) -> tuple[str, ...]:
        return table_options(self.rows[oid][5])

    def comment(self, oid: int) -> str:
        return self._names.comments.get((CLASS_OF["pg_class"], oid, 0), "")
