"""Tables with their columns and constraints, indexes, views."""

from collections.abc import Iterator

from schemata.catalog import (
    Address,
    Catalog,
    Column,
    Constraint,
    Index,
    IndexKey,
    Kind,
    MaterializedView,
    Sequence,
    Table,
    View,
)
from schemata.catalog.deparsed import without_parentheses
from schemata.render.names import foreign_options, literal, name, names, parent, qualified, with_options

# The order in which people write constraints.
_PLACES = ("primary key", "unique", "exclusion", "foreign key", "check", "not null")


def table(found: Table, catalog: Catalog) -> str:
    lines = [_create_table(found, catalog)]
    at = qualified(found.address)
    if found.row_security:
        lines.append(f"ALTER TABLE {at} ENABLE ROW LEVEL SECURITY;")
    if found.force_row_security:
        lines.append(f"ALTER TABLE {at} FORCE ROW LEVEL SECURITY;")
    if found.replica_identity != "default":
        using = (
            f"USING INDEX {name(found.replica_index)}"
            if found.replica_index
            else found.replica_identity.upper()
        )
        lines.append(f"ALTER TABLE {at} REPLICA IDENTITY {using};")
    for part in catalog.children.get(found.address, ()):
        if isinstance(part, Column):
            lines.extend(_column_settings(part, at))
    return "\n".join(lines)


def _create_table(found: Table, catalog: Catalog) -> str:
    unlogged = "UNLOGGED " if found.persistence == "unlogged" else ""
    foreign = "FOREIGN " if found.address.kind == Kind.FOREIGN_TABLE else ""
    body = "".join(_table_clauses(found))
    parts = list(_table_parts(found, catalog))
    shown = "(\n    " + ",\n    ".join(parts) + "\n)" if parts or not _leads_with_parent(found) else ""
    head = f"CREATE {unlogged}{foreign}TABLE {qualified(found.address)}"
    if found.partition_bound:
        head += f" PARTITION OF {qualified(found.parents[0])}"
    elif found.of_type:
        head += f" OF {found.of_type}"
    bound = f"\n{found.partition_bound}" if found.partition_bound else ""
    return f"{head}{' ' + shown if shown else ''}{bound}{body};"


def _leads_with_parent(found: Table) -> bool:
    return bool(found.partition_bound or found.of_type)


def _table_clauses(found: Table) -> Iterator[str]:
    if found.parents and not found.partition_bound:
        yield f"\nINHERITS ({', '.join(map(qualified, found.parents))})"
    if found.partition_key:
        yield f"\nPARTITION BY {found.partition_key}"
    if found.server:
        yield f"\nSERVER {name(found.server)}{foreign_options(found.server_options)}"
    if found.access_method != "heap":
        yield f"\nUSING {name(found.access_method)}"
    if found.options:
        yield "\n" + with_options(found.options).lstrip()


def _table_parts(found: Table, catalog: Catalog) -> Iterator[str]:
    parts = catalog.children.get(found.address, ())
    for part in parts:
        if isinstance(part, Column) and part.local and not _leads_with_parent(found):
            yield column(part, catalog)
    constraints = [part for part in parts if isinstance(part, Constraint)]
    for part in sorted(constraints, key=lambda each: _PLACES.index(each.type)):
        if part.local and part.validated and part.parent is None:
            yield constraint(part)


def column(found: Column, catalog: Catalog) -> str:
    """A column as it stands in CREATE TABLE."""
    return " ".join([name(found.address.name), *_column_clauses(found, catalog)])


def _column_clauses(found: Column, catalog: Catalog) -> Iterator[str]:
    yield found.type
    if found.compression:
        yield f"COMPRESSION {found.compression}"
    if found.collation:
        yield f"COLLATE {found.collation}"
    if found.foreign_options:
        yield foreign_options(found.foreign_options).lstrip()
    if found.generated:
        yield f"GENERATED ALWAYS AS ({without_parentheses(found.default)}) {found.generated.upper()}"
    elif found.default:
        yield f"DEFAULT {found.default}"
    if found.identity:
        yield f"GENERATED {found.identity.upper()} AS IDENTITY{sequence_name(found, catalog)}"
    if found.not_null:
        yield "NOT NULL"


def sequence_name(found: Column, catalog: Catalog) -> str:
    """` (SEQUENCE NAME ...)` of an identity column, where that is not the name that Postgres gives its sequence."""
    sequence = identity_sequence(found.address, catalog)
    if sequence is None or sequence.address == _usual(found.address):
        return ""
    return f" (SEQUENCE NAME {qualified(sequence.address)})"


def identity_sequence(column: Address, catalog: Catalog) -> Sequence | None:
    """The sequence of an identity column, by its usual name if it can be."""
    usual = catalog.objects.get(_usual(column))
    if isinstance(usual, Sequence) and usual.owned_by == column:
        return usual
    found = (each for each in catalog.objects.values() if isinstance(each, Sequence))
    return next((each for each in found if each.identity and each.owned_by == column), None)


def _usual(column: Address) -> Address:
    return Address(Kind.SEQUENCE, column.schema, f"{column.parent}_{column.name}_seq")


def _column_settings(found: Column, table_name: str) -> Iterator[str]:
    alter = f"ALTER TABLE {table_name} ALTER COLUMN {name(found.address.name)}"
    if found.storage:
        yield f"{alter} SET STORAGE {found.storage.upper()};"
    if found.statistics is not None:
        yield f"{alter} SET STATISTICS {found.statistics};"
    if found.options:
        yield f"{alter} SET{with_options(found.options).removeprefix(' WITH')};"


