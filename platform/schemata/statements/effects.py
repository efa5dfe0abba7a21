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
        "SecLabelStmt", "TransactionStmt", "UnlistenStmt", "VacuumStmt", "VariableShowStmt",
        "ViewStmt",
    }
)  # fmt: skip
# Defaults of these never look at another row.
_PLAIN_FUNCTIONS = frozenset(
    {
        "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timezone",
        "gen_random_uuid", "uuidv7", "uuid_generate_v4", "random", "md5", "lower", "upper", "set_config",
    }
)  # fmt: skip
_CODE = frozenset({"FuncCall", "SubLink", "A_Expr"})
# What later statements read moments and texts by.
_READ_BY = frozenset({"timezone", "datestyle", "intervalstyle", "lc_monetary", "xmloption", "xmlbinary"})


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
    """ALTER TABLE: a USING that is more than a cast, or a new column that is filled with more than a value."""
    return any(_ALTERS[sort](command) for command in node.cmds if (sort := command.subtype.name) in _ALTERS)


def _fills(command: Any) -> bool:
    return any(map(_is_computed, command.def_.constraints or ()))


def _is_computed(constraint: Any) -> bool:
    """A default that is more than a value, or a generated column that calls what somebody may replace."""
    if constraint.contype.name == "CONSTR_GENERATED":
        return any(type(node).__name__ == "FuncCall" for node in walk(constraint.raw_expr))
    return constraint.contype.name == "CONSTR_DEFAULT" and _computes(constraint.raw_expr)


def converts(command: Any) -> bool:
    """Whether ALTER COLUMN TYPE has a USING that is more than a cast of the column."""
    using = command.def_.raw_default
    return using is not None and not _is_own_cast(using, command.name)


def _is_own_cast(node: Any, column: str) -> bool:
    """Whether it is the column itself, cast to its new type, perhaps by way of text."""
    inner = node.arg if type(node).__name__ == "TypeCast" else node
    while type(inner).__name__ == "TypeCast" and _is_text(inner.typeName):
        inner = inner.arg
    return type(inner).__name__ == "ColumnRef" and [_name(each) for each in inner.fields] == [column]


def _is_text(written: Any) -> bool:
    return _name(written.names[-1]) in ("text", "varchar") and not written.typmods


def _name(node: Any) -> str:
    return getattr(node, "sval", "")


def _sets_reading(node: Any) -> bool:
    return node.name is None or node.name.lower() in _READ_BY


def _restarts(node: Any) -> bool:
    return any(option.defname == "restart" for option in node.options or ())


def _calls(node: Any) -> bool:
    return bool(node.fromClause or node.intoClause or node.withClause or node.op.value or _computes(node))


def _computes(node: Any) -> bool:
    return any(_is_code(each) for each in walk(node))


def _is_code(node: Any) -> bool:
    sort = type(node).__name__
    if sort == "FuncCall":
        *schema, name = (each.sval for each in node.funcname)
        return name not in _PLAIN_FUNCTIONS or schema not in ([], ["pg_catalog"])
    return sort in _CODE


def walk(node: Any) -> Iterator[Any]:
    """A node of the tree and all below it; no deeper than a short text nests."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, tuple):
            waiting += found
        elif hasattr(found, "__slots__"):
            yield found
            waiting += [getattr(found, name) for name in found.__slots__]


_ALTERS = {"AT_AddColumn": _fills, "AT_AlterColumnType": converts}
_LOOKS = {
    "AlterTableStmt": _alters_rows,
    "AlterSeqStmt": _restarts,
    "SelectStmt": _calls,
    "VariableSetStmt": _sets_reading,
}
