"""Whether two queries say the same."""

from typing import Any

from schemata.statements.kinds import PARSED_CHARACTERS


def same_but_order(first: str, second: str) -> bool:
    """Whether two SELECTs are the same but for the order of the columns that they list.

    False where it can't be told. In UNION, INTERSECT and EXCEPT the order of columns
    and of the halves has a meaning (Postgres manual, 7.4), so these never count as the same.
    """
    from pglast import parser

    if first == second:
        return True
    if max(len(first), len(second)) > PARSED_CHARACTERS:
        return False
    try:
        mine, other = (parser.parse_sql(text)[0].stmt for text in (first, second))
    except (parser.ParseError, IndexError):
        return False
    return _is_plain(mine) and _is_plain(other) and _permuted(mine, other)


def _is_plain(node: Any) -> bool:
    return type(node).__name__ == "SelectStmt" and not node.op.value and bool(node.targetList)


def _permuted(mine: Any, other: Any) -> bool:
    left = list(other.targetList)
    for column in mine.targetList:
        if column not in left:
            return False
        left.remove(column)
    mine.targetList = other.targetList = ()
    return not left and bool(mine == other)
