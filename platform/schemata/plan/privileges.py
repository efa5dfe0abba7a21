"""GRANT and REVOKE between two states of an object's privileges."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from schemata.catalog import Grant
from schemata.plan.values import PlannedStatement
from schemata.render.extras import grant_statement


def alter_privileges(before: Any, after: Any, _: object) -> Iterator[PlannedStatement]:
    """Take back what is no longer, then grant what is new; in the names of after."""
    for grant in before.privileges:
        if grant not in after.privileges:
            yield PlannedStatement(grant_statement(undone(grant), after), after.address)
    for grant in after.privileges:
        if grant not in before.privileges:
            yield PlannedStatement(grant_statement(grant, after), after.address)


def undone(grant: Grant) -> Grant:
    """What takes the grant back, or gives back what it revoked."""
    return replace(grant, revoked=not grant.revoked, grantable=False)
