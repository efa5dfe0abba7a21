"""What statements make, fill and call beyond what the schemas before and after tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemata.statements.effects import converts, walk
from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement
from schemata.statements.writes import Verb, Write

_MAKING = frozenset({"CreateStmt", "CreateTableAsStmt", "SelectStmt"})
_CALLING = frozenset(
    {"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CreateTableAsStmt", "AlterTableStmt"}
)
# As in catalog/pg_trigger.h.
_EVENTS = {1 << 2: "insert", 1 << 3: "delete", 1 << 4: "update", 1 << 5: "truncate"}
_ALTERING = frozenset({"AlterTableStmt"})
_SERIAL = frozenset({"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"})


@dataclass(frozen=True, slots=True)
class ColumnAdded:
    """By ALTER TABLE ... ADD COLUMN. `is_empty`: without a default of its own, or anything else that fills it."""

    table: str
    name: str
    is_empty: bool


@dataclass(frozen=True, slots=True)
class TriggerMade:
    """By CREATE TRIGGER, by the bare names of its table and its function; events as a catalog names them."""

    table: str
    function: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunctionMade:
    """By CREATE FUNCTION or PROCEDURE, by its bare name. `body` is its code as text."""

    name: str
    body: str


def tables_made(statement: Statement) -> Iterator[str]:
    """Names of the tables that CREATE TABLE, CREATE TABLE AS and SELECT INTO make; of no other statement."""
    node = _parsed(statement, _MAKING)
    if type(node).__name__ == "CreateStmt":
        yield str(node.relation.relname)
    for each in walk(node) if node is not None else ():
        if type(each).__name__ == "IntoClause":
            yield str(each.rel.relname)


def columns_added(statement: Statement) -> Iterator[ColumnAdded]:
    """In the order in which ALTER TABLE names them."""
    for node, command in _commands(statement, "AT_AddColumn"):
        column = command.def_
        fills = {each.contype.name for each in column.constraints or ()} & {
            "CONSTR_DEFAULT",
            "CONSTR_GENERATED",
            "CONSTR_IDENTITY",
        }
        is_serial = column.typeName.names[-1].sval in _SERIAL
        yield ColumnAdded(str(node.relation.relname), str(column.colname), not (fills or is_serial))


def overwritten(statement: Statement) -> Iterator[Write]:
    """Columns whose values ALTER COLUMN TYPE ... USING computes anew, by more than a cast, as if by UPDATE."""
    for node, command in _commands(statement, "AT_AlterColumnType"):
        if converts(command):
            relation = node.relation
            yield Write(Verb.UPDATE, relation.schemaname or "", str(relation.relname), (str(command.name),))


def function_made(statement: Statement) -> FunctionMade | None:
    """What CREATE FUNCTION or PROCEDURE makes; None of every other statement."""
    node = _parsed(statement, frozenset({"CreateFunctionStmt"}))
    if node is None:
        return None
    texts = [each.sval for option in node.options or () if option.defname == "as" for each in option.arg]
    return FunctionMade(str(node.funcname[-1].sval), "\n".join(texts) or statement.text)


def trigger_made(statement: Statement) -> TriggerMade | None:
    """What CREATE TRIGGER makes; None of every other statement."""
    node = _parsed(statement, frozenset({"CreateTrigStmt"}))
    if node is None:
        return None
    events = tuple(event for bit, event in _EVENTS.items() if node.events & bit)
    return TriggerMade(str(node.relation.relname), str(node.funcname[-1].sval), events)


def called_by(statement: Statement) -> Iterator[str]:
    """Functions that a statement which writes or fills rows calls for it, without their schemas."""
    node = _parsed(statement, _CALLING)
    for each in walk(node) if node is not None else ():
        if type(each).__name__ == "FuncCall":
            yield str(each.funcname[-1].sval)


def _commands(statement: Statement, sort: str) -> Iterator[tuple[Any, Any]]:
    node = _parsed(statement, _ALTERING)
    for command in node.cmds if node is not None else ():
        if command.subtype.name == sort:
            yield node, command


def _parsed(statement: Statement, kinds: frozenset[str]) -> Any:
    """The statement's node; None for one of another kind, or too long to be parsed."""
    if statement.kind not in kinds or len(statement.text) > PARSED_CHARACTERS:
        return None
    from pglast import parser

    return parser.parse_sql(statement.text)[0].stmt
