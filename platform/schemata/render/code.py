"""Functions, aggregates, triggers, rules and policies."""

from collections.abc import Iterator

from schemata.catalog import Address, Aggregate, Catalog, EventTrigger, Function, Kind, Policy, Rule, Trigger
from schemata.catalog.deparsed import without_parentheses
from schemata.render.names import literal, name, names, parent, qualified, role


def function(found: Function, _: Catalog) -> str:
    at = f"{name(found.address.schema)}.{name(found.name)}({found.arguments})"
    lines = [f"CREATE {found.address.kind.upper()} {at}"]
    if found.result and found.address.kind == Kind.FUNCTION:
        lines.append(f"    RETURNS {found.result}")
    lines.append("    " + " ".join(_traits(found)))
    lines.extend(f"    SET {_setting(*each.split('=', 1))}" for each in found.settings)
    return "\n".join([*lines, _body(found)])


# Settings that are lists of names: their values are kept as SQL has them (`GUC_LIST_QUOTE`).
LISTS_OF_NAMES = frozenset(
    {
        "search_path",
        "temp_tablespaces",
        "local_preload_libraries",
        "session_preload_libraries",
        "shared_preload_libraries",
    }
)


def _setting(key: str, value: str) -> str:
    return f"{key} TO {value if key in LISTS_OF_NAMES else literal(value)}"


def _traits(found: Function) -> Iterator[str]:
    yield f"LANGUAGE {name(found.language)}"
    if found.transforms:
        yield "TRANSFORM " + ", ".join(f"FOR TYPE {each}" for each in found.transforms)
    if found.window:
        yield "WINDOW"
    if found.volatility != "volatile":
        yield found.volatility.upper()
    if found.strict:
        yield "STRICT"
    if found.security_definer:
        yield "SECURITY DEFINER"
    if found.leakproof:
        yield "LEAKPROOF"
    if found.parallel != "unsafe":
        yield f"PARALLEL {found.parallel.upper()}"
    if found.cost is not None:
        yield f"COST {found.cost:g}"
    if found.rows is not None:
        yield f"ROWS {found.rows:g}"
    if found.support:
        yield f"SUPPORT {found.support.partition('(')[0]}"


def _body(found: Function) -> str:
    if found.parsed:
        return f"{found.body};"
    if found.library:
        return f"AS {literal(found.library)}, {literal(found.body)};"
    tag = "$function$"
    while tag in found.body:
        tag = f"${tag.strip('$')}_$"
    return f"AS {tag}{found.body}{tag};"


def aggregate(found: Aggregate, _: Catalog) -> str:
    options = ",\n    ".join(f"{key} = {value}" for key, value in found.attributes)
    return f"-- aggregate {found.address.short} returns {found.result}\n-- ({options})".replace(
        "\n    ", "\n--  "
    )


def trigger(found: Trigger, _: Catalog) -> str:
    at = found.address
    events = " OR ".join(_events(found))
    lines = [
        f"CREATE {'CONSTRAINT ' if found.constraint else ''}TRIGGER {name(at.name)}",
        f"    {found.timing.upper()} {events} ON {parent(at)}",
    ]
    if found.references:
        lines.append(f"    FROM {qualified(found.references)}")
    if found.deferrable:
        lines.append("    DEFERRABLE" + (" INITIALLY DEFERRED" if found.initially_deferred else ""))
    lines.extend(_transition_tables(found))
    lines.append(
        f"    FOR EACH {found.level.upper()}"
        + (f" WHEN ({without_parentheses(found.when)})" if found.when else "")
    )
    arguments = ", ".join(map(literal, found.arguments))
    lines.append(f"    EXECUTE FUNCTION {_called(found.function)}({arguments});")
    if found.enabled != "origin":
        lines.append(f"ALTER TABLE {parent(at)} {_switch(found.enabled)} TRIGGER {name(at.name)};")
    return "\n".join(lines)


def _called(function_at: Address | None) -> str:
    return f"{name(function_at.schema)}.{name(function_at.name.removesuffix('()'))}" if function_at else ""


def _events(found: Trigger) -> Iterator[str]:
    for event in found.events:
        yield event.upper() + (f" OF {names(found.columns)}" if event == "update" and found.columns else "")


def _transition_tables(found: Trigger) -> Iterator[str]:
    tables = {"OLD": found.old_table, "NEW": found.new_table}
    parts = [f"{side} TABLE AS {name(table)}" for side, table in tables.items() if table]
    if parts:
        yield f"    REFERENCING {' '.join(parts)}"


def _switch(enabled: str) -> str:
    return {"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}[enabled]


def event_trigger(found: EventTrigger, _: Catalog) -> str:
    tags = f"\n    WHEN TAG IN ({', '.join(map(literal, found.tags))})" if found.tags else ""
    at = name(found.address.name)
    text = (
        f"CREATE EVENT TRIGGER {at} ON {found.event}{tags}\n    EXECUTE FUNCTION {_called(found.function)}();"
    )
    return (
        text if found.enabled == "origin" else f"{text}\nALTER EVENT TRIGGER {at} {_switch(found.enabled)};"
    )


def rule(found: Rule, _: Catalog) -> str:
    at = found.address
    if found.enabled == "origin":
        return found.definition
    return f"{found.definition}\nALTER TABLE {parent(at)} {_switch(found.enabled)} RULE {name(at.name)};"


def policy(found: Policy, _: Catalog) -> str:
    at = found.address
    lines = [f"CREATE POLICY {name(at.name)} ON {parent(at)}"]
    if not found.permissive:
        lines.append("    AS RESTRICTIVE")
    if found.command != "all":
        lines.append(f"    FOR {found.command.upper()}")
    if found.roles:
        lines.append(f"    TO {', '.join(map(role, found.roles))}")
    if found.using:
        lines.append(f"    USING ({without_parentheses(found.using)})")
    if found.check:
        lines.append(f"    WITH CHECK ({without_parentheses(found.check)})")
    return "\n".join(lines) + ";"
