"""What a partition's bound asks of its rows. Manual: CREATE TABLE, PARTITION OF."""

import re
from collections.abc import Sequence
from decimal import Decimal

from schemata.catalog.deparsed import split_list
from schemata.rows.checks import Wishes
from schemata.rows.demands import Demand
from schemata.rows.expressions import number

_KEY = re.compile(r"(?P<strategy>RANGE|LIST|HASH) \((?P<keys>.*)\)", re.DOTALL)
_RANGE = re.compile(r"FOR VALUES FROM \((?P<low>.*)\) TO \((?P<high>.*)\)", re.DOTALL)
_LIST = re.compile(r"FOR VALUES IN \((?P<values>.*)\)", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_TEXT = re.compile(r"'((?:[^']|'')*)'.*", re.DOTALL)


def bound_wishes(bound: str, key: str, wishes: Wishes) -> None:
    """Add what `FOR VALUES ...` asks of the columns in the parent's partition key.

    Hash partitions and default ones ask for what can't be told here: nothing is added.
    """
    keyed = _KEY.fullmatch(key)
    if keyed is None:
        return
    names = [_unquoted(each) for each in split_list(keyed["keys"])]
    if found := _RANGE.fullmatch(bound):
        _range(names, split_list(found["low"]), split_list(found["high"]), wishes)
    elif found := _LIST.fullmatch(bound):
        values = [_constant(each) for each in split_list(found["values"])]
        texts = tuple(each for each in values if each is not None)
        wishes.ask(names[0], Demand(choices=texts, null=False) if texts else Demand(null=True))


def _range(names: Sequence[str], low: Sequence[str], high: Sequence[str], wishes: Wishes) -> None:
    """The first key alone tells where its bounds differ; where they are equal, the next one has to."""
    for name, first, last in zip(names, low, high, strict=False):
        least = None if first == "MINVALUE" else _bound(first)
        most = None if last == "MAXVALUE" else _bound(last)
        same = least is not None and least == most
        wishes.ask(name, Demand(low=least, high=most, open_high=not same, null=False))
        if not same:
            return


def _bound(text: str) -> Decimal | str | None:
    found = _constant(text)
    return None if found is None else number(found)


def _constant(text: str) -> str | None:
    quoted = _TEXT.fullmatch(text)
    if quoted:
        return quoted[1].replace("''", "'")
    return None if text == "NULL" else text


def _unquoted(name: str) -> str:
    """A column's name without its quotes and what may follow (a collation, an operator class)."""
    quoted = _QUOTED.match(name)
    return quoted[1].replace('""', '"') if quoted else name.split(" ")[0]
