"""Aggregates and operators, whose options name routines without argument types (manual, CREATE OPERATOR)."""

from collections.abc import Iterator, Mapping

from schemata.catalog import Aggregate, Other
from schemata.render.names import literal, name

_PARALLEL = {"s": "SAFE", "r": "RESTRICTED"}
_MODIFY = {"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"}
_WRITTEN_AS_TEXT = frozenset({"initcond", "minitcond"})
# Shown by Postgres with argument types, wanted by CREATE AGGREGATE and CREATE OPERATOR without.
_ROUTINES = frozenset(
    [
        "sfunc",
        "finalfunc",
        "combinefunc",
        "serialfunc",
        "deserialfunc",
        "msfunc",
        "minvfunc",
        "mfinalfunc",
        "sortop",
        "function",
        "commutator",
        "negator",
        "restrict",
        "join",
    ]
)


def create_aggregate(found: Aggregate) -> str:
    """See https://www.postgresql.org/docs/current/sql-createaggregate.html."""
    options = [_option(key, value) for key, value in found.attributes if key not in ("kind", "directargs")]
    if ("kind", "h") in found.attributes:
        options.append("HYPOTHETICAL")
    at = f"{name(found.address.schema)}.{name(found.name)}"
    inside = ",\n    ".join(options)
    return f"CREATE AGGREGATE {at}({found.arguments or '*'}) (\n    {inside}\n);"


def _option(key: str, value: str) -> str:
    if key == "parallel":
        return f"PARALLEL = {_PARALLEL[value]}"
    if key.endswith("_modify"):
        return f"{key.upper()} = {_MODIFY[value]}"
    if key.endswith("_extra"):
        return key.upper()
    if key in _WRITTEN_AS_TEXT:
        return f"{key.upper()} = {literal(value)}"
    return f"{key.upper()} = {_bare(key, value)}"


def _bare(key: str, value: str) -> str:
    text = value.partition("(")[0] if key in _ROUTINES else value
    return f"OPERATOR({text})" if key in ("sortop", "commutator", "negator") and "." in text else text


def create_operator(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    sign, _, operands = found.address.name.rpartition("(")
    left, _, right = operands.removesuffix(")").partition(", ")
    options = [f"FUNCTION = {_bare('function', has['function'])}"]
    options += [f"{side} = {of}" for side, of in (("LEFTARG", left), ("RIGHTARG", right)) if of != "none"]
    for key in ("commutator", "negator", "restrict", "join"):
        if key in has:
            options.append(f"{key.upper()} = {_bare(key, has[key])}")
    options += [key.upper() for key in ("hashes", "merges") if key in has]
    yield f"CREATE OPERATOR {name(found.address.schema)}.{sign} ({', '.join(options)});"
