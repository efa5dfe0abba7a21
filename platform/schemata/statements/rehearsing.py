"""Whether a statement can be tried: run within a transaction that goes on, and taken back by rolling that back.

Statements that change schemas do the same there as in a transaction of their own (manual, 13.1 and
sql-begin). Left out is whatever does not: what Postgres refuses in a transaction block, what lasts
beyond it (settings, sequences that were counted up), what ends it, temporary relations, and all that
runs code which could look at where it runs.
"""

from collections.abc import Callable, Iterable
from typing import Any

from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement

TEMPORARY = "pg_temp"


def can_be_tried(statements: Iterable[Statement]) -> bool:
    """Whether all of them can; what can't be parsed can't be tried either."""
    return all(map(_can_be_tried, statements))


def _can_be_tried(statement: Statement) -> bool:
    allows = _ALLOWED.get(statement.kind)
    if allows is None or len(statement.text) > PARSED_CHARACTERS or TEMPORARY in statement.text.lower():
        return False
    from pglast import parser

    return allows(parser.parse_sql(statement.text)[0].stmt)


def _always(_node: Any) -> bool:
    return True


def _lasts(node: Any) -> bool:
    """Not temporary."""
    return str(node.relation.relpersistence) != "t"


def _view_lasts(node: Any) -> bool:
    return str(node.view.relpersistence) != "t"


def _sequence_lasts(node: Any) -> bool:
    return str(node.sequence.relpersistence) != "t"


def _at_once(node: Any) -> bool:
    return not node.concurrent


_ALLOWED: dict[str, Callable[[Any], bool]] = {
    "AlterDomainStmt": _always,
    "AlterEnumStmt": _always,
    "AlterFunctionStmt": _always,
    "AlterObjectSchemaStmt": _always,
    "AlterOwnerStmt": _always,
    "AlterPolicyStmt": _always,
    "AlterSeqStmt": _always,
    "AlterTableStmt": _always,
    "CommentStmt": _always,
    "CompositeTypeStmt": _always,
    "CreateDomainStmt": _always,
    "CreateEnumStmt": _always,
    "CreateFunctionStmt": _always,
    "CreatePolicyStmt": _always,
    "CreateSeqStmt": _sequence_lasts,
    "CreateStmt": _lasts,
    "CreateTrigStmt": _always,
    "DropStmt": _at_once,
    "IndexStmt": _at_once,
    "RenameStmt": _always,
    "RuleStmt": _always,
    "ViewStmt": _view_lasts,
}
