"""Whether rows hold something of what statements did and undid: the catalog at the end does not tell."""

from collections.abc import Iterable, Iterator
from typing import Any

from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement

CONVERTS = "AT_AlterColumnType"
_FILLS = "AT_AddColumn"
# What filled the rows of a new column may be gone after these (manual: sql-altertable).
_FORGETS = frozenset({"AT_ColumnDefault", "AT_DropExpression", "AT_SetExpression", "AT_DropIdentity"})


def passes_through(statements: Iterable[Statement]) -> bool:
    """Whether rows may have gone through a type, or taken a default, that is not there any more at the end.

    A text that was cut to one letter and made long again stays cut; a column keeps what it was filled with.
    """
    done = [command for each in statements for command in commands(each)]
    return done.count(CONVERTS) > 1 or (_FILLS in done and not _FORGETS.isdisjoint(done))


def commands(statement: Statement) -> Iterator[str]:
    """What an ALTER TABLE, ALTER TYPE or ALTER DOMAIN does, as Postgres's grammar calls it.

    Of a statement that is too long to be parsed nothing: `changes_data` says that it may do anything.
    """
    if statement.kind not in _COMMANDS or len(statement.text) > PARSED_CHARACTERS:
        return
    from pglast import parser

    yield from _COMMANDS[statement.kind](parser.parse_sql(statement.text)[0].stmt)


def _of_table(node: Any) -> Iterator[str]:
    return (command.subtype.name for command in node.cmds)


def _of_domain(node: Any) -> Iterator[str]:
    """Only of a default, which fills the columns that are added meanwhile; the grammar calls it `T`."""
    return iter(("AT_ColumnDefault",) if node.subtype == "T" else ())


_COMMANDS = {"AlterTableStmt": _of_table, "AlterDomainStmt": _of_domain}
