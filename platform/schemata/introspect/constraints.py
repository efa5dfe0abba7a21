"""Constraints of tables and domains. Manual: pg_constraint.

A constraint takes in the index that carries it, so one thing is one object.
NOT NULL is an attribute of its column on every version; Postgres 18's
constraints for it are objects only where they say more than that.
"""

import re
from collections.abc import Mapping
from typing import Any

from schemata.catalog import Address, Constraint, Identity, Kind
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Rows
from schemata.introspect.indexes import IndexReader
from schemata.introspect.names import CLASS_OF, Names

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
AUTOMATIC_NAME = re.compile(r"_not_null\d*$")
_TIMING = re.compile(r"( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT VALID)?$")

Row = tuple[Any, ...]


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
        for row in self._rows.values():
            at = self.address(row[0])
            if at is not None and not self._is_internal(row) and not self._is_plain_not_null(row):
                self._add(row, at, draft)

    def address(self, oid: int) -> Address | None:
        row = self._rows.get(oid)
        if row is None:
            return None
        _, name, _, table, domain, *_ = row
        on = self._names.relations.get(table) or self._domains.get(domain)
        return Address(Kind.CONSTRAINT, on.schema, name, on.name) if on else None

    def _is_internal(self, row: Row) -> bool:
        """Foreign keys to a partitioned table have a hidden copy for each partition of it."""
        parent = self._rows.get(row[6])
        return parent is not None and row[2] == "f" and parent[3] == row[3]

    def _is_plain_not_null(self, row: Row) -> bool:
        """Whether it says no more than the column's (or domain's) `not_null`."""
        _, name, of_type, *_ = row
        *_, validated, _, _, no_inherit, _, _, _ = row
        return (
            of_type == "n"
            and validated
            and not no_inherit
            and AUTOMATIC_NAME.search(name) is not None
            and not self._names.comment("pg_constraint", row[0])
        )

    def _add(self, row: Row, at: Address, draft: Draft) -> None:
        (oid, _, kind, table, _, index, parent_oid, referenced, on_update, on_delete, match, columns, keys,
         set_columns, deferrable, deferred, validated, enforced, period, no_inherit, local, inherited,
         definition) = row  # fmt: skip
        names, own_index = self._names, kind in "pux" and index in self._indexes.rows
        parent = self.address(parent_oid)
        target = names.relations.get(referenced)
        constraint = Constraint(
            at,
            names.comment("pg_constraint", oid),
            TYPES[kind],
            () if kind in "cx" else names.column_names(table, columns),
            _TIMING.sub("", definition or "") if kind == "x" else definition or "",
            target,
            names.column_names(referenced, keys),
            MATCH[match],
            ACTIONS[on_update],
            ACTIONS[on_delete],
            names.column_names(table, set_columns),
            self._indexes.include(index) if own_index else (),
            self._indexes.rows[index][7] if own_index else False,
            period,
            deferrable,
            deferred,
            validated,
            enforced,
            no_inherit and kind in "cn",
            inherited > 0,
            local,
            parent,
            self._indexes.options(index) if own_index and kind != "x" else (),
            self._indexes.comment(index) if own_index else "",
            self._indexes.rows[index][8] if own_index else True,
            self._indexes.rows[index][9] if own_index else False,
            self._disabled.get(oid, "origin"),
        )
        number_lists = tuple(tuple(each or ()) for each in (columns, keys, set_columns))
        included = self._indexes.rows[index][12] if own_index else ""
        draft.objects.append(constraint)
        draft.identities[at] = Identity(
            "pg_constraint",
            oid,
            0,
            (number_lists[0], oid, referenced, number_lists[1], number_lists[2], included, parent_oid),
        )
        draft.addresses[CLASS_OF["pg_constraint"], oid] = at
        if own_index:
            draft.addresses[CLASS_OF["pg_class"], index] = at
