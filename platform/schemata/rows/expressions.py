"""Columns and constants in the expressions of checks, as Postgres's grammar gives them (pglast)."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

# What these return compares with a constant as their first argument itself does, for the values made here.
ALIKE = frozenset({"btrim", "ltrim", "rtrim", "lower", "trim", "coalesce", "abs", "round"})
_FIELDS = {"Integer": "ival", "Float": "fval", "String": "sval", "BitString": "bsval"}


def number(text: str) -> Decimal | str:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return text
    # What is beyond a double's range would be a number of a million digits when written out.
    return found if found.is_finite() and abs(found.adjusted()) < 300 else text


def bare(node: Any) -> Any:
    """Without casts and collations around it."""
    while type(node).__name__ in ("TypeCast", "CollateClause"):
        node = node.arg
    return node


def column_of(node: Any) -> str | None:
    """The column that an expression is about: itself, cast, trimmed or in lower case."""
    node = bare(node)
    sort = type(node).__name__
    if sort == "FuncCall" and node.funcname[-1].sval in ALIKE and node.args:
        return column_of(node.args[0])
    if sort == "CoalesceExpr":
        return column_of(node.args[0])
    if sort != "ColumnRef" or type(node.fields[-1]).__name__ != "String":
        return None
    return str(node.fields[-1].sval)


def constant_of(node: Any) -> str | None:
    node = bare(node)
    sort = type(node).__name__
    if sort == "A_Expr" and node.lexpr is None and node.name[-1].sval == "-":
        inner = constant_of(node.rexpr)
        return None if inner is None else f"-{inner}"
    if sort != "A_Const" or node.isnull:
        return None
    value = node.val
    kind = type(value).__name__
    if kind == "Boolean":
        return "true" if value.boolval else "false"
    return str(getattr(value, _FIELDS[kind]))


def constants_of(node: Any) -> tuple[str, ...] | None:
    """The texts of ARRAY[...], of a list, or of an array's literal without quotes in it."""
    node = bare(node)
    if isinstance(node, tuple):
        elements: Iterable[Any] = node
    elif type(node).__name__ == "A_ArrayExpr":
        elements = node.elements or ()
    else:
        return _array_literal(constant_of(node))
    found = tuple(constant_of(each) for each in elements)
    return tuple(each for each in found if each is not None) if None not in found else None


def _array_literal(text: str | None) -> tuple[str, ...] | None:
    if text is None or not (text.startswith("{") and text.endswith("}")) or '"' in text:
        return None
    return tuple(text[1:-1].split(","))
