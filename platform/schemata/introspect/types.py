"""Enums, domains, composite types and ranges. Manual: pg_type, pg_enum, pg_range."""

from collections import defaultdict
from typing import Any

from schemata.catalog import Address, Composite, Domain, Enum, Grant, Kind, Range
from schemata.introspect.columns import read_attributes
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Results, Rows
from schemata.introspect.names import CLASS_OF, Names

KINDS = {"e": Kind.ENUM, "d": Kind.DOMAIN, "c": Kind.COMPOSITE, "r": Kind.RANGE}
Row = tuple[Any, ...]
Known = tuple[Address, str, str, tuple[Grant, ...]]


def name_types(rows: Rows, names: Names, draft: Draft) -> dict[int, Address]:
    """Give every type its address; returns those of domains by oid."""
    domains = {}
    for oid, name, schema, _, _, of_type, relation, array, *_ in rows:
        at = Address(KINDS[of_type], names.schemas[schema], name)
        draft.addresses[CLASS_OF["pg_type"], array] = at
        if of_type == "d":
            domains[oid] = at
        if relation:
            draft.addresses[CLASS_OF["pg_class"], relation] = at
    return domains


def read_types(rows: Rows, found: Results, columns: dict[int, Rows], names: Names, draft: Draft) -> None:
    values: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for of_type, oid, label in found["enum_values"]:
        values[of_type].append((oid, label))
    ranges = {row[0]: row for row in found["ranges"]}
    for row in sorted(rows, key=lambda row: (names.schemas[row[2]], row[1])):
        known = _known(row, names)
        if row[5] == "e":
            labels = values.get(row[0], [])
            enum = Enum(*known, tuple(label for _, label in labels))
            draft.add(enum, "pg_type", row[0], parts=tuple(oid for oid, _ in labels))
        elif row[5] == "d":
            _domain(row, known, names, draft)
        elif row[5] == "c":
            draft.add(Composite(*known), "pg_type", row[0])
            read_attributes(known[0], row[6], columns.get(row[6], []), names, draft)
        else:
            _range(ranges[row[0]], known, names, draft)


def _known(row: Row, names: Names) -> Known:
    oid, name, schema, owner, acl, of_type, *_ = row
    at = Address(KINDS[of_type], names.schemas[schema], name)
    # COMMENT ON TYPE of a composite type is kept with the type, not with its relation.
    return at, names.comment("pg_type", oid), names.owner(owner), names.grants("type", owner, acl)


def _domain(row: Row, known: Known, names: Names, draft: Draft) -> None:
    oid, *_, base, modifier, base_name, not_null, default, default_token, collation = row
    shown = names.collations[collation] if collation else ""
    domain = Domain(*known, base_name, shown, not_null, default or "")
    draft.add(domain, "pg_type", oid, ((base, modifier), collation, default_token))


def _range(row: Row, known: Known, names: Names, draft: Draft) -> None:
    (oid, subtype_oid, subtype, operator_class, class_oid, collation, canonical, canonical_oid,
     difference, difference_oid, multirange, multirange_oid) = row  # fmt: skip
    shown = names.collations[collation] if collation else ""
    parts = (subtype, operator_class or "", shown, canonical or "", difference or "", multirange)
    tokens = (subtype_oid, class_oid, collation, canonical_oid, difference_oid, multirange_oid)
    draft.add(Range(*known, *parts), "pg_type", oid, tokens)
    draft.addresses[CLASS_OF["pg_type"], multirange_oid] = known[0]
