"""Columns of relations and attributes of composite types. Manual: pg_attribute, pg_attrdef.

Half of a catalog's objects are columns, so this is written for speed: what is
looked up for each is bound to local names, and values are passed by position.
"""

from collections import defaultdict
from operator import itemgetter

from schemata.catalog import Address, Attribute, Column, Identity, Kind
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Rows
from schemata.introspect.names import CLASS_OF, Names

STORAGE = {None: "", "p": "plain", "e": "external", "m": "main", "x": "extended"}
COMPRESSION = {"": "", "p": "pglz", "l": "lz4"}
# Debian's 15.20 stamps every column with the WAL position that made it: the server's affair, not the schema's.
STAMP = "pg_attver="
IDENTITY = {"": "", "a": "always", "d": "by default"}
GENERATED = {"": "", "s": "stored", "v": "virtual"}


_attnum = itemgetter(1)


def name_columns(rows: Rows, names: Names) -> dict[int, Rows]:
    """Rows by relation in the order of attnum; every column gets its name before anything refers to one."""
    by_relation: dict[int, Rows] = defaultdict(list)
    for row in rows:
        by_relation[row[0]].append(row)
    for relation, columns in by_relation.items():
        columns.sort(key=_attnum)
        names.columns[relation].update([(row[1], row[2]) for row in columns])
    return by_relation


def read_columns(by_relation: dict[int, Rows], names: Names, draft: Draft) -> None:
    relations = [(at.schema, at.name, oid) for oid, at in names.relations.items() if at.kind != Kind.SEQUENCE]
    for schema, relation, oid in sorted(relations):
        _read_relation(schema, relation, oid, by_relation.get(oid, []), names, draft)


def _read_relation(schema: str, relation: str, oid: int, rows: Rows, names: Names, draft: Draft) -> None:
    builtin, collations = names.builtin_types, names.collations
    add, addresses, make, kind = draft.columns.append, draft.addresses, tuple.__new__, Kind.COLUMN
    comments = names.comments_on(CLASS_OF["pg_class"], oid)
    default_origin = CLASS_OF["pg_attrdef"]
    for position, (
        _, attnum, name, type_oid, modifier, type_name, not_null, identity, generated, collation,
        type_collation, storage, compression, target, options, foreign, local, inherited, acl,
        default_oid, default,
    ) in enumerate(rows, 1):  # fmt: skip
        at = make(Address, (kind, schema, name, relation))
        column = Column(
            at,
            comments.get(attnum, ""),
            type_name or builtin[type_oid],
            position,
            not_null,
            default or "",
            GENERATED[generated] if generated else "",
            IDENTITY[identity] if identity else "",
            "" if collation == type_collation else collations[collation],
            STORAGE[storage] if storage else "",
            COMPRESSION[compression] if compression else "",
            target,
            _own(options) if options else (),
            tuple(foreign) if foreign else (),
            inherited > 0,
            local,
            names.grants("column", 0, acl) if acl else (),
        )
        tokens = ((type_oid, modifier), default_oid, collation)
        add((at, column, make(Identity, ("pg_class", oid, attnum, tokens, ()))))
        if default_oid:
            addresses[default_origin, default_oid] = at


def _own(options: list[str]) -> tuple[str, ...]:
    return tuple(sorted(option for option in options if not option.startswith(STAMP)))


def read_attributes(composite: Address, oid: int, rows: Rows, names: Names, draft: Draft) -> None:
    """`oid` is that of the composite type's row in pg_class."""
    for position, row in enumerate(rows, 1):
        _, attnum, name, type_oid, modifier, type_name, _, _, _, collation, type_collation, *_ = row
        at = Address(Kind.ATTRIBUTE, composite.schema, name, composite.name)
        attribute = Attribute(
            at,
            names.comments_on(CLASS_OF["pg_class"], oid).get(attnum, ""),
            type_name or names.builtin_types[type_oid],
            position,
            "" if collation == type_collation else names.collations[collation],
        )
        identity = Identity("pg_class", oid, attnum, ((type_oid, modifier), collation))
        draft.attributes.append((at, attribute, identity))
