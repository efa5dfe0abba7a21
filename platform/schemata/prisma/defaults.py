"""`@default(...)` as the SQL expression that Prisma's engine writes."""

import base64
from datetime import datetime

from schemata.prisma.syntax import Array, Call, Expression, Literal, Number, Path


def sql(value: Expression, kind: str, column_type: str, values: dict[str, str]) -> str:
    """The expression, or "" where the database gets none (`uuid()`, `cuid()`, `autoincrement()`).

    `kind` is the field's type in the schema, `column_type` its type in SQL,
    `values` the mapped names of an enum's values.
    """
    match value:
        case Call("now", _):
            return "CURRENT_TIMESTAMP"
        case Call("dbgenerated", arguments):
            first = arguments[0].value if arguments else None
            return first.value if isinstance(first, Literal) else ""
        case Call():
            return ""
        case Array(items):
            inner = ", ".join(_item(item, kind, values) for item in items)
            return f"ARRAY[{inner}]::{column_type}"
        case _:
            return _item(value, kind, values)


def _item(value: Expression, kind: str, values: dict[str, str]) -> str:
    match value:
        case Literal(text) if kind == "Bytes":
            return f"'\\x{base64.b64decode(text).hex()}'"
        case Literal(text) if kind == "DateTime":
            return quoted(_moment(text))
        case Literal(text):
            return quoted(text)
        case Number(text):
            return text
        case Path(name):
            return quoted(values[name]) if name in values else name
        case _:
            return ""


def _moment(text: str) -> str:
    """An ISO 8601 time as the engine writes it: `2020-01-01 00:00:00 +00:00`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (
        f"{moment:%Y-%m-%d %H:%M:%S}{_fraction(moment.microsecond)} {_offset(moment)}"
        if moment.tzinfo
        else text
    )


def _offset(moment: datetime) -> str:
    shown = f"{moment:%z}"
    return f"{shown[:3]}:{shown[3:5]}"


def _fraction(microsecond: int) -> str:
    """Three digits where they are enough, else six; nothing for a whole second."""
    if microsecond % 1000:
        return f".{microsecond:06}"
    return f".{microsecond // 1000:03}" if microsecond else ""


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
