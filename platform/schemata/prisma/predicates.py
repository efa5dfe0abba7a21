"""`where:` of a partial index (preview feature partialIndexes) as the SQL that Prisma's engine writes."""

from collections.abc import Mapping

from schemata.prisma.defaults import quoted
from schemata.prisma.syntax import Argument, Call, Expression, Literal, Number, Object, Path

WORDS = frozenset({"true", "false"})


class WhereError(Exception):
    """The engine refuses this value as well."""


def sql(value: Expression | None, columns: Mapping[str, str]) -> str:
    """The predicate, "" where none is given. `columns` are the model's columns by field.

    `raw("...")` is taken as it stands, `{ field: value }` is spelled out; raises `WhereError`
    on anything else.
    """
    match value:
        case None:
            return ""
        case Call("raw", (Argument(value=Literal(text)),)):
            return text
        case Object(fields) if fields:
            return " AND ".join(_condition(field, columns) for field in fields)
        case _:
            raise WhereError('where wants raw("...") or an object such as { field: null }')


def _condition(field: Argument, columns: Mapping[str, str]) -> str:
    if field.name not in columns:
        raise WhereError(f"where names {field.name}, which is no column of this model")
    column = '"' + columns[field.name].replace('"', '""') + '"'
    match field.value:
        case Object((Argument("not", Path("null")),)):
            return f"{column} IS NOT NULL"
        case Object((Argument("not", value),)):
            return f"{column} != {_literal(value)}"
        case Path("null"):
            return f"{column} IS NULL"
        case value:
            return f"{column} = {_literal(value)}"


def _literal(value: Expression) -> str:
    match value:
        case Literal(text):
            return quoted(text)
        case Number(text):
            return text
        case Path(name) if name in WORDS:
            return name
        case _:
            raise WhereError("where compares with true, false, null, a string or a number")
