"""Schemas, extensions, sequences, statistics, publications, and the kinds kept as attributes."""

from collections.abc import Iterator

from schemata.catalog import (
    Address,
    Catalog,
    Extension,
    Grant,
    Kind,
    Other,
    Publication,
    PublishedTable,
    Schema,
    Sequence,
    Statistics,
    Table,
)
from schemata.catalog.deparsed import without_parentheses
from schemata.render.names import literal, name, names, parent, qualified, role

_ALL_OPERATIONS = ("insert", "update", "delete", "truncate")


def schema(found: Schema, _: Catalog) -> str:
    return f"CREATE SCHEMA {name(found.address.name)};"


def extension(found: Extension, _: Catalog) -> str:
    at = name(found.address.name)
    return f"CREATE EXTENSION {at} WITH SCHEMA {name(found.schema)} VERSION {literal(found.version)};"


def sequence(found: Sequence, _: Catalog) -> str:
    unlogged = "UNLOGGED " if found.persistence == "unlogged" else ""
    text = " ".join([f"CREATE {unlogged}SEQUENCE {qualified(found.address)}", *_sequence_options(found)])
    if found.identity and found.owned_by:
        return f"{text};\n-- of the identity column {found.owned_by.short}"
    if found.owned_by:
        return f"{text}\n    OWNED BY {parent(found.owned_by)}.{name(found.owned_by.name)};"
    return text + ";"


def _sequence_options(found: Sequence) -> Iterator[str]:
    if found.type != "bigint":
        yield f"AS {found.type}"
    if found.increment != 1:
        yield f"INCREMENT BY {found.increment}"
    if found.minimum is not None:
        yield f"MINVALUE {found.minimum}"
    if found.maximum is not None:
        yield f"MAXVALUE {found.maximum}"
    if found.start is not None:
        yield f"START WITH {found.start}"
    if found.cache != 1:
        yield f"CACHE {found.cache}"
    if found.cycle:
        yield "CYCLE"


def statistics(found: Statistics, _: Catalog) -> str:
    kinds = f" ({', '.join(found.statistics)})" if found.statistics else ""
    on = ", ".join(
        [*map(name, found.columns), *(f"({without_parentheses(each)})" for each in found.expressions)]
    )
    table = qualified(found.table) if found.table else ""
    text = f"CREATE STATISTICS {qualified(found.address)}{kinds}\n    ON {on} FROM {table};"
    if found.target is None:
        return text
    return f"{text}\nALTER STATISTICS {qualified(found.address)} SET STATISTICS {found.target};"


def publication(found: Publication, catalog: Catalog) -> str:
    lines = [f"CREATE PUBLICATION {name(found.address.name)}", *_published(found, catalog)]
    options = []
    if found.operations != _ALL_OPERATIONS:
        options.append(f"publish = {literal(', '.join(found.operations))}")
    if found.via_root:
        options.append("publish_via_partition_root = true")
    if found.generated_columns != "none":
        options.append(f"publish_generated_columns = {found.generated_columns}")
    if options:
        lines.append(f"WITH ({', '.join(options)})")
    return "\n    ".join(lines) + ";"


def _published(found: Publication, catalog: Catalog) -> Iterator[str]:
    heirs = _with_heirs(catalog) if found.tables else frozenset()
    parts = [f"TABLE {'ONLY ' * (each.table in heirs)}{_published_table(each)}" for each in found.tables]
    if found.schemas:
        parts.append(f"TABLES IN SCHEMA {names(found.schemas)}")
    if found.all_tables:
        yield "FOR ALL TABLES"
    elif parts:
        yield "FOR " + ", ".join(parts)


def _with_heirs(catalog: Catalog) -> frozenset[Address]:
    """Tables that others inherit from: named without ONLY, those others are published too."""
    tables = (found for found in catalog.objects.values() if isinstance(found, Table))
    return frozenset(above for table in tables if not table.partition_bound for above in table.parents)


def _published_table(found: PublishedTable) -> str:
    columns = f" ({names(found.columns)})" if found.columns else ""
    where = f" WHERE ({without_parentheses(found.filter)})" if found.filter else ""
    return f"{qualified(found.table)}{columns}{where}"


def other(found: Other, _: Catalog) -> str:
    if found.address.kind == Kind.DEFAULT_PRIVILEGES:
        return "\n".join(_default_privileges(found))
    lines = [f"-- {found.address}", *(f"--     {key}: {value}" for key, value in found.attributes)]
    return "\n".join(line.replace("\n", "\n--     ") for line in lines)


def _default_privileges(found: Other) -> Iterator[str]:
    plural, _, whose = found.address.name.partition(" of ")
    head = "ALTER DEFAULT PRIVILEGES"
    if whose.startswith("role "):
        head += f" FOR ROLE {name(whose.removeprefix('role '))}"
    if found.address.schema:
        head += f" IN SCHEMA {name(found.address.schema)}"
    for grant in found.privileges:
        yield f"{head}\n    {_default_grant(grant, plural)};"


def _default_grant(grant: Grant, plural: str) -> str:
    verb, to = ("REVOKE", "FROM") if grant.revoked else ("GRANT", "TO")
    option = " WITH GRANT OPTION" if grant.grantable else ""
    return f"{verb} {', '.join(grant.privileges)} ON {plural.upper()} {to} {role(grant.role)}{option}"
