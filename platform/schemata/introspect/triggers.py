"""Triggers, event triggers, rules and policies. Manual: pg_trigger, pg_rewrite, pg_policy."""

from typing import Any

from schemata.catalog import Address, EventTrigger, Kind, Policy, Rule, Trigger
from schemata.catalog.deparsed import trigger_condition
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Rows
from schemata.introspect.names import Names

# pg_trigger.h: bits of tgtype.
ROW, BEFORE, INSTEAD = 1, 2, 64
EVENTS = {4: "insert", 8: "delete", 16: "update", 32: "truncate"}
ENABLED = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}
COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}


def disabled_constraints(rows: Rows) -> dict[int, str]:
    """Constraints whose internal triggers were switched, by oid."""
    return {row[5]: ENABLED[row[11]] for row in rows if row[4] and row[5]}


def read_triggers(rows: Rows, names: Names, draft: Draft) -> None:
    for row in rows:
        table = names.relations.get(row[2])
        if table is not None and not row[4]:
            _trigger(row, table, names, draft)


def _trigger(row: tuple[Any, ...], table: Address, names: Names, draft: Draft) -> None:
    (oid, name, relation, parent, _, constraint, referenced, function_oid, function, schema, bits, enabled,
     deferrable, deferred, columns, arguments, old_table, new_table, definition, when_token) = row  # fmt: skip
    at = Address(Kind.TRIGGER, table.schema, name, table.name)
    trigger = Trigger(
        at,
        names.comment("pg_trigger", oid),
        names.routine(function, schema),
        "before" if bits & BEFORE else "instead of" if bits & INSTEAD else "after",
        tuple(event for bit, event in EVENTS.items() if bits & bit),
        names.column_names(relation, [int(each) for each in columns.split()]),
        "row" if bits & ROW else "statement",
        trigger_condition(definition) if definition else "",
        _arguments(arguments),
        ENABLED[enabled],
        constraint != 0,
        deferrable,
        deferred,
        names.relations.get(referenced),
        old_table or "",
        new_table or "",
        parent != 0,
    )
    draft.add(trigger, "pg_trigger", oid, (function_oid, columns, when_token, referenced))


def _arguments(stored: bytes) -> tuple[str, ...]:
    """Arguments are stored end to end, each with a closing zero byte."""
    return tuple(each.decode(errors="replace") for each in bytes(stored).split(b"\0")[:-1])


def read_event_triggers(rows: Rows, names: Names, draft: Draft) -> None:
    for oid, name, owner, event, function_oid, function, schema, tags, enabled in rows:
        trigger = EventTrigger(
            Address(Kind.EVENT_TRIGGER, "", name),
            names.comment("pg_event_trigger", oid),
            names.owner(owner),
            event,
            names.routine(function, schema),
            tuple(sorted(tags or ())),
            ENABLED[enabled],
        )
        draft.add(trigger, "pg_event_trigger", oid, (function_oid,))


def read_rules(rows: Rows, names: Names, draft: Draft) -> None:
    for oid, name, relation, enabled, definition, token in rows:
        table = names.relations.get(relation)
        if table is not None:
            at = Address(Kind.RULE, table.schema, name, table.name)
            rule = Rule(at, names.comment("pg_rewrite", oid), definition, ENABLED[enabled])
            draft.add(rule, "pg_rewrite", oid, (token,))


def read_policies(rows: Rows, names: Names, draft: Draft) -> None:
    for oid, name, relation, command, permissive, roles, using, using_token, check, check_token in rows:
        table = names.relations.get(relation)
        if table is None:
            continue
        policy = Policy(
            Address(Kind.POLICY, table.schema, name, table.name),
            names.comment("pg_policy", oid),
            COMMANDS[command],
            permissive,
            tuple(sorted(names.role(role) for role in roles)) if any(roles) else (),
            using or "",
            check or "",
        )
        draft.add(policy, "pg_policy", oid, (tuple(sorted(roles)), using_token, check_token))
