"""Enums, domains, composite types and ranges."""

from collections.abc import Iterator

from schemata.catalog import Attribute, Catalog, Composite, Constraint, Domain, Enum, Range
from schemata.render.names import literal, name, parent, qualified
from schemata.render.tables import constraint


def enum(found: Enum, _: Catalog) -> str:
    values = ",\n    ".join(map(literal, found.values))
    return f"CREATE TYPE {qualified(found.address)} AS ENUM (" + (f"\n    {values}\n);" if values else ");")


def domain(found: Domain, catalog: Catalog) -> str:
    clauses = [f"CREATE DOMAIN {qualified(found.address)} AS {found.type}", *_domain_clauses(found)]
    parts = catalog.children.get(found.address, ())
    checks = [part for part in parts if isinstance(part, Constraint) and part.validated]
    return " ".join(clauses) + "".join(f"\n    {constraint(part)}" for part in checks) + ";"


def _domain_clauses(found: Domain) -> Iterator[str]:
    if found.collation:
        yield f"COLLATE {found.collation}"
    if found.default:
        yield f"DEFAULT {found.default}"
    if found.not_null:
        yield "NOT NULL"


def composite(found: Composite, catalog: Catalog) -> str:
    parts = catalog.children.get(found.address, ())
    inside = [_attribute(part) for part in parts if isinstance(part, Attribute)]
    return f"CREATE TYPE {qualified(found.address)} AS (" + _lines(inside) + ");"


def _lines(parts: list[str]) -> str:
    return "\n    " + ",\n    ".join(parts) + "\n" if parts else ""


def attribute(found: Attribute, _: Catalog) -> str:
    return f"ALTER TYPE {parent(found.address)} ADD ATTRIBUTE {_attribute(found)};"


def _attribute(found: Attribute) -> str:
    collation = f" COLLATE {found.collation}" if found.collation else ""
    return f"{name(found.address.name)} {found.type}{collation}"


def range_type(found: Range, _: Catalog) -> str:
    options = {
        "subtype": found.subtype,
        "subtype_opclass": found.operator_class,
        "collation": found.collation,
        "canonical": found.canonical.partition("(")[0],
        "subtype_diff": found.subtype_difference.partition("(")[0],
        "multirange_type_name": found.multirange,
    }
    inside = [f"{key} = {value}" for key, value in options.items() if value]
    return f"CREATE TYPE {qualified(found.address)} AS RANGE (" + _lines(inside) + ");"
