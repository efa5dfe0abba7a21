"""Which functions a statement calls on rows that are there already, and which of those leave nothing behind.

A default of a new column, a check or an index is worked out when the statement runs. A function
of Postgres's own that is not among `HARMLESS` may last longer than its transaction (sequences,
settings, locks: manual, 9.17 and 9.28), run any text (9.15), or tell one transaction from another.
"""

from collections.abc import Iterable, Iterator
from typing import Any

# Defaults that are only set are for rows to come.
ALTERS_DEFAULT = "AT_ColumnDefault"
# A domain's default is worked out wherever a column of it is added, and is then not in that statement.
CALLING = frozenset({"AlterDomainStmt", "CreateDomainStmt", "IndexStmt"})
HARMLESS = frozenset(
    """
    abs age array_append array_length array_to_string bit_length btrim cardinality ceil ceiling char_length
    character_length clock_timestamp concat concat_ws convert_from convert_to date_part date_trunc daterange
    decode encode extract floor gen_random_uuid greatest hashtext initcap int4range int8range isempty
    json_build_array json_build_object json_typeof jsonb_array_length jsonb_build_array jsonb_build_object
    jsonb_extract_path jsonb_extract_path_text jsonb_path_exists jsonb_typeof least left length lower lower_inc
    lpad ltrim make_date make_interval make_timestamp md5 mod now num_nonnulls num_nulls numrange octet_length
    position power random regexp_match regexp_matches regexp_replace repeat replace reverse right round rpad
    rtrim setweight sha256 sign split_part sqrt starts_with statement_timestamp strpos substr substring
    timezone to_char to_date to_json to_jsonb to_number to_timestamp to_tsvector transaction_timestamp
    translate trim trunc tsrange tstzrange tsvector_concat upper upper_inc uuidv4 uuidv7
    """.split()  # noqa: SIM905
)


def calls_are_harmless(statement: Any) -> bool:
    """Of a parsed statement: whether rows that are there meet no other functions in its text than these."""
    return all(name in HARMLESS for part in _worked_out(statement) for name in _called(part))


def _worked_out(statement: Any) -> Iterable[Any]:
    from pglast.enums import AlterTableType

    kind = type(statement).__name__
    if kind in CALLING:
        return (statement,)
    if kind != "AlterTableStmt":
        return ()
    return tuple(each for each in statement.cmds if each.subtype != AlterTableType[ALTERS_DEFAULT])


def _called(node: Any) -> Iterator[str]:
    from pglast.ast import FuncCall, Node

    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, FuncCall):
            yield str((found.funcname or ())[-1].sval)
        if isinstance(found, Node):
            waiting += (getattr(found, name) for name in found)
        elif isinstance(found, tuple):
            waiting += found
