"""Constraints of tables and domains. Manual: pg_constraint.

A constraint takes in the index that carries it, so one thing is one object.
NOT NULL is an attribute of its column on every version; Postgres 18's
constraints for it are objects only where they say more than that.
"""

import re
from collections.abc import Mapping
from typing import Any

from schemata.catalog import Address, Constraint, Kind
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Rows
from schemata.introspect.indexes import IndexReader
from schemata.introspect.names import CLASS_OF, Names
from schemata.introspect.relations import table_options

TYPES = {
    "p": "primary key",
    "u": "unique",
    "f": "foreign key",
    "c": "check",
    "x": "exclusion",
    "n": "not null",
}
ACTIONS = {"a": "", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default", " ": ""}
MATCH = {"s": "", "f": "full", "p": "partial", " ": ""}
_TIMING = re.compile(r"( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT VALID)?$")

Row = tuple[Any, ...]
IndexAttributes = tuple[tuple[str, ...], bool, tuple[str, ...], str, bool, bool]
NO_INDEX: IndexAttributes = ((), False, (), "", True, False)


class ConstraintReader:
    """`domains` gives a domain's address by its oid, `disabled` the state of internal triggers by constraint."""

    def __init__(
        self,
        rows: Rows,
        names: Names,
        indexes: IndexReader,
        domains: Mapping[int, Address],
        disabled: Mapping[int, str],
    ) -> None:
        self._rows: dict[int, Row] = {row[0]: row for row in rows}
        self._names = names
        self._indexes = indexes
        self._domains = domains
        self._disabled = disabled

    def indexes_by_constraint(self) -> dict[int, int]:
        """Oids of constraints by the oid of the index that each owns."""
        return {row[5]: oid for oid, row in self._rows.items() if row[2] in "pux" and row[5]}

    def read(self, draft: Draft) -> None:
        for oid, row in self._rows.items():
            at = self.address(oid)
            if at is not None and not self._is_internal(row):
                self._add(row, at, draft)

    def address(self, oid: int) -> Address | None:
        row = self._rows.get(oid)
        on = (self._names.relations.get(row[3]) or self._domains.get(row[4])) if row else None
        return Address(Kind.CONSTRAINT, on.schema, row[1], on.name) if row and on else None

    def _is_internal(self, row: Row) -> bool:
        """Foreign keys to a partitioned table have a hidden copy for each partition of it."""
        parent = self._rows.get(row[6])
        return parent is not None and row[2] == "f" and parent[3] == row[3]

    def _add(self, row: Row, at: Address, draft: Draft) -> None:
        (oid, _, kind, table, _, index, parent, referenced, on_update, on_delete, match, columns, keys,
         set_columns, deferrable, deferred, validated, enforced, period, no_inherit, local, inherited,
         definition) = row  # fmt: skip
        names = self._names
        constraint = Constraint(
            at,
            names.comment("pg_constraint", oid),
            TYPES[kind],
            () if kind in "cx" else names.column_names(table, columns),
            _TIMING.sub("", definition) if kind == "x" else definition or "",
            names.relations.get(referenced) if referenced else None,
            names.column_names(referenced, keys) if keys else (),
            MATCH[match],
            ACTIONS[on_update],
            ACTIONS[on_delete],
            names.column_names(table, set_columns) if set_columns else (),
            *self._index_attributes(kind, index),
            period,
            deferrable,
            deferred,
            validated,
            enforced,
            no_inherit and kind in "cn",
            inherited > 0,
            local,
            self.address(parent) if parent else None,
            self._disabled.get(oid, "origin"),
        )
        tokens = (_frozen(columns), oid, referenced, _frozen(keys), _frozen(set_columns), index, parent)
        draft.add(constraint, "pg_constraint", oid, tokens)
        if kind in "pux":
            draft.addresses[CLASS_OF["pg_class"], index] = at

    def _index_attributes(self, kind: str, index: int) -> IndexAttributes:
        """Those fields of a constraint that are its index's, from `include` on."""
        row = self._indexes.rows.get(index) if kind in "pux" else None
        if row is None:
            return NO_INDEX
        return (
            self._indexes.include(row) if row[12].count(" ") >= row[11] else (),
            row[7],
            table_options(row[5]) if row[5] and kind != "x" else (),
            self._names.comment("pg_class", index),
            row[8],
            row[9],
        )


def _frozen(numbers: list[int] | None) -> tuple[int, ...]:
    return tuple(numbers) if numbers else ()
