"""What a statement speaks of by name: what it makes, changes or drops, whose rows it writes, what it mentions.

Names are bare, without their schema: which schema they stand in may hang on the
search path. A name counts although nothing of that name is there, for `DROP TABLE
IF EXISTS users` is a word about the table that somebody else makes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from schemata.statements.effects import walk
from schemata.statements.kinds import PARSED_CHARACTERS
from schemata.statements.statement import Statement


@dataclass(frozen=True, slots=True)
class Names:
    """`subjects` are what it makes, changes or drops, `filled` whose rows it writes, `called` its functions,
    `mentioned` all of these and what else it names.

    `unclear` says why that can't be told, empty where it can: then the names are not all.
    """

    subjects: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    unclear: str = ""


def names_of(statement: Statement) -> Names:
    """The names of one statement, by Postgres's own grammar."""
    kind = statement.kind
    if not kind:
        return Names(unclear="a statement that Postgres's grammar does not know")
    if len(statement.text) > PARSED_CHARACTERS:
        return _of_long(statement)
    from pglast import parser

    node = parser.parse_sql(statement.text)[0].stmt
    if reason := _unclear(kind, node):
        return Names(unclear=reason)
    called = frozenset(name for each in walk(node) for name in _called(each))
    return Names(frozenset(_subjects(node)), frozenset(_filled(node)), called, frozenset(_mentioned(node)))


# Longer than is parsed: what it says about the catalog shows there, and its words are taken for names.
_LONG = frozenset({"InsertStmt", "CreateFunctionStmt", "CreateStmt", "ViewStmt", "CreateEnumStmt"})


def _of_long(statement: Statement) -> Names:
    lowered = statement.text.lower()
    if statement.kind not in _LONG or "if not exists" in lowered:
        return Names(unclear=f"a statement longer than {PARSED_CHARACTERS:,} characters")
    return Names()


# Statements whose subjects and rows are all that they touch. Any other kind is unclear.
_TOLD = frozenset(
    {
        "AlterDomainStmt", "AlterEnumStmt", "AlterFunctionStmt", "AlterObjectSchemaStmt", "AlterOwnerStmt",
        "AlterPolicyStmt", "AlterSeqStmt", "AlterStatsStmt", "AlterTableStmt", "AlterTypeStmt",
        "CommentStmt", "CompositeTypeStmt", "ConstraintsSetStmt", "CopyStmt", "CreateDomainStmt",
        "CreateEnumStmt", "CreateFunctionStmt", "CreatePolicyStmt", "CreateRangeStmt", "CreateSchemaStmt",
        "CreateSeqStmt", "CreateStatsStmt", "CreateStmt", "CreateTableAsStmt", "CreateTrigStmt",
        "DeleteStmt", "DropStmt", "GrantStmt", "IndexStmt", "InsertStmt", "LockStmt", "MergeStmt",
        "NotifyStmt", "RefreshMatViewStmt", "ReindexStmt", "RenameStmt", "RuleStmt", "SelectStmt",
        "TransactionStmt", "TruncateStmt", "UpdateStmt", "VacuumStmt", "VariableSetStmt",
        "VariableShowStmt", "ViewStmt",
    }
)  # fmt: skip
_CALLED = {"DoStmt": "a DO block", "CallStmt": "a call of a procedure"}
# Kinds of object that live in no schema, or on which others hang without saying so.
_FAR_REACHING = frozenset(
    {
        "OBJECT_ACCESS_METHOD", "OBJECT_CAST", "OBJECT_COLLATION", "OBJECT_CONVERSION", "OBJECT_DATABASE",
        "OBJECT_EVENT_TRIGGER", "OBJECT_EXTENSION", "OBJECT_FDW", "OBJECT_FOREIGN_SERVER",
        "OBJECT_LANGUAGE", "OBJECT_LARGEOBJECT", "OBJECT_OPCLASS", "OBJECT_OPERATOR", "OBJECT_OPFAMILY",
        "OBJECT_PARAMETER_ACL", "OBJECT_PUBLICATION", "OBJECT_ROLE", "OBJECT_SUBSCRIPTION",
        "OBJECT_TABLESPACE", "OBJECT_TRANSFORM", "OBJECT_TSCONFIGURATION", "OBJECT_TSDICTIONARY",
        "OBJECT_TSPARSER", "OBJECT_TSTEMPLATE", "OBJECT_USER_MAPPING",
    }
)  # fmt: skip
_OBJECT_KINDS = ("removeType", "renameType", "objectType", "objtype")
_SCHEMA = "OBJECT_SCHEMA"
# Settings that change no meaning of what runs after them in the same session.
_HARMLESS_SETTINGS = frozenset(
    {
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "client_min_messages",
        "transaction_timeout", "client_encoding", "standard_conforming_strings", "maintenance_work_mem",
        "work_mem", "application_name",
    }
)  # fmt: skip
_FAR_CALLS = frozenset({"set_config", "dblink", "dblink_exec", "query_to_xml", "lo_import", "lo_unlink"})


