"""Statements that change or make constraints where they stand (manual, ALTER TABLE, ALTER DOMAIN)."""

from collections.abc import Iterator
from typing import Any

from schemata.catalog import Address, Catalog, Constraint, Domain
from schemata.plan.columns import Alter
from schemata.plan.ground import Ground
from schemata.plan.hazards import hazards
from schemata.plan.owners import owner_of
from schemata.plan.values import HazardKind, PlannedStatement
from schemata.render.names import literal, name, parent

_ALTER_ENFORCED_SINCE = 18


def on(at: Address, catalog: Catalog) -> str:
    """`TABLE public.t` or `DOMAIN public.d`."""
    noun = "DOMAIN" if isinstance(owner_of(at, catalog), Domain) else "TABLE"
    return f"{noun} {parent(at)}"


def comments(found: Constraint, catalog: Catalog) -> Iterator[str]:
    """What is said of a new constraint."""
    if found.comment:
        yield comment_on(found, catalog)


def comment_on(found: Constraint, catalog: Catalog) -> str:
    at = found.address
    domain = "DOMAIN " if isinstance(owner_of(at, catalog), Domain) else ""
    text = literal(found.comment) if found.comment else "NULL"
    return f"COMMENT ON CONSTRAINT {name(at.name)} ON {domain}{parent(at)} IS {text};"


def _comment(_: Constraint, after: Constraint, ground: Ground) -> Iterator[PlannedStatement]:
    yield PlannedStatement(comment_on(after, ground.after), after.address)


def _index_comment(_: Constraint, after: Constraint, __: Ground) -> Iterator[PlannedStatement]:
    at = after.address
    text = literal(after.index_comment) if after.index_comment else "NULL"
    yield PlannedStatement(f"COMMENT ON INDEX {name(at.schema)}.{name(at.name)} IS {text};", at)


def _clustered(_: Constraint, after: Constraint, __: Ground) -> Iterator[PlannedStatement]:
    on_what = f"CLUSTER ON {name(after.address.name)}" if after.clustered else "SET WITHOUT CLUSTER"
    yield PlannedStatement(f"ALTER TABLE {parent(after.address)} {on_what};", after.address)


def _validated(_: Constraint, after: Constraint, ground: Ground) -> Iterator[PlannedStatement]:
    at = after.address
    text = f"ALTER {on(at, ground.after)} VALIDATE CONSTRAINT {name(at.name)};"
    yield PlannedStatement(text, at, hazards(at, HazardKind.MAY_FAIL))


def _altered(text: Any) -> Alter:
    def alter(_: Constraint, after: Constraint, __: Ground) -> Iterator[PlannedStatement]:
        at = after.address
        yield PlannedStatement(
            f"ALTER TABLE {parent(at)} ALTER CONSTRAINT {name(at.name)} {text(after)};", at
        )

    return alter


def _deferrability(after: Constraint) -> str:
    text = "DEFERRABLE" if after.deferrable else "NOT DEFERRABLE"
    return text + (" INITIALLY DEFERRED" if after.initially_deferred else "")


def _done_elsewhere(_: Constraint, __: Constraint, ___: Ground) -> Iterator[PlannedStatement]:
    """Another attribute brings it about, or the planner reports it."""
    return iter(())


def constraint_alteration(
    before: Constraint, after: Constraint, attribute: str, catalog: Catalog
) -> Alter | None:
    """How to change the attribute in place; None where the constraint has to be made anew."""
    if attribute in ("comment", "index_comment", "clustered"):
        return {"comment": _comment, "index_comment": _index_comment, "clustered": _clustered}[attribute]
    if attribute == "validated" and before.enforced != after.enforced and _alters_enforced(after, catalog):
        # ENFORCED looks at every row, and what isn't enforced isn't valid.
        return _done_elsewhere
    if attribute == "validated" and after.validated:
        return _validated
    if attribute in ("deferrable", "initially_deferred") and after.type == "foreign key":
        return _altered(_deferrability)
    if attribute == "enforced" and _alters_enforced(after, catalog):
        return _altered(lambda after: "ENFORCED" if after.enforced else "NOT ENFORCED")
    if attribute == "no_inherit" and after.type == "not null":
        return _altered(lambda after: "NO INHERIT" if after.no_inherit else "INHERIT")
    return _done_elsewhere if attribute == "triggers" and after.triggers != "origin" else None


def _alters_enforced(after: Constraint, catalog: Catalog) -> bool:
    return after.type == "foreign key" and catalog.postgres >= _ALTER_ENFORCED_SINCE
