"""Statements that change an attribute in place, for each kind that can; the rest is made anew.

Each function takes both versions, in the names they have from now on, and gives
the statements for one attribute. An attribute that is in no table here can't be
altered: the planner drops the object and creates it again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemata.catalog import (
    EMPTY,
    Address,
    Attribute,
    Catalog,
    CatalogObject,
    Column,
    Constraint,
    Domain,
    Enum,
    EventTrigger,
    Extension,
    Function,
    Index,
    Kind,
    MaterializedView,
    Other,
    Policy,
    Publication,
    Rule,
    Schema,
    Sequence,
    Statistics,
    Table,
    Trigger,
    View,
)
from schemata.catalog.deparsed import without_parentheses
from schemata.plan.columns import Alter, column_alteration, option_changes
from schemata.plan.constraints import constraint_alteration
from schemata.plan.ground import Ground
from schemata.plan.hazards import hazards
from schemata.plan.privileges import alter_privileges
from schemata.plan.sequences import alter_sequence
from schemata.plan.servers import alter_server, is_altered_in_place
from schemata.plan.values import HazardKind, PlannedStatement
from schemata.render.code import function
from schemata.render.extras import subject
from schemata.render.names import literal, name, parent, qualified, role

Statements = Iterator[PlannedStatement]


def plain(write: Callable[[Any], str], *kinds: HazardKind) -> Alter:
    """One statement that needs to know only what the object is to be."""

    def alter(_: CatalogObject, after: CatalogObject, __: Ground) -> Statements:
        yield PlannedStatement(write(after), after.address, hazards(after.address, *kinds))

    return alter


def _comment(after: CatalogObject) -> str:
    text = literal(after.comment) if after.comment else "NULL"
    return f"COMMENT ON {subject(after)} IS {text};"


def _owner(after: Any) -> str:
    return f"ALTER {subject(after)} OWNER TO {role(after.owner)};"


def _options(noun: str) -> Alter:
    def alter(before: Any, after: Any, _: Ground) -> Statements:
        for text in option_changes(before.options, after.options):
            yield PlannedStatement(f"ALTER {noun} {qualified(_bare(after))} {text};", after.address)

    return alter


def _bare(found: CatalogObject) -> Any:
    """Its address without the table that an index is on."""
    return found.address._replace(parent="")


def _table(text: Callable[[Table], str]) -> Callable[[Table], str]:
    return lambda after: f"ALTER TABLE {qualified(after.address)} {text(after)};"


def _replica(after: Table) -> str:
    using = (
        f"USING INDEX {name(after.replica_index)}" if after.replica_index else after.replica_identity.upper()
    )
    return f"REPLICA IDENTITY {using}"


def _nothing(_: Any, __: Any, ___: Ground) -> Statements:
    """Done elsewhere: tables join and leave their parents, sequences are tied to columns, at other times."""
    return iter(())


def _partition_of(_: Index, after: Index, __: Ground) -> Statements:
    if after.parent is not None:
        text = f"ALTER INDEX {qualified(after.parent)} ATTACH PARTITION {qualified(_bare(after))};"
        yield PlannedStatement(text, after.address)


def _table_of(part: CatalogObject) -> Address:
    return Address(Kind.TABLE, part.address.schema, part.address.parent)


def _valid(_: Index, after: Index, ground: Ground) -> Statements:
    """An index of a partitioned table gets valid by itself once all its parts are attached."""
    table = ground.after.objects.get(_table_of(after))
    if not getattr(table, "partition_key", ""):
        found = hazards(after.address, HazardKind.LONG_LOCK)
        yield PlannedStatement(f"REINDEX INDEX {qualified(_bare(after))};", after.address, found)


def _clustered(after: Any) -> str:
    on = f"CLUSTER ON {name(after.address.name)}" if after.clustered else "SET WITHOUT CLUSTER"
    return f"ALTER TABLE {parent(after.address)} {on};"


_SWITCH = {"disabled": "DISABLE", "origin": "ENABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}


def _switched(noun: str) -> Callable[[Any], str]:
    return lambda after: (
        f"ALTER TABLE {parent(after.address)} {_SWITCH[after.enabled]} {noun} {name(after.address.name)};"
    )


def _attribute_type(after: Attribute) -> str:
    at = after.address
    collation = f" COLLATE {after.collation}" if after.collation else ""
    return f"ALTER TYPE {parent(at)} ALTER ATTRIBUTE {name(at.name)} SET DATA TYPE {after.type}{collation};"


def _domain(text: Callable[[Domain], str]) -> Callable[[Domain], str]:
    return lambda after: f"ALTER DOMAIN {qualified(after.address)} {text(after)};"


def _policy(after: Policy) -> str:
    at = after.address
    parts = [f"TO {', '.join(map(role, after.roles)) or 'PUBLIC'}"]
    if after.using:
        parts.append(f"USING ({without_parentheses(after.using)})")
    if after.check:
        parts.append(f"WITH CHECK ({without_parentheses(after.check)})")
    return f"ALTER POLICY {name(at.name)} ON {parent(at)} {' '.join(parts)};"


def _replaced(after: Function) -> str:
    return function(after, EMPTY).replace("CREATE ", "CREATE OR REPLACE ", 1)


def _extension(text: Callable[[Extension], str]) -> Callable[[Extension], str]:
    return lambda after: f"ALTER EXTENSION {name(after.address.name)} {text(after)};"


_EVERY: Mapping[str, Alter] = {"comment": plain(_comment)}
_NOT_GRANTED: Mapping[str, Alter] = {**_EVERY, "owner": plain(_owner)}
_OWNED: Mapping[str, Alter] = {**_NOT_GRANTED, "privileges": alter_privileges}
_REPLICA = plain(_table(_replica))
# By CREATE OR REPLACE, which says all of a routine anew.
_REPLACED = (
    "body volatility strict security_definer leakproof parallel cost rows settings support library parsed "
    "language"
)
REPLACED = frozenset(_REPLACED.split())

_ALTERATIONS: Mapping[type[CatalogObject], Mapping[str, Alter]] = {
    Schema: _OWNED,
    Extension: {
        **_EVERY,
        "schema": plain(_extension(lambda after: f"SET SCHEMA {name(after.schema)}")),
        "version": plain(_extension(lambda after: f"UPDATE TO {literal(after.version)}")),
    },
    Table: {
        **_OWNED,
        "persistence": plain(
            _table(lambda after: "SET UNLOGGED" if after.persistence == "unlogged" else "SET LOGGED"),
            HazardKind.REWRITE,
        ),
        "parents": _nothing,
        "partition_bound": _nothing,
        "options": _options("TABLE"),
        "access_method": plain(
            _table(lambda after: f"SET ACCESS METHOD {name(after.access_method)}"), HazardKind.REWRITE
        ),
        "replica_identity": _REPLICA,
        "replica_index": _REPLICA,
        "row_security": plain(
            _table(lambda after: f"{'ENABLE' if after.row_security else 'DISABLE'} ROW LEVEL SECURITY")
        ),
        "force_row_security": plain(
            _table(lambda after: f"{'' if after.force_row_security else 'NO '}FORCE ROW LEVEL SECURITY")
        ),
    },
    Index: {
        **_EVERY,
        "options": _options("INDEX"),
        "clustered": plain(_clustered),
        "parent": _partition_of,
        "valid": _valid,
    },
    Sequence: {
        **_OWNED,
        **dict.fromkeys(
            ["type", "start", "increment", "minimum", "maximum", "cache", "cycle"], alter_sequence
        ),
        "owned_by": _nothing,
        "persistence": plain(
            lambda after: (
                f"ALTER SEQUENCE {qualified(after.address)} "
                f"SET {'LOGGED' if after.persistence == 'permanent' else 'UNLOGGED'};"
            )
        ),
    },
    View: {**_OWNED, "options": _options("VIEW")},
    MaterializedView: {**_OWNED, "options": _options("MATERIALIZED VIEW")},
    Enum: _OWNED,
    Domain: {
        **_OWNED,
        "default": plain(
            _domain(lambda after: f"SET DEFAULT {after.default}" if after.default else "DROP DEFAULT")
        ),
        "not_null": plain(
            _domain(lambda after: f"{'SET' if after.not_null else 'DROP'} NOT NULL"), HazardKind.MAY_FAIL
        ),
    },
    Attribute: {**_EVERY, "type": plain(_attribute_type), "collation": plain(_attribute_type)},
    Function: {**_OWNED, **dict.fromkeys(REPLACED, plain(_replaced))},
    Trigger: {**_EVERY, "enabled": plain(_switched("TRIGGER"))},
    EventTrigger: {
        **_NOT_GRANTED,
        "enabled": plain(
            lambda after: f"ALTER EVENT TRIGGER {name(after.address.name)} {_SWITCH[after.enabled]};"
        ),
    },
    Publication: _NOT_GRANTED,
    Rule: {**_EVERY, "enabled": plain(_switched("RULE"))},
    Policy: {**_EVERY, **dict.fromkeys(("roles", "using", "check"), plain(_policy))},
    Statistics: {
        **_NOT_GRANTED,
        "target": plain(
            lambda after: (
                f"ALTER STATISTICS {qualified(after.address)} "
                f"SET STATISTICS {-1 if after.target is None else after.target};"
            )
        ),
    },
}
_COLUMN: Mapping[str, Alter] = {**_EVERY, "privileges": alter_privileges}


def alteration(before: CatalogObject, after: CatalogObject, attribute: str, catalog: Catalog) -> Alter | None:
    """How to change one attribute in place; None where the object has to be made anew.

    `catalog` is that of after.
    """
    if isinstance(before, Column) and isinstance(after, Column):
        return _COLUMN.get(attribute) or column_alteration(before, after, attribute, catalog)
    if isinstance(before, Constraint) and isinstance(after, Constraint):
        return constraint_alteration(before, after, attribute, catalog)
    if isinstance(before, Other) and isinstance(after, Other) and attribute == "attributes":
        is_server = after.address.kind is Kind.SERVER and is_altered_in_place(before, after)
        return alter_server if is_server else None
    if isinstance(before, Policy) and isinstance(after, Policy) and _loses_expression(before, after):
        return None
    return _ALTERATIONS.get(type(after), _OWNED).get(attribute)


def _loses_expression(before: Policy, after: Policy) -> bool:
    """ALTER POLICY can't take one away."""
    return bool((before.using and not after.using) or (before.check and not after.check))
