"""Whether a statement can be tried: run within a transaction that goes on, and taken back by rolling that back.

Statements that change schemas do the same there as in a transaction of their own (manual, 13.1 and
sql-begin). Left out is whatever does not: what Postgres refuses in a transaction block, what lasts
beyond it (settings, sequences that were counted up), what ends it, temporary relations, and all that
runs code which could look at where it runs. Code that a statement runs without naming it (a check of
a table that is rewritten) only shows when it is run.
"""

from collections.abc import Callable, Sequence
from typing import Any

from schemata.statements.calls import calls_are_harmless
from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement

# A name can be spelt by its characters' numbers (manual, 4.1.1), so that no part of it is seen.
UNSEEN = ("pg_temp", "u&")


def can_be_tried(statements: Sequence[Statement]) -> bool:
    """Whether all of them can, in one transaction; what can't be parsed can't be tried either."""
    parsed = [_parsed(statement) for statement in statements]
    return None not in parsed and not _use_values_early(parsed) and all(map(calls_are_harmless, parsed))


def _parsed(statement: Statement) -> Any:
    """The statement's tree; None where it can't be tried by itself."""
    allows = _ALLOWED.get(statement.kind)
    text = statement.text
    if allows is None or len(text) > PARSED_CHARACTERS or any(word in text.lower() for word in UNSEEN):
        return None
    from pglast import parser

    found = [each.stmt for each in parser.parse_sql(text)]
    return found[0] if len(found) == 1 and allows(found[0]) else None


def _use_values_early(parsed: Sequence[Any]) -> bool:
    """Whether values could be used in the transaction that adds them, as Postgres 17 lets those of a new enum be."""
    kinds = {type(each).__name__ for each in parsed}
    return {"CreateEnumStmt", "AlterEnumStmt"} <= kinds


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
