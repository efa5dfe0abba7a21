"""Whether a new column has Postgres write the table anew, as a value is made for each row that is there.

A default that gives the same for all of them is only noted (manual: ALTER TABLE, notes).
"""

from collections.abc import Iterator
from typing import Any

from schemata.catalog import Catalog, Column, Function
from schemata.plan.casting import is_checked
from schemata.statements.effects import walk
from schemata.statements.kinds import PARSED_CHARACTERS

# The server's own functions that give something else each time (pg_proc.provolatile); many more begin like these.
_VOLATILE = frozenset(
    {
        "array_sample", "array_shuffle", "clock_timestamp", "current_query", "currval", "gen_random_uuid",
        "lastval", "nextval", "query_to_xml", "random", "random_normal", "set_config", "setval",
        "timeofday", "uuidv4", "uuidv7",
    }
)  # fmt: skip
_ADMINISTRATIVE = ("pg_", "lo_", "txid_")


def is_filled_anew(column: Column, catalog: Catalog) -> bool:
    """Where unsure, yes: of functions of extensions nobody here knows what they give."""
    if column.generated == "virtual":
        return False
    is_made = bool(column.identity or column.generated)
    return is_made or is_checked(column.type, catalog) or _varies(column.default, catalog)


def _varies(default: str, catalog: Catalog) -> bool:
    """Whether an expression may give something else for another row."""
    if not default or len(default) > PARSED_CHARACTERS:
        return bool(default)
    from pglast import parser

    try:
        tree = parser.parse_sql(f"SELECT {default}")[0].stmt
    except parser.ParseError:
        return True
    return any(_is_volatile(each, catalog) for each in walk(tree))


def _is_volatile(node: Any, catalog: Catalog) -> bool:
    sort = type(node).__name__
    if sort == "A_Expr":
        # What is written OPERATOR(schema.+) is somebody's own.
        return len(node.name) > 1
    if sort != "FuncCall":
        return False
    *schema, name = (each.sval for each in node.funcname)
    if schema in ([], ["pg_catalog"]):
        return name in _VOLATILE or name.startswith(_ADMINISTRATIVE)
    found = tuple(_overloads(schema[-1], name, catalog))
    return not found or any(each.volatility == "volatile" for each in found)


def _overloads(schema: str, name: str, catalog: Catalog) -> Iterator[Function]:
    for at, found in catalog.objects.items():
        if isinstance(found, Function) and (at.schema, found.name) == (schema, name):
            yield found
