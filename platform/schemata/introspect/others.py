"""Schemas, extensions, statistics, publications, and every kind kept as named attributes."""

from collections import defaultdict
from typing import Any

from schemata.catalog import (
    Address,
    Extension,
    Grant,
    Kind,
    Other,
    Publication,
    PublishedTable,
    Schema,
    Statistics,
)
from schemata.catalog.privileges import OTHERS_GRANTED_AS, PUBLIC
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import OTHER_QUERIES, Results, Rows
from schemata.introspect.names import CLASS_OF, Names
from schemata.introspect.routines import pairs

STATISTICS = {"d": "ndistinct", "f": "dependencies", "m": "mcv"}
GENERATED_COLUMNS = {"n": "none", "s": "stored"}
FIRST_NORMAL_OID = 16384
# What initdb grants on schema public (manual, 5.9.6).
INITIAL_GRANT = Grant("public", ("USAGE",))
# What there is one of for each role, whose name is canonical only on this side.
NAMED_BY_ROLE = frozenset({Kind.USER_MAPPING, Kind.DATABASE_SETTING})
# Letters of pg_default_acl with their plural and the kind of privileges.
DEFAULTS = {
    "r": ("tables", "table"),
    "S": ("sequences", "sequence"),
    "f": ("routines", "routine"),
    "T": ("types", "type"),
    "n": ("schemas", "schema"),
    "L": ("large objects", "large object"),
}


def read_schemas(names: Names, draft: Draft) -> None:
    for oid, name, owner, acl, mine in names.schema_rows:
        if mine:
            schema = Schema(
                Address(Kind.SCHEMA, "", name),
                names.comment("pg_namespace", oid),
                names.owner(owner),
                _schema_grants(name, names.grants("schema", owner, acl)),
            )
            draft.add(schema, "pg_namespace", oid)


def _schema_grants(schema: str, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """Grants on public are told apart from what initdb gives it."""
    if schema != "public":
        return grants
    if INITIAL_GRANT in grants:
        return tuple(grant for grant in grants if grant != INITIAL_GRANT)
    if any(grant.role == PUBLIC and grant.privileges == ("ALL",) for grant in grants):
        return grants
    return (*grants, Grant(PUBLIC, ("USAGE",), revoked=True))


def read_extensions(names: Names, draft: Draft) -> None:
    for oid, name, owner, schema, version in names.extension_rows:
        extension = Extension(
            Address(Kind.EXTENSION, "", name),
            names.comment("pg_extension", oid),
            # The server's own plpgsql belongs to whoever ran initdb.
            names.owner(owner) if oid >= FIRST_NORMAL_OID else "",
            names.schemas[schema],
            version,
        )
        draft.add(extension, "pg_extension", oid, (schema,))
        for member, of in names.members.items():
            if of == oid:
                draft.addresses.setdefault(member, extension.address)


def read_statistics(rows: Rows, names: Names, draft: Draft) -> None:
    for oid, name, schema, owner, table_oid, kinds, columns, target, expressions in rows:
        table = names.relations.get(table_oid)
        if table is None:
            continue
        statistics = Statistics(
            Address(Kind.STATISTICS, names.schemas[schema], name),
            names.comment("pg_statistic_ext", oid),
            names.owner(owner),
            table,
            tuple(sorted(STATISTICS[each] for each in kinds if each in STATISTICS)),
            names.column_names(table_oid, [int(each) for each in columns.split()]),
            tuple(expressions or ()),
            target,
        )
        draft.add(statistics, "pg_statistic_ext", oid, (table_oid, columns, oid))


def read_publications(found: Results, names: Names, draft: Draft) -> None:
    tables: dict[int, list[tuple[int, PublishedTable]]] = defaultdict(list)
    for oid, publication, table, condition, columns in found["published_tables"]:
        numbers = [int(each) for each in (columns or "").split()]
        if table in names.relations:
            at = names.relations[table]
            entry = PublishedTable(at, names.column_names(table, numbers), condition or "")
            tables[publication].append((oid, entry))
    schemas: dict[int, list[int]] = defaultdict(list)
    for publication, schema in found["published_schemas"]:
        schemas[publication].append(schema)
    for row in found["publications"]:
        _publication(row, tables[row[0]], schemas[row[0]], names, draft)


def _publication(
    row: tuple[Any, ...],
    tables: list[tuple[int, PublishedTable]],
    schemas: list[int],
    names: Names,
    draft: Draft,
) -> None:
    oid, name, owner, all_tables, insert, update, delete, truncate, via_root, generated = row
    operations = {"insert": insert, "update": update, "delete": delete, "truncate": truncate}
    publication = Publication(
        Address(Kind.PUBLICATION, "", name),
        names.comment("pg_publication", oid),
        names.owner(owner),
        all_tables,
        tuple(operation for operation, published in operations.items() if published),
        via_root,
        GENERATED_COLUMNS[generated],
        tuple(sorted((entry for _, entry in tables), key=lambda entry: entry.table)),
        tuple(sorted(names.schemas[schema] for schema in schemas)),
    )
    entries = tuple(sorted(oid for oid, _ in tables))
    draft.add(publication, "pg_publication", oid, (entries, tuple(sorted(schemas))))
    for entry, _ in tables:
        draft.addresses[CLASS_OF["pg_publication_rel"], entry] = publication.address


def read_others(found: Results, names: Names, draft: Draft) -> None:
    """Kinds that are compared attribute by attribute, but not merged field by field."""
    for kind, (query, origin) in OTHER_QUERIES.items():
        for oid, schema, name, owner, acl, attributes, token in found[f"other/{query}"]:
            other = Other(
                Address(kind, names.schemas[schema], _named_by_role(kind, name, owner, names)),
                names.comment(origin, oid) if origin in CLASS_OF else "",
                names.owner(owner) if owner and kind not in NAMED_BY_ROLE else "",
                names.grants(OTHERS_GRANTED_AS[kind], owner, acl) if kind in OTHERS_GRANTED_AS else (),
                pairs(attributes),
            )
            draft.add(other, origin, oid, (token or other.attributes,))


def _named_by_role(kind: Kind, name: str, role: int | None, names: Names) -> str:
    if kind not in NAMED_BY_ROLE or role is None:
        return name
    return f"{_role_text(role, names)} {name}"


def _role_text(role: int, names: Names) -> str:
    known = names.role(role)
    return known if known == PUBLIC else f"role {known}" if known else "owner"


def read_default_privileges(rows: Rows, names: Names, draft: Draft) -> None:
    """ALTER DEFAULT PRIVILEGES; those for one schema only add to the global ones."""
    for oid, role, schema, letter, items in rows:
        plural, of = DEFAULTS[letter]
        name = f"{plural} of {_role_text(role, names)}"
        owner = names.roles.get(role, str(role))
        other = Other(
            Address(Kind.DEFAULT_PRIVILEGES, names.schemas[schema], name),
            privileges=names.privileges.read(of, owner, items, adds=bool(schema)),
        )
        draft.add(other, "pg_default_acl", oid)
