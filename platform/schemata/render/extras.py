"""What belongs to an object but takes a statement of its own: its comment and its grants."""

from collections.abc import Iterator

from schemata.catalog import Aggregate, CatalogObject, Column, Function, Grant, Kind, Owned
from schemata.render.names import literal, name, parent, qualified, role, routine

_TYPES = frozenset({Kind.ENUM, Kind.COMPOSITE, Kind.RANGE, Kind.BASE_TYPE})
_ON_PARENT = frozenset({Kind.CONSTRAINT, Kind.TRIGGER, Kind.RULE, Kind.POLICY})
_GRANTED_ON = {
    Kind.SEQUENCE: "SEQUENCE ",
    Kind.SCHEMA: "SCHEMA ",
    Kind.DOMAIN: "DOMAIN ",
    Kind.LANGUAGE: "LANGUAGE ",
}


def comment(found: CatalogObject) -> Iterator[str]:
    if found.comment:
        yield f"COMMENT ON {subject(found)} IS {literal(found.comment)};"


def subject(found: CatalogObject) -> str:
    """What COMMENT ON and ALTER ... OWNER TO call the object."""
    at = found.address
    if isinstance(found, Function | Aggregate):
        return f"{at.kind.upper()} {routine(at, found.name)}"
    if at.kind in _TYPES:
        return f"TYPE {qualified(at)}"
    if at.kind in (Kind.COLUMN, Kind.ATTRIBUTE):
        return f"COLUMN {parent(at)}.{name(at.name)}"
    if at.kind in _ON_PARENT:
        return f"{at.kind.upper()} {name(at.name)} ON {parent(at)}"
    if at.kind in (Kind.CAST, Kind.OPERATOR, Kind.OPERATOR_CLASS, Kind.OPERATOR_FAMILY, Kind.TRANSFORM):
        return f"{at.kind.upper()} {at.name}"
    return f"{at.kind.upper()} {qualified(at)}"


def grants(found: CatalogObject) -> Iterator[str]:
    if isinstance(found, Owned | Column) and found.address.kind != Kind.DEFAULT_PRIVILEGES:
        for grant in found.privileges:
            yield grant_statement(grant, found)


def grant_statement(grant: Grant, found: CatalogObject) -> str:
    """The GRANT, or for what was taken away from a default the REVOKE, on an object or column.

    What is both revoked and grantable only loses its grant option.
    """
    if grant.revoked and grant.grantable:
        return f"REVOKE GRANT OPTION FOR {_privileges(grant, found)} FROM {role(grant.role)};"
    verb, to = ("REVOKE", "FROM") if grant.revoked else ("GRANT", "TO")
    option = " WITH GRANT OPTION" if grant.grantable else ""
    return f"{verb} {_privileges(grant, found)} {to} {role(grant.role)}{option};"


def _privileges(grant: Grant, found: CatalogObject) -> str:
    at = found.address
    if isinstance(found, Column):
        return ", ".join(f"{each} ({name(at.name)})" for each in grant.privileges) + f" ON {parent(at)}"
    words = ", ".join(grant.privileges)
    if isinstance(found, Function | Aggregate):
        return f"{words} ON ROUTINE {routine(at, found.name)}"
    if at.kind in _TYPES:
        return f"{words} ON TYPE {qualified(at)}"
    if at.kind in (Kind.SERVER, Kind.FOREIGN_DATA_WRAPPER):
        return f"{words} ON FOREIGN {'SERVER' if at.kind == Kind.SERVER else 'DATA WRAPPER'} {name(at.name)}"
    return f"{words} ON {_GRANTED_ON.get(at.kind, '')}{qualified(at)}"
