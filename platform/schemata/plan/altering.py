"""Statements that change an attribute in place, for each kind that can; the rest is made anew.

Each function takes both versions, in the names they have from now on, and gives
the statements for one attribute. An attribute that is in no table here can't be
altered: the planner drops the object and creates it again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemata.catalog import (
    Attribute,
    CatalogObject,
    Column,
    Constraint,
    Domain,
    Enum,
    Extension,
    Function,
    Index,
    MaterializedView,
    Policy,
    Rule,
    Schema,
    Sequence,
    Statistics,
    Table,
    Trigger,
    View,
)
from schemata.catalog.deparsed import without_parentheses
from schemata.plan.creating import own
from schemata.plan.values import Hazard, HazardKind, PlannedStatement
from schemata.render.extras import grant_statement, subject
from schemata.render.names import literal, name, parent, qualified, role, routine

Alteration = Callable[[Any, Any], Iterator[PlannedStatement]]
Statement = PlannedStatement


def _plain(write: Callable[[Any, Any], str], *hazards: HazardKind) -> Alteration:
    def alter(before: CatalogObject, after: CatalogObject) -> Iterator[Statement]:
        found = tuple(Hazard(kind, _SAYS[kind].format(after.address), after.address) for kind in hazards)
        yield Statement(write(before, after), after.address, found)

    return alter


_SAYS = {
    HazardKind.REWRITE: "{} is written anew, row by row, and locked for as long",
    HazardKind.LONG_LOCK: "every row is looked at for {} while others wait",
    HazardKind.MAY_FAIL: "rows that are there may not fit {}",
    HazardKind.DATA_LOSS: "values of {} may be lost",
}


def _comment(before: CatalogObject, after: CatalogObject) -> str:
    text = literal(after.comment) if after.comment else "NULL"
    return f"COMMENT ON {subject(after)} IS {text};"


def _privileges(before: Any, after: Any) -> Iterator[Statement]:
    for grant in before.privileges:
        if grant not in after.privileges:
            verb, to, option = ("GRANT", "TO", "") if grant.revoked else ("REVOKE", "FROM", "")
            text = grant_statement(grant, after).partition(" ON ")
            words = ", ".join(grant.privileges) if not isinstance(after, Column) else text[0].split(" ", 1)[1]
            target = text[2].rsplit(" FROM " if grant.revoked else " TO ", 1)[0]
            yield Statement(f"{verb} {words} ON {target} {to} {role(grant.role)}{option};", after.address)
    for grant in after.privileges:
        if grant not in before.privileges:
            yield Statement(grant_statement(grant, after), after.address)


def _owner(before: Any, after: Any) -> str:
    return f"ALTER {_noun(after)} OWNER TO {role(after.owner)};"


def _noun(found: CatalogObject) -> str:
    return subject(found)


def _alter_column(after: Column) -> str:
    return f"ALTER TABLE {parent(after.address)} ALTER COLUMN {name(after.address.name)}"


def _column_type(before: Column, after: Column) -> Iterator[Statement]:
    at = after.address
    collation = f" COLLATE {after.collation}" if after.collation else ""
    head = _alter_column(after)
    if before.default and not before.generated:
        yield Statement(f"{head} DROP DEFAULT;", at)
    hazards = tuple(
        Hazard(kind, _SAYS[kind].format(at), at) for kind in (HazardKind.REWRITE, HazardKind.MAY_FAIL)
    )
    using = "" if after.generated else f" USING {name(at.name)}::{after.type}"
    yield Statement(f"{head} SET DATA TYPE {after.type}{collation}{using};", at, hazards)
    if after.default and not after.generated and (before.default or after.default):
        yield Statement(f"{head} SET DEFAULT {after.default};", at)


def _column_default(before: Column, after: Column) -> Iterator[Statement]:
    if before.type != after.type or before.collation != after.collation:
        return
    text = f"SET DEFAULT {after.default}" if after.default else "DROP DEFAULT"
    yield Statement(f"{_alter_column(after)} {text};", after.address)


def _column_not_null(before: Column, after: Column) -> Iterator[Statement]:
    at = after.address
    if not after.not_null:
        yield Statement(f"{_alter_column(after)} DROP NOT NULL;", at)
        return
    hazards = tuple(
        Hazard(kind, _SAYS[kind].format(at), at) for kind in (HazardKind.LONG_LOCK, HazardKind.MAY_FAIL)
    )
    yield Statement(f"{_alter_column(after)} SET NOT NULL;", at, hazards)


def _column_identity(before: Column, after: Column) -> Iterator[Statement]:
    head = _alter_column(after)
    if not after.identity:
        yield Statement(f"{head} DROP IDENTITY;", after.address)
    elif before.identity:
        yield Statement(f"{head} SET GENERATED {after.identity.upper()};", after.address)
    else:
        yield Statement(f"{head} ADD GENERATED {after.identity.upper()} AS IDENTITY;", after.address)


def _options(noun: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    gone = [each.partition("=")[0] for each in before]
    kept = {each.partition("=")[0] for each in after}
    reset = [key for key in gone if key not in kept]
    if reset:
        yield f"ALTER {noun} RESET ({', '.join(reset)});"
    new = [each for each in after if each not in before]
    if new:
        pairs = ", ".join(f"{key}={literal(value)}" for key, _, value in (e.partition("=") for e in new))
        yield f"ALTER {noun} SET ({pairs});"


def _set_options(noun: Callable[[Any], str]) -> Alteration:
    def alter(before: Any, after: Any) -> Iterator[Statement]:
        for text in _options(noun(after), before.options, after.options):
            yield Statement(text, after.address)

    return alter


def _statistics(before: Column, after: Column) -> str:
    return f"{_alter_column(after)} SET STATISTICS {-1 if after.statistics is None else after.statistics};"


def _table(text: Callable[[Table, Table], str]) -> Callable[[Any, Any], str]:
    return lambda before, after: f"ALTER TABLE {qualified(after.address)} {text(before, after)};"


def _identity_of_replica(before: Table, after: Table) -> str:
    using = (
        f"USING INDEX {name(after.replica_index)}" if after.replica_index else after.replica_identity.upper()
    )
    return f"REPLICA IDENTITY {using}"


def _inheritance(before: Table, after: Table) -> Iterator[Statement]:
    at = qualified(after.address)
    for above in before.parents:
        if above not in after.parents:
            text = f"ALTER TABLE {at} NO INHERIT {qualified(above)};"
            if before.partition_bound:
                text = f"ALTER TABLE {qualified(above)} DETACH PARTITION {at};"
            yield Statement(text, after.address)
    for above in after.parents:
        if above not in before.parents:
            text = f"ALTER TABLE {at} INHERIT {qualified(above)};"
            if after.partition_bound:
                text = f"ALTER TABLE {qualified(above)} ATTACH PARTITION {at} {after.partition_bound};"
            yield Statement(text, after.address)


def _partition_bound(before: Table, after: Table) -> Iterator[Statement]:
    if before.parents == after.parents:
        above, at = qualified(after.parents[0]), qualified(after.address)
        yield Statement(f"ALTER TABLE {above} DETACH PARTITION {at};", after.address)
        yield Statement(f"ALTER TABLE {above} ATTACH PARTITION {at} {after.partition_bound};", after.address)


def _validated(before: Constraint, after: Constraint) -> str:
    return f"ALTER TABLE {parent(after.address)} VALIDATE CONSTRAINT {name(after.address.name)};"


def _deferrability(before: Constraint, after: Constraint) -> str:
    text = "DEFERRABLE" if after.deferrable else "NOT DEFERRABLE"
    text += " INITIALLY DEFERRED" if after.initially_deferred else ""
    return f"ALTER TABLE {parent(after.address)} ALTER CONSTRAINT {name(after.address.name)} {text};"


def _index_comment(before: Constraint, after: Constraint) -> str:
    at = after.address
    text = literal(after.index_comment) if after.index_comment else "NULL"
    return f"COMMENT ON INDEX {name(at.schema)}.{name(at.name)} IS {text};"


def _clustered(before: Any, after: Any) -> str:
    at = after.address
    on = f"CLUSTER ON {name(at.name)}" if after.clustered else "SET WITHOUT CLUSTER"
    return f"ALTER TABLE {parent(at)} {on};"


def _switched(noun: str) -> Callable[[Any, Any], str]:
    words = {
        "disabled": "DISABLE",
        "origin": "ENABLE",
        "replica": "ENABLE REPLICA",
        "always": "ENABLE ALWAYS",
    }

    def write(before: Any, after: Any) -> str:
        at = after.address
        return f"ALTER TABLE {parent(at)} {words[after.enabled]} {noun} {name(at.name)};"

    return write


def _sequence(before: Sequence, after: Sequence) -> Iterator[Statement]:
    parts = [f"AS {after.type}", f"INCREMENT BY {after.increment}"]
    parts.append("NO MINVALUE" if after.minimum is None else f"MINVALUE {after.minimum}")
    parts.append("NO MAXVALUE" if after.maximum is None else f"MAXVALUE {after.maximum}")
    if after.start is not None:
        parts.append(f"START WITH {after.start}")
    parts += [f"CACHE {after.cache}", "CYCLE" if after.cycle else "NO CYCLE"]
    yield Statement(f"ALTER SEQUENCE {qualified(after.address)} {' '.join(parts)};", after.address)


def _owned_by(before: Sequence, after: Sequence) -> str:
    return own(after)


def _attribute_type(before: Attribute, after: Attribute) -> str:
    at = after.address
    return f"ALTER TYPE {parent(at)} ALTER ATTRIBUTE {name(at.name)} SET DATA TYPE {after.type};"


def _domain_default(before: Domain, after: Domain) -> str:
    text = f"SET DEFAULT {after.default}" if after.default else "DROP DEFAULT"
    return f"ALTER DOMAIN {qualified(after.address)} {text};"


def _domain_not_null(before: Domain, after: Domain) -> str:
    return f"ALTER DOMAIN {qualified(after.address)} {'SET' if after.not_null else 'DROP'} NOT NULL;"


def _schema_of_extension(before: Extension, after: Extension) -> str:
    return f"ALTER EXTENSION {name(after.address.name)} SET SCHEMA {name(after.schema)};"


def _version_of_extension(before: Extension, after: Extension) -> str:
    return f"ALTER EXTENSION {name(after.address.name)} UPDATE TO {literal(after.version)};"


def _policy(before: Policy, after: Policy) -> Iterator[Statement]:
    at = after.address
    parts = [f"TO {', '.join(map(role, after.roles)) or 'PUBLIC'}"]
    if after.using:
        parts.append(f"USING ({without_parentheses(after.using)})")
    if after.check:
        parts.append(f"WITH CHECK ({without_parentheses(after.check)})")
    yield Statement(f"ALTER POLICY {name(at.name)} ON {parent(at)} {' '.join(parts)};", at)


def _statistics_target(before: Statistics, after: Statistics) -> str:
    target = -1 if after.target is None else after.target
    return f"ALTER STATISTICS {qualified(after.address)} SET STATISTICS {target};"


def _replaced(before: Function, after: Function) -> Iterator[Statement]:
    from schemata.catalog import EMPTY
    from schemata.render.code import function

    yield Statement(function(after, EMPTY).replace("CREATE ", "CREATE OR REPLACE ", 1), after.address)


def _function_owner(before: Function, after: Function) -> str:
    return f"ALTER ROUTINE {routine(after.address, after.name)} OWNER TO {role(after.owner)};"


_EVERY: Mapping[str, Alteration] = {"comment": _plain(_comment)}
_OWNED: Mapping[str, Alteration] = {**_EVERY, "owner": _plain(_owner), "privileges": _privileges}

ALTERATIONS: Mapping[type[CatalogObject], Mapping[str, Alteration]] = {
    Schema: _OWNED,
    Extension: {
        **_EVERY,
        "schema": _plain(_schema_of_extension),
        "version": _plain(_version_of_extension),
    },
    Table: {
        **_OWNED,
        "persistence": _plain(
            _table(lambda _, after: f"SET {'UNLOGGED' if after.persistence == 'unlogged' else 'LOGGED'}"),
            HazardKind.REWRITE,
        ),
        "parents": _inheritance,
        "partition_bound": _partition_bound,
        "options": _set_options(lambda found: f"TABLE {qualified(found.address)}"),
        "replica_identity": _plain(_table(_identity_of_replica)),
        "replica_index": _plain(_table(_identity_of_replica)),
        "row_security": _plain(
            _table(lambda _, after: f"{'ENABLE' if after.row_security else 'DISABLE'} ROW LEVEL SECURITY")
        ),
        "force_row_security": _plain(
            _table(lambda _, after: f"{'' if after.force_row_security else 'NO '}FORCE ROW LEVEL SECURITY")
        ),
    },
    Column: {
        **_EVERY,
        "privileges": _privileges,
        "type": _column_type,
        "collation": lambda before, after: (
            iter(()) if before.type != after.type else _column_type(before, after)
        ),
        "default": _column_default,
        "not_null": _column_not_null,
        "identity": _column_identity,
        "storage": _plain(
            lambda _, after: f"{_alter_column(after)} SET STORAGE {(after.storage or 'default').upper()};"
        ),
        "compression": _plain(
            lambda _, after: f"{_alter_column(after)} SET COMPRESSION {after.compression or 'default'};"
        ),
        "statistics": _plain(_statistics),
        "options": _set_options(
            lambda found: f"TABLE {parent(found.address)} ALTER COLUMN {name(found.address.name)}"
        ),
    },
    Constraint: {**_EVERY, "index_comment": _plain(_index_comment), "clustered": _plain(_clustered)},
    Index: {
        **_EVERY,
        "options": _set_options(
            lambda found: f"INDEX {name(found.address.schema)}.{name(found.address.name)}"
        ),
        "clustered": _plain(_clustered),
    },
    Sequence: {
        **_OWNED,
        **dict.fromkeys(("type", "start", "increment", "minimum", "maximum", "cache", "cycle"), _sequence),
        "owned_by": _plain(_owned_by),
    },
    View: {**_OWNED, "options": _set_options(lambda found: f"VIEW {qualified(found.address)}")},
    MaterializedView: {
        **_OWNED,
        "options": _set_options(lambda found: f"MATERIALIZED VIEW {qualified(found.address)}"),
    },
    Enum: _OWNED,
    Domain: {
        **_OWNED,
        "default": _plain(_domain_default),
        "not_null": _plain(_domain_not_null, HazardKind.MAY_FAIL),
    },
    Attribute: {**_EVERY, "type": _plain(_attribute_type)},
    Function: {
        "comment": _plain(_comment),
        "owner": _plain(_function_owner),
        "privileges": _privileges,
        **dict.fromkeys(
            (
                "body",
                "volatility",
                "strict",
                "security_definer",
                "leakproof",
                "parallel",
                "cost",
                "rows",
                "settings",
                "support",
                "library",
                "parsed",
                "language",
            ),
            _replaced,
        ),
    },
    Trigger: {**_EVERY, "enabled": _plain(_switched("TRIGGER"))},
    Rule: {**_EVERY, "enabled": _plain(_switched("RULE"))},
    Policy: {**_EVERY, **dict.fromkeys(("roles", "using", "check"), _policy)},
    Statistics: {**_EVERY, "target": _plain(_statistics_target)},
}


def _loses_an_expression(before: Policy, after: Policy) -> bool:
    """ALTER POLICY can't take an expression away."""
    return bool((before.using and not after.using) or (before.check and not after.check))


_VALIDATE: Alteration = _plain(_validated, HazardKind.LONG_LOCK, HazardKind.MAY_FAIL)


def alteration(before: CatalogObject, after: CatalogObject, attribute: str) -> Alteration | None:
    """How to change one attribute in place; None where the object has to be made anew."""
    if isinstance(before, Constraint) and isinstance(after, Constraint):
        if attribute == "validated" and after.validated:
            return _VALIDATE
        if attribute in ("deferrable", "initially_deferred") and after.type == "foreign key":
            return _plain(_deferrability)
    if isinstance(before, Policy) and isinstance(after, Policy) and _loses_an_expression(before, after):
        return None
    return ALTERATIONS.get(type(after), _OWNED).get(attribute)
