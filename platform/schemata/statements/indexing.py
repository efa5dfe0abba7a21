"""Which index a statement makes, and whether others may write meanwhile."""

from dataclasses import dataclass
from typing import Any

from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement


@dataclass(frozen=True, slots=True)
class IndexMade:
    """By CREATE INDEX (manual: sql-createindex). `name` is empty where Postgres is to choose one."""

    table: str
    name: str
    concurrently: bool


def index_made(statement: Statement) -> IndexMade | None:
    """None for every other statement, and for one that is too long to be parsed."""
    if statement.kind != "IndexStmt" or len(statement.text) > PARSED_CHARACTERS:
        return None
    from pglast import parser

    node: Any = parser.parse_sql(statement.text)[0].stmt
    return IndexMade(str(node.relation.relname), str(node.idxname or ""), bool(node.concurrent))
