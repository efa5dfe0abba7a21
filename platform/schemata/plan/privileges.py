"""GRANT and REVOKE between two states of an object's privileges."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from schemata.catalog import Column, Grant, Kind
from schemata.catalog.privileges import GRANTED_AS, compare, letters_of, owners, spelled
from schemata.plan.values import PlannedStatement
from schemata.render.extras import grant_statement

Grants = tuple[Grant, ...]


def alter_privileges(before: Any, after: Any, _: object) -> Iterator[PlannedStatement]:
    """Take back what is no longer, then grant what is new; in the names of after."""
    owner = None if isinstance(after, Column) else after.owner
    for step in steps(before.privileges, after.privileges, owner):
        yield PlannedStatement(grant_statement(step, after), after.address)


def steps(before: Grants, after: Grants, owner: str | None) -> Iterator[Grant]:
    """What to run, as `grant_statement` writes it; `owner` is who has them all by default, None for a column."""
    yield from (undone(grant, owner) for grant in before if grant not in after)
    yield from (grant for grant in after if grant not in before)


def undone(grant: Grant, owner: str | None) -> Grant:
    """What takes the grant back, or gives back what it revoked; of what an owner has anyway, only the option goes."""
    if grant.grantable and grant.role == owner:
        return replace(grant, revoked=True)
    return replace(grant, revoked=not grant.revoked, grantable=False)


def of_new_owner(grants: Grants, kind: Kind, was: str, now: str, postgres: int) -> Grants:
    """The grants on an object, or on a column of it, once it is given from the role `was` to `now`.

    As Postgres does it (`aclnewowner`, src/backend/utils/adt/acl.c): what the old owner has
    becomes the new one's, together with what that one had already. Where nothing was
    granted there is no list to change.
    """
    if was == now or not grants:
        return grants
    of = GRANTED_AS[kind]
    full = owners(of, postgres)
    started = {} if kind is Kind.COLUMN else dict.fromkeys(full, False)
    both = letters_of(_to(was, grants), started, full)
    for letter, grantable in letters_of(_to(now, grants), {}, full).items():
        both[letter] = both.get(letter, False) or grantable
    others = (grant for grant in grants if grant.role not in (was, now))
    return _sorted((*others, *compare(now, both, started, full)))


def without_revoked(grants: Grants, revoked: Iterable[Grant], postgres: int) -> Grants:
    """The grants on a column after REVOKE statements on its table, which reach columns too (manual, REVOKE)."""
    full, table = owners("column", postgres), owners("table", postgres)
    roles = {grant.role: letters_of(_to(grant.role, grants), {}, full) for grant in grants}
    for step in (each for each in revoked if each.revoked and each.role in roles):
        letters = roles[step.role]
        for letter in (each for each in spelled(step, table) if each in letters):
            if step.grantable:
                letters[letter] = False
            else:
                del letters[letter]
    return _sorted(grant for role, letters in roles.items() for grant in compare(role, letters, {}, full))


def _to(role: str, grants: Iterable[Grant]) -> Iterator[Grant]:
    return (grant for grant in grants if grant.role == role)


def _sorted(grants: Iterable[Grant]) -> Grants:
    """In a catalog's order: by role, and of one role as they come."""
    return tuple(sorted(grants, key=lambda grant: grant.role))
