"""A type as people type it -> as Postgres shows it: a catalog knows `character varying(66)`, not `varchar(66)`."""

import json
from typing import Any

from schemata.catalog import quote

# What `format_type` says (Postgres manual, table 8.1); the limit stands where the braces are.
_SHOWN = {
    "int2": "smallint{}",
    "int4": "integer{}",
    "int8": "bigint{}",
    "float4": "real{}",
    "float8": "double precision{}",
    "bool": "boolean{}",
    "decimal": "numeric{}",
    "varchar": "character varying{}",
    "bpchar": "character{}",
    "varbit": "bit varying{}",
    "timestamp": "timestamp{} without time zone",
    "timestamptz": "timestamp{} with time zone",
    "time": "time{} without time zone",
    "timetz": "time{} with time zone",
}
_OWN = "pg_catalog"


def as_shown(type_: str) -> str:
    """The type in Postgres's own spelling; whether there is one of that name is not looked at.

    Raises ValueError where the text is no type's name.
    """
    found = _parsed(type_)
    names = [each["String"]["sval"] for each in found["names"]]
    limits = _limits(found.get("typmods", ()))
    if limits is None or names[-1] == "interval" or found.get("setof") or found.get("pct_type"):
        return type_.strip()
    bare = names[-1] if names[:-1] in ([], [_OWN]) else ".".join(map(quote, names))
    if bare == "numeric" and len(limits) == 1:
        limits = [*limits, 0]
    limit = f"({','.join(map(str, limits))})" if limits else ""
    brackets = "[]" if found.get("arrayBounds") else ""
    return _SHOWN.get(bare, f"{_named(bare, names)}{{}}").format(limit) + brackets


def _named(bare: str, names: list[str]) -> str:
    # A type of the name "char" is another one than character, and always quoted.
    shown = '"char"' if names == ["char"] else bare if len(names) > 1 else quote(bare)
    return shown.replace("{", "{{").replace("}", "}}")


def _parsed(type_: str) -> dict[str, Any]:
    from pglast import parser

    try:
        tree = json.loads(parser.parse_sql_json(f"SELECT NULL::{type_}\n"))
        (statement,) = tree["stmts"]
        select = statement["stmt"]["SelectStmt"]
        (target,) = select["targetList"]
        named: dict[str, Any] = target["ResTarget"]["val"]["TypeCast"]["typeName"]
    except (parser.ParseError, ValueError, KeyError, UnicodeEncodeError) as error:
        raise ValueError(f"{type_.strip()} is no type that Postgres could read") from error
    if set(select) - {"targetList", "limitOption", "op"} or "name" in target["ResTarget"]:
        raise ValueError(f"{type_.strip()} is more than a type")
    return named


def _limits(typmods: Any) -> list[int] | None:
    """Numbers in parentheses; None where they are something else."""
    found = [each.get("A_Const", {}).get("ival") for each in typmods]
    return None if None in found else [each.get("ival", 0) for each in found]
