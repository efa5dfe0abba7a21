"""Which tables' rows a statement writes, and how: what it costs whoever runs it, and whose tables they are.

Read with Postgres's own grammar (manual: sql-insert, sql-update, sql-delete, sql-merge, sql-truncate); what
is inside of code (DO, CALL, a function) is only searched for words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemata.statements.effects import changes_data, walk
from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement


class Verb(StrEnum):
    """INSERT only adds rows. UNTOLD: it runs code of which that can't be told."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Write:
    """One table of a statement; `schema` is empty where the statement names none, `table` where it is untold.

    `columns` are those that an UPDATE sets.
    """

    verb: Verb
    schema: str = ""
    table: str = ""
    columns: tuple[str, ...] = ()


# Words of code that may take rows or values away, apart from those of a foreign key's actions.
_TAKES_AWAY = re.compile(r"\b(delete|update|truncate|merge|drop|execute|perform|call)\b", re.IGNORECASE)
_KEY_ACTION = re.compile(r"\bon\s+(delete|update)\b", re.IGNORECASE)
# They move a sequence, and no row.
_HARMLESS = re.compile(r"\bselect\s+(pg_catalog\.)?(setval|set_config|nextval)\s*\(", re.IGNORECASE)


def writes(statement: Statement) -> tuple[Write, ...]:
    """What the statement does to rows, in the order in which it says so; nothing where only schemas change."""
    if not changes_data(statement):
        return ()
    if len(statement.text) > PARSED_CHARACTERS:
        # So long a statement is a list of rows, which `kind` tells by its first words.
        return () if statement.kind == "InsertStmt" else (Write(Verb.UNTOLD),)
    if not statement.kind:
        return (Write(Verb.UNTOLD),)
    from pglast import parser

    tree = parser.parse_sql(statement.text)[0].stmt
    found = tuple(write for node in walk(tree) for write in _writes_of(node))
    return tuple(dict.fromkeys(found)) or _untold(statement, tree)


def takes_away(code: str) -> bool:
    """Whether code has words by which rows or values may go, or by which it may run other code that does."""
    return bool(_TAKES_AWAY.search(_KEY_ACTION.sub("", code)))


def _writes_of(node: Any) -> Iterator[Write]:
    sort = type(node).__name__
    if sort == "InsertStmt":
        yield _write(Verb.INSERT, node.relation)
        clause = node.onConflictClause
        if clause is not None and clause.targetList:
            yield _write(Verb.UPDATE, node.relation, clause.targetList)
    elif sort == "UpdateStmt":
        yield _write(Verb.UPDATE, node.relation, node.targetList)
    elif sort == "DeleteStmt":
        yield _write(Verb.DELETE, node.relation)
    elif sort == "TruncateStmt":
        yield from (_write(Verb.DELETE, each) for each in node.relations)
    elif sort == "MergeStmt":
        yield from _merged(node)
    elif sort == "CopyStmt" and node.is_from and node.relation:
        yield _write(Verb.INSERT, node.relation)


def _merged(node: Any) -> Iterator[Write]:
    for clause in node.mergeWhenClauses or ():
        command = clause.commandType.name.removeprefix("CMD_").lower()
        if command in tuple(Verb):
            yield _write(Verb(command), node.relation, clause.targetList if command == "update" else ())


def _write(verb: Verb, relation: Any, targets: Any = ()) -> Write:
    columns = tuple(each.name for each in targets or () if each.name)
    return Write(verb, relation.schemaname or "", relation.relname, columns)


def _untold(statement: Statement, tree: Any) -> tuple[Write, ...]:
    """Code that may take something away; a type's conversion and a default compute, and delete nothing."""
    if statement.kind in ("AlterTableStmt", "AlterSeqStmt", "CreateTableAsStmt", "RefreshMatViewStmt"):
        return ()
    if statement.kind in ("VariableSetStmt", "ExplainStmt", "CopyStmt"):
        return ()
    if statement.kind == "DoStmt" and not takes_away(statement.text):
        return ()
    if statement.kind == "SelectStmt" and (
        _HARMLESS.match(statement.text[len(statement.lead) :])
        or not any(type(node).__name__ == "FuncCall" for node in walk(tree))
    ):
        return ()
    return (Write(Verb.UNTOLD),)