def column_statement(found: Column, catalog: Catalog) -> str:
    at = found.address
    if any(
        Address(kind, at.schema, at.parent) in catalog.objects for kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW)
    ):
        return f"-- {parent(at)} ({column(found, catalog)})"
    statement = f"ALTER TABLE {parent(at)} ADD COLUMN {column(found, catalog)};"
    return "\n".join([statement, *_column_settings(found, parent(at))])


def constraint_statement(found: Constraint, catalog: Catalog) -> str:
    at = found.address
    domain = Address(Kind.DOMAIN, at.schema, at.parent) in catalog.objects
    lines = [f"ALTER {'DOMAIN' if domain else 'TABLE'} {parent(at)}\n    ADD {constraint(found)};"]
    if found.index_comment:
        lines.append(f"COMMENT ON INDEX {name(at.schema)}.{name(at.name)} IS {literal(found.index_comment)};")
    if found.clustered:
        lines.append(f"ALTER TABLE {parent(at)} CLUSTER ON {name(at.name)};")
    if found.triggers != "origin":
        lines.append(f"-- its triggers are {found.triggers}")
    return "\n".join(lines)


def constraint(found: Constraint) -> str:
    """A constraint as it stands in CREATE TABLE."""
    return f"CONSTRAINT {name(found.address.name)} {' '.join(_constraint_clauses(found))}"


def _constraint_clauses(found: Constraint) -> Iterator[str]:
    if found.type == "check":
        yield f"CHECK ({without_parentheses(found.definition)})"
    elif found.type == "exclusion":
        yield found.definition
    elif found.type == "not null":
        yield f"NOT NULL {names(found.columns)}".rstrip()
    else:
        yield _keyed(found)
    if found.references:
        yield from _reference(found)
    if found.no_inherit:
        yield "NO INHERIT"
    if found.deferrable:
        yield "DEFERRABLE"
    if found.initially_deferred:
        yield "INITIALLY DEFERRED"
    if not found.enforced:
        yield "NOT ENFORCED"
    elif not found.validated:
        yield "NOT VALID"


def _keyed(found: Constraint) -> str:
    head = found.type.upper() + (" NULLS NOT DISTINCT" if found.nulls_not_distinct else "")
    overlaps = " WITHOUT OVERLAPS" if found.without_overlaps and found.type != "foreign key" else ""
    columns = _period(found.columns) if found.without_overlaps and not overlaps else names(found.columns)
    include = f" INCLUDE ({names(found.include)})" if found.include else ""
    return f"{head} ({columns}{overlaps}){include}{with_options(found.index_options)}"


def _period(columns: tuple[str, ...]) -> str:
    return ", ".join([*map(name, columns[:-1]), f"PERIOD {name(columns[-1])}"])


def _reference(found: Constraint) -> Iterator[str]:
    columns = found.referenced_columns
    shown = _period(columns) if found.without_overlaps else names(columns)
    yield f"REFERENCES {qualified(found.references)} ({shown})" if found.references else ""
    if found.match:
        yield f"MATCH {found.match.upper()}"
    if found.on_update:
        yield f"ON UPDATE {found.on_update.upper()}"
    if found.on_delete:
        columns = found.on_delete_columns
        yield f"ON DELETE {found.on_delete.upper()}" + (f" ({names(columns)})" if columns else "")


def index(found: Index, _: Catalog) -> str:
    lines = [_create_index(found)]
    at = f"{name(found.address.schema)}.{name(found.address.name)}"
    if found.parent is not None:
        lines.append(f"ALTER INDEX {qualified(found.parent)} ATTACH PARTITION {at};")
    for setting in found.statistics:
        place, _sign, target = setting.partition("=")
        lines.append(f"ALTER INDEX {at} ALTER COLUMN {place} SET STATISTICS {target};")
    if found.clustered:
        lines.append(f"ALTER TABLE {parent(found.address)} CLUSTER ON {name(found.address.name)};")
    if not found.valid:
        lines.append("-- INVALID: it was never finished, and no query uses it")
    return "\n".join(lines)


def _create_index(found: Index) -> str:
    text = f"CREATE {'UNIQUE ' if found.unique else ''}INDEX {name(found.address.name)}"
    text += f" ON {parent(found.address)} USING {name(found.method)} ({', '.join(map(_key, found.keys))})"
    if found.include:
        text += f" INCLUDE ({names(found.include)})"
    if found.nulls_not_distinct:
        text += " NULLS NOT DISTINCT"
    text += with_options(found.options)
    if found.predicate:
        text += f"\n    WHERE {without_parentheses(found.predicate)}"
    return text + ";"


def _key(key: IndexKey) -> str:
    parts = [name(key.column) if key.column else f"({without_parentheses(key.expression)})"]
    if key.collation:
        parts.append(f"COLLATE {key.collation}")
    if key.operator_class:
        parts.append(key.operator_class)
    if key.descending:
        parts.append("DESC")
    if key.nulls:
        parts.append(f"NULLS {key.nulls.upper()}")
    return " ".join(parts)


def view(found: View, catalog: Catalog) -> str:
    head = f"CREATE VIEW {qualified(found.address)}{with_options(found.options)} AS\n{found.definition}"
    return "\n".join([head, *_view_defaults(found, catalog)])


def _view_defaults(found: View, catalog: Catalog) -> Iterator[str]:
    for part in catalog.children.get(found.address, ()):
        if isinstance(part, Column) and part.default:
            yield (
                f"ALTER VIEW {qualified(found.address)} "
                f"ALTER COLUMN {name(part.address.name)} SET DEFAULT {part.default};"
            )


def materialized_view(found: MaterializedView, _: Catalog) -> str:
    using = f" USING {name(found.access_method)}" if found.access_method != "heap" else ""
    head = f"CREATE MATERIALIZED VIEW {qualified(found.address)}{using}{with_options(found.options)}"
    return f"{head} AS\n{found.definition}"
