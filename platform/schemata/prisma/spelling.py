"""Postgres's types and defaults as a schema file says them: the way back from `types` and `defaults`.

Only what has one plain spelling; for the rest the answer is None, and people write the field themselves.
"""

import json
import re

from schemata.catalog import Column
from schemata.prisma.types import NATIVE, SCALARS

# As format_type spells them (manual: functions-info, format_type), by the spelling of Prisma's engine.
_FORMATTED = {
    "VARCHAR": "character varying",
    "CHAR": "character",
    "BIT": "bit",
    "VARBIT": "bit varying",
    "DECIMAL": "numeric",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMPTZ": "timestamp with time zone",
    "TIME": "time without time zone",
    "TIMETZ": "time with time zone",
}
_TYPE = re.compile(
    r"(?P<name>[a-z ]+?)(?:\((?P<arguments>[0-9,]+)\))?(?P<rest> with(?:out)? time zone)?(?P<list>\[\])?$"
)
_SCALAR_OF = {
    "Text": "String",
    "Char": "String",
    "VarChar": "String",
    "Bit": "String",
    "VarBit": "String",
    "Uuid": "String",
    "Xml": "String",
    "Inet": "String",
    "Boolean": "Boolean",
    "Integer": "Int",
    "SmallInt": "Int",
    "Oid": "Int",
    "BigInt": "BigInt",
    "DoublePrecision": "Float",
    "Real": "Float",
    "Decimal": "Decimal",
    "Money": "Decimal",
    "Timestamp": "DateTime",
    "Timestamptz": "DateTime",
    "Date": "DateTime",
    "Time": "DateTime",
    "Timetz": "DateTime",
    "Json": "Json",
    "JsonB": "Json",
    "ByteA": "Bytes",
}
_TEXT = re.compile(r"'((?:[^']|'')*)'(?:::[\w\s\"().]+)?$")
_NUMBER = re.compile(r"\(?(-?\d+(?:\.\d+)?)\)?(?:::[\w\s().]+)?$")


def field_type(formatted: str) -> str | None:
    """`character varying(80)` as `String @db.VarChar(80)`; without the attribute where none is needed."""
    found = _TYPE.match(formatted)
    if found is None:
        return None
    name = found["name"] + (found["rest"] or "")
    arguments = f"({found['arguments']})" if found["arguments"] else ""
    for native, scalar in _SCALAR_OF.items():
        sql = NATIVE[native]
        if _FORMATTED.get(sql, sql.lower()) == name:
            shown = scalar + (found["list"] or "")
            return shown if SCALARS[scalar] == sql + arguments else f"{shown} @db.{native}{arguments}"
    return None


def default(column: Column) -> str | None:
    """The argument of `@default(...)`; empty where the column has no default, None where there is no spelling."""
    said = column.default
    if not said:
        return None if column.identity else ""
    if column.generated or said.startswith("nextval("):
        return None
    if said in ("true", "false"):
        return said
    if said in ("now()", "CURRENT_TIMESTAMP"):
        return "now()"
    if number := _NUMBER.match(said):
        return number[1]
    text = _TEXT.match(said)
    known = text and field_type(column.type)
    if text is None or known is None or not known.startswith("String"):
        return None
    return json.dumps(text[1].replace("''", "'"), ensure_ascii=False)
