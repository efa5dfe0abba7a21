"""Default privileges: how they are made, and what they give to objects that a plan makes while they stand.

Manual: ALTER DEFAULT PRIVILEGES.
"""

from collections.abc import Iterator, Mapping

from schemata.catalog import Address, CatalogObject, Grant, Kind, Other, Owned
from schemata.plan.privileges import of_new_owner, undone
from schemata.plan.situation import Situation
from schemata.render.extras import grant_statement
from schemata.render.names import name, role

_DEFAULTS = {
    "tables": {Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW},
    "sequences": {Kind.SEQUENCE},
    "routines": {Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE},
    "types": {Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE},
    "schemas": {Kind.SCHEMA},
}


def without_defaults(found: CatalogObject, situation: Situation) -> Iterator[str]:
    """Undo what ALTER DEFAULT PRIVILEGES, as it stands, gives to a new object; it says itself what it has."""
    if not isinstance(found, Owned):
        return
    for plural, kinds in _DEFAULTS.items():
        for schema in ("", found.address.schema) if found.address.kind in kinds else ():
            standing = _standing(Address(Kind.DEFAULT_PRIVILEGES, schema, f"{plural} of owner"), situation)
            standing = of_new_owner(standing, found.address.kind, "", found.owner, situation.after.postgres)
            for grant in standing:
                if grant not in found.privileges:
                    yield grant_statement(undone(grant, found.owner), found)


def _standing(at: Address, situation: Situation) -> tuple[Grant, ...]:
    found = situation.before.objects.get(at)
    is_there = isinstance(found, Other) and at not in situation.dropped and at not in situation.remade
    return found.privileges if is_there and isinstance(found, Other) else ()


def create_defaults(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    for grant in found.privileges:
        verb, to = ("REVOKE", "FROM") if grant.revoked else ("GRANT", "TO")
        option = " WITH GRANT OPTION" if grant.grantable else ""
        yield _for_defaults(
            found, f"{verb} {_listed(grant.privileges)} ON {{}} {to} {role(grant.role)}{option}"
        )


def drop_defaults(found: Other) -> str:
    texts = []
    for grant in found.privileges:
        verb, to = ("GRANT", "TO") if grant.revoked else ("REVOKE", "FROM")
        texts.append(
            _for_defaults(found, f"{verb} {_listed(grant.privileges)} ON {{}} {to} {role(grant.role)}")
        )
    return "\n".join(texts)


def _listed(privileges: tuple[str, ...]) -> str:
    return ", ".join(privileges)


def _for_defaults(found: Other, what: str) -> str:
    plural, _, whose = found.address.name.partition(" of ")
    head = "ALTER DEFAULT PRIVILEGES"
    if whose.startswith("role "):
        head += f" FOR ROLE {name(whose.removeprefix('role '))}"
    if found.address.schema:
        head += f" IN SCHEMA {name(found.address.schema)}"
    return f"{head} {what.format(plural.upper())};"