def _unclear(kind: str, node: Any) -> str:
    if kind in _CALLED:
        return _CALLED[kind]
    if kind not in _TOLD:
        return f"a statement of the kind {kind}"
    looked = (_of_object_kind(node), _UNCLEAR[kind](node) if kind in _UNCLEAR else "", _of_calls(node))
    return next(filter(None, looked), "")


def _of_object_kind(node: Any) -> str:
    kinds = {getattr(node, name).name for name in _OBJECT_KINDS if getattr(node, name, None) is not None}
    if found := kinds & _FAR_REACHING:
        return f"a statement about {_plain(min(found))}"
    return "a schema that is dropped or renamed" if _SCHEMA in kinds and _moves_schema(node) else ""


def _plain(kind: str) -> str:
    return f"an object of the kind {kind.removeprefix('OBJECT_').replace('_', ' ').lower()}"


def _moves_schema(node: Any) -> bool:
    return type(node).__name__ in ("DropStmt", "RenameStmt")


def _of_grant(node: Any) -> str:
    return "" if node.targtype.name == "ACL_TARGET_OBJECT" else "privileges on all that a schema holds"


def _of_setting(node: Any) -> str:
    if node.is_local or (node.name or "").lower() in _HARMLESS_SETTINGS:
        return ""
    return f"a setting that stays for what runs later: {node.name or 'all of them'}"


def _of_schema(node: Any) -> str:
    return "a schema made with its content in one statement" if node.schemaElts else ""


def _of_calls(node: Any) -> str:
    called = {name for each in walk(node) for name in _called(each)}
    if found := called & _FAR_CALLS:
        return f"a call of {min(found)}"
    return ""


def _of_truncate(node: Any) -> str:
    return "TRUNCATE ... CASCADE" if node.behavior.name == "DROP_CASCADE" else ""


_UNCLEAR: dict[str, Callable[[Any], str]] = {
    "GrantStmt": _of_grant,
    "VariableSetStmt": _of_setting,
    "CreateSchemaStmt": _of_schema,
    "TruncateStmt": _of_truncate,
}
_SUBJECT_FIELDS = (
    "relation", "view", "sequence", "typevar", "relations", "table", "objects", "object", "funcname",
    "typeName", "domainname", "defnames", "func", "into",
)  # fmt: skip
_NAMED_BY = {"ObjectWithArgs": "objname", "TypeName": "names", "IntoClause": "rel"}
# What a statement takes from elsewhere although the field is called like a subject.
_USED_FIELDS = {("CreateTrigStmt", "funcname"), ("CreateDomainStmt", "typeName")}
_NAME_FIELDS = ("newname", "idxname", "schemaname")
_ROWS = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


def _subjects(node: Any) -> Iterator[str]:
    sort = type(node).__name__
    if sort in _ROWS or sort == "SelectStmt":
        yield from (name for each in walk(node) for name in _into(each))
        return
    if sort == "CreateSchemaStmt":
        yield f"schema {node.schemaname}"
        return
    for field in _SUBJECT_FIELDS:
        if (sort, field) not in _USED_FIELDS:
            yield from _all_names(getattr(node, field, None))
    yield from (name for field in _NAME_FIELDS if (name := getattr(node, field, None)))
    for command in (*(getattr(node, "cmds", None) or ()), *(getattr(node, "inhRelations", None) or ())):
        yield from _of_hierarchy(command)


def _of_hierarchy(node: Any) -> Iterator[str]:
    """Parents and partitions: what one of them gets, the others get or must fit to."""
    found = getattr(node, "def_", node)
    sort = type(found).__name__
    if sort in ("RangeVar", "PartitionCmd"):
        yield from _all_names(found if sort == "RangeVar" else found.name)


def _all_names(node: Any) -> Iterator[str]:
    """Names of relations, types and routines at a node, and all words of dotted names."""
    sort = type(node).__name__
    if isinstance(node, tuple):
        yield from (name for each in node for name in _all_names(each))
    elif sort == "RangeVar":
        yield node.relname
    elif sort == "String":
        yield node.sval
    elif sort in ("ObjectWithArgs", "TypeName", "IntoClause"):
        yield from _all_names(getattr(node, _NAMED_BY[sort]))


def _into(node: Any) -> Iterator[str]:
    if type(node).__name__ == "IntoClause" and node.rel is not None:
        yield node.rel.relname


def _filled(node: Any) -> Iterator[str]:
    sort = type(node).__name__
    if sort == "TruncateStmt":
        yield from (each.relname for each in node.relations)
    elif sort in ("CopyStmt", "RefreshMatViewStmt") and node.relation is not None:
        yield node.relation.relname
    for each in walk(node):
        if type(each).__name__ in _ROWS and each.relation is not None:
            yield each.relation.relname


def _mentioned(node: Any) -> Iterator[str]:
    for each in walk(node):
        sort = type(each).__name__
        if sort == "RangeVar":
            yield each.relname
        elif sort == "TypeName" and each.names:
            yield each.names[-1].sval
        else:
            yield from _called(each)


def _called(node: Any) -> Iterator[str]:
    if type(node).__name__ == "FuncCall":
        yield node.funcname[-1].sval
