"""Tables, views, materialized views and sequences. Manual: pg_class, pg_sequence."""

from collections.abc import Mapping
from sys import intern
from typing import Any

from schemata.catalog import Address, Kind, MaterializedView, Sequence, Table, View
from schemata.introspect.dependencies import column_address
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Results, Rows
from schemata.introspect.names import CLASS_OF, Names

KINDS = {
    "r": Kind.TABLE,
    "p": Kind.TABLE,
    "f": Kind.FOREIGN_TABLE,
    "v": Kind.VIEW,
    "m": Kind.MATERIALIZED_VIEW,
    "S": Kind.SEQUENCE,
}
# The first value too large for smallint, integer, bigint.
LIMITS = {21: 2**15, 23: 2**31, 20: 2**63}
PERSISTENCE = {"p": "permanent", "u": "unlogged", "t": "temporary"}
REPLICA_IDENTITY = {"d": "default", "n": "nothing", "f": "full", "i": "index"}


def name_relations(rows: Rows, names: Names, draft: Draft) -> None:
    """Give every relation its address, before anything refers to one."""
    for oid, name, schema, _, kind, row_type, *_ in rows:
        at = Address(KINDS[kind], names.schemas[schema], name)
        names.relations[oid] = at
        draft.addresses[CLASS_OF["pg_class"], oid] = at
        draft.addresses[CLASS_OF["pg_type"], row_type] = at


def read_relations(
    rows: Rows, inheritance: Rows, indexes: Rows, found: Results, names: Names, draft: Draft
) -> None:
    """Tables here; views and sequences with the rows of their own queries."""
    parents = _parents(inheritance, names)
    foreign = {oid: rest for oid, *rest in found["foreign_tables"]}
    replica = {row[1]: (row[2], row[0]) for row in indexes if row[10]}
    for row in rows:
        if row[4] in "rpf":
            _table(row, names, draft, parents, foreign, replica)
    by_oid = {row[0]: row for row in rows}
    for oid, rule, definition, token in found["views"]:
        if oid in by_oid:
            _view(by_oid[oid], rule, definition, token, names, draft)
    for row in found["sequences"]:
        if row[0] in by_oid:
            _sequence(by_oid[row[0]], row, names, draft)


def _parents(rows: Rows, names: Names) -> Mapping[int, tuple[list[int], bool]]:
    parents: dict[int, tuple[list[int], bool]] = {}
    for child, parent, detaching in rows:
        if parent in names.relations:
            known, _ = parents.get(child, ([], False))
            parents[child] = ([*known, parent], detaching)
    return parents


def _table(
    row: tuple[Any, ...],
    names: Names,
    draft: Draft,
    parents: Mapping[int, tuple[list[int], bool]],
    foreign: Mapping[int, list[Any]],
    replica: Mapping[int, tuple[str, int]],
) -> None:
    oid, _, _, owner, kind, _, persistence, acl, options, toast_options, *rest = row
    foreign_table = kind == "f"
    security, forced, identity, method, of_type, of_oid, bound, bound_token, key, key_token = rest
    above, detaching = parents.get(oid, ([], False))
    index_name, index_oid = replica.get(oid, ("", 0))
    server, server_oid, server_options = foreign.get(oid, ("", 0, None))
    table = Table(
        names.relations[oid],
        names.comment("pg_class", oid),
        names.owner(owner),
        names.grants("table", owner, acl),
        PERSISTENCE[persistence],
        key or "",
        tuple(names.relations[parent] for parent in above),
        bound or "",
        detaching,
        table_options(options, toast_options),
        "default" if foreign_table else REPLICA_IDENTITY[identity],
        index_name,
        method or "heap",
        security,
        forced,
        of_type or "",
        server,
        tuple(server_options or ()),
    )
    draft.add(table, "pg_class", oid, (key_token, tuple(above), bound_token, index_oid, of_oid, server_oid))


def table_options(options: list[str] | None, toast_options: list[str] | None = None) -> tuple[str, ...]:
    """Storage parameters in order of name; those of the TOAST table as pg_dump writes them."""
    if not options and not toast_options:
        return ()
    return tuple(sorted([*(options or ()), *(f"toast.{each}" for each in toast_options or ())]))


def _view(row: tuple[Any, ...], rule: int, text: str, token: str, names: Names, draft: Draft) -> None:
    oid, _, _, owner, kind, _, persistence, acl, options, _, _, _, _, method, *_ = row
    known = (
        names.relations[oid],
        names.comment("pg_class", oid),
        names.owner(owner),
        names.grants("table", owner, acl),
        text,
        table_options(options),
    )
    view: View | MaterializedView = View(*known)
    if kind == "m":
        view = MaterializedView(*known, method or "heap", PERSISTENCE[persistence])
    draft.add(view, "pg_class", oid, (token,))
    draft.addresses[CLASS_OF["pg_rewrite"], rule] = view.address


def _sequence(relation: tuple[Any, ...], row: tuple[Any, ...], names: Names, draft: Draft) -> None:
    oid, _, _, owner, _, _, persistence, acl, *_ = relation
    _, of_type, start, increment, least, most, cache, cycle, table, column, how = row
    limit = LIMITS[of_type]
    usual = (1, limit - 1) if increment > 0 else (-limit, -1)
    sequence = Sequence(
        names.relations[oid],
        names.comment("pg_class", oid),
        names.owner(owner),
        names.grants("sequence", owner, acl),
        intern(names.builtin_types[of_type]),
        None if start == (least if increment > 0 else most) else start,
        increment,
        None if least == usual[0] else least,
        None if most == usual[1] else most,
        cache,
        cycle,
        PERSISTENCE[persistence],
        _owned_by(table, column, names),
        how == "i",
    )
    draft.add(sequence, "pg_class", oid, ((table, column),))


def _owned_by(table: int | None, column: int | None, names: Names) -> Address | None:
    if table is None or column is None or table not in names.relations:
        return None
    return column_address(names.relations[table], names.columns[table][column])
