"""Whether a statement may change rows in a way that the schema does not tell."""

from collections.abc import Iterator
from typing import Any

from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement

# What these do to rows follows from the schemas before and after: nothing, or (DROP) their end.
# Any other kind may change rows, one that can't be told included.
_SCHEMA_ONLY = frozenset(
    {
        "AlterCollationStmt", "AlterDefaultPrivilegesStmt", "AlterDomainStmt", "AlterEnumStmt",
        "AlterEventTrigStmt", "AlterExtensionContentsStmt", "AlterExtensionStmt", "AlterFunctionStmt",
        "AlterObjectDependsStmt", "AlterObjectSchemaStmt", "AlterOperatorStmt", "AlterOpFamilyStmt",
        "AlterOwnerStmt", "AlterPolicyStmt", "AlterPublicationStmt", "AlterRoleSetStmt", "AlterRoleStmt",
        "AlterStatsStmt", "AlterTSConfigurationStmt", "AlterTSDictionaryStmt", "AlterTypeStmt",
        "CommentStmt", "CompositeTypeStmt", "ConstraintsSetStmt", "CreateCastStmt", "CreateConversionStmt",
        "CreateDomainStmt", "CreateEnumStmt", "CreateEventTrigStmt", "CreateExtensionStmt",
        "CreateFunctionStmt", "CreateOpClassStmt", "CreateOpFamilyStmt", "CreatePolicyStmt",
        "CreatePublicationStmt", "CreateRangeStmt", "CreateRoleStmt", "CreateSchemaStmt", "CreateSeqStmt",
        "CreateStatsStmt", "CreateStmt", "CreateTransformStmt", "CreateTrigStmt", "DeallocateStmt",
        "DefineStmt", "DiscardStmt", "DropRoleStmt", "DropStmt", "GrantRoleStmt", "GrantStmt", "IndexStmt",
        "ListenStmt", "LockStmt", "NotifyStmt", "PrepareStmt", "ReindexStmt", "RenameStmt", "RuleStmt",
        "SecLabelStmt", "TransactionStmt", "UnlistenStmt", "VacuumStmt", "VariableSetStmt",
        "VariableShowStmt", "ViewStmt",
    }
)  # fmt: skip
# Defaults of these never look at another row.
_PLAIN_FUNCTIONS = frozenset(
    {
        "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timezone",
        "gen_random_uuid", "uuidv7", "uuid_generate_v4", "random", "md5", "lower", "upper", "set_config",
    }
)  # fmt: skip
_WRITING = ("AT_AddColumn", "AT_AlterColumnType")
_CODE = frozenset({"FuncCall", "SubLink", "A_Expr"})


def changes_data(statement: Statement) -> bool:
    """Whether rows may be other ones after it: it writes rows, may call a function that does, or can't be told.

    False promises that what the statement does to rows follows from the schema
    before and after it. A type that is changed by a mere cast, and a default of a
    new column that looks at no other row, count as schema.
    """
    kind = statement.kind
    if kind in _SCHEMA_ONLY:
        return False
    look = _LOOKS.get(kind)
    if look is None or len(statement.text) > PARSED_CHARACTERS:
        return True
    from pglast import parser

    return look(parser.parse_sql(statement.text)[0].stmt)


def _alters_rows(node: Any) -> bool:
    """ALTER TABLE: a USING, or the default of a new column, that does more than write a value."""
    written = [command.def_ for command in node.cmds if command.subtype.name in _WRITING]
    return any(_computes(each.raw_default) or any(map(_defaults, each.constraints or ())) for each in written)


def _defaults(constraint: Any) -> bool:
    return constraint.contype.name == "CONSTR_DEFAULT" and _computes(constraint.raw_expr)


def _restarts(node: Any) -> bool:
    return any(option.defname == "restart" for option in node.options or ())


def _calls(node: Any) -> bool:
    return bool(node.fromClause or node.intoClause or node.withClause or node.op.value or _computes(node))


def _computes(node: Any) -> bool:
    return any(_is_code(each) for each in _walk(node))


def _is_code(node: Any) -> bool:
    sort = type(node).__name__
    if sort == "FuncCall":
        return node.funcname[-1].sval not in _PLAIN_FUNCTIONS
    return sort in _CODE


def _walk(node: Any) -> Iterator[Any]:
    """A node of the tree and all below it; no deeper than a short text nests."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, tuple):
            waiting += found
        elif hasattr(found, "__slots__"):
            yield found
            waiting += [getattr(found, name) for name in found.__slots__]


_LOOKS = {"AlterTableStmt": _alters_rows, "AlterSeqStmt": _restarts, "SelectStmt": _calls}
