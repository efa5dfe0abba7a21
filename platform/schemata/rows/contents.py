"""What tables hold, as values that do not depend on the order of rows or columns, and where two differ."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemata.catalog import Address

Cell = str | None
Row = tuple[Cell, ...]
# How many values a difference shows of each side.
SHOWN = 3
VOLATILE = "it differs between two runs of one order (a clock, a random number)"
APART = "which of its values stand in one row can't be told: it has many rows, and a volatile column"


@dataclass(frozen=True, slots=True)
class TableContents:
    """How many rows, a digest of them as a bag, and one of each column's values alone.

    `cells` are the rows of a small table, values in the order of `columns` (by name),
    long ones as their beginning and a hash; None where there are too many. `unread`
    is why the table could not be read, empty where it was.
    """

    rows: int
    digest: str
    columns: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[Row, ...] | None = None
    unread: str = ""


Contents = Mapping[Address, TableContents]


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A table, or one column of it, that holds something else: `column` is None where rows as a whole differ.

    `first_only` and `second_only` are some of the values (or rows, written `(a, NULL)`) that the other
    side does not have; empty for a large table.
    """

    table: Address
    column: str | None
    first_rows: int
    second_rows: int
    first_only: tuple[str, ...] = ()
    second_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A table (`column` None) or column about which nothing is said, and why."""

    table: Address
    column: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    differences: tuple[RowDifference, ...]
    not_compared: tuple[NotCompared, ...]


def contents_of_rows(rows: Iterable[Sequence[Cell]], columns: Sequence[str]) -> TableContents:
    """What the rows of a small table are, values in the order of `columns`."""
    cells = tuple(sorted(map(tuple, rows), key=_order))
    by_column = [sorted(_text(row[place]) for row in cells) for place in range(len(columns))]
    digests = {column: _digest(texts) for column, texts in zip(columns, by_column, strict=True)}
    return TableContents(len(cells), _digest(map(_shown, cells)), digests, cells)


def contents_of_sums(row: Sequence[str], columns: Sequence[str]) -> TableContents:
    """What the row that `queries.sums` brought says."""
    count, whole, *rest = row
    digests = {column: _digest([each]) for column, each in zip(columns, rest, strict=True)}
    return TableContents(int(count), _digest([whole]), digests)


def _order(row: Row) -> list[str]:
    return list(map(_text, row))


def _text(cell: Cell) -> str:
    """A cell in which NULL and the text `NULL` differ."""
    return "NULL" if cell is None else repr(cell)


def _shown(row: Row) -> str:
    return f"({', '.join(map(_text, row))})"


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def volatile(first: Contents, noise: Contents) -> Mapping[Address, tuple[str, ...]]:
    """Columns that differ between two runs of one order."""
    found = {at: _differing(first[at], noise[at]) for at in sorted(first) if at in noise}
    return {at: columns for at, columns in found.items() if columns}


def _differing(one: TableContents, other: TableContents) -> tuple[str, ...]:
    names = sorted({*one.columns, *other.columns})
    return tuple(each for each in names if one.columns.get(each) != other.columns.get(each))


def compare(first: Contents, second: Contents, *, noise: Contents | None = None) -> Comparison:
    """Where the contents after two orders differ.

    `noise` is what a second run of the first order gave, made after the other two: a
    column that differs there too is volatile, and not compared. It is needed only
    when a comparison without it finds something.
    """
    differences: list[RowDifference] = []
    passed_over: list[NotCompared] = []
    for at in sorted({*first, *second}):
        found = tuple(_of_table(at, first.get(at, _NONE), second.get(at, _NONE), (noise or {}).get(at)))
        differences += [each for each in found if isinstance(each, RowDifference)]
        passed_over += [each for each in found if isinstance(each, NotCompared)]
    return Comparison(tuple(differences), tuple(passed_over))


_NONE = TableContents(0, "", cells=())


def _of_table(
    at: Address, one: TableContents, other: TableContents, noise: TableContents | None
) -> Iterator[RowDifference | NotCompared]:
    if one.unread or other.unread:
        yield NotCompared(at, None, one.unread or other.unread)
    elif noise is not None and (noise.unread or noise.rows != one.rows):
        yield NotCompared(at, None, noise.unread or VOLATILE)
    elif one.rows != other.rows:
        yield _difference(at, None, one, other, ())
    else:
        unstable = _differing(one, noise) if noise is not None else ()
        yield from (NotCompared(at, each, VOLATILE) for each in unstable)
        yield from _of_columns(at, one, other, unstable)


def _of_columns(
    at: Address, one: TableContents, other: TableContents, unstable: Collection[str]
) -> Iterator[RowDifference | NotCompared]:
    columns = [each for each in _differing(one, other) if each not in unstable]
    if columns:
        yield from (_difference(at, each, one, other, unstable) for each in columns)
    elif one.digest != other.digest:
        # Every column alike, and yet other rows: values stand beside others.
        if one.cells is None or other.cells is None:
            yield NotCompared(at, None, APART) if unstable else _difference(at, None, one, other, ())
        elif _rows(one, None, unstable) != _rows(other, None, unstable):
            yield _difference(at, None, one, other, unstable)


def _difference(
    at: Address, column: str | None, one: TableContents, other: TableContents, unstable: Collection[str]
) -> RowDifference:
    left, right = _rows(one, column, unstable), _rows(other, column, unstable)
    shown = [_some(mine - yours) for mine, yours in ((left, right), (right, left))]
    return RowDifference(at, column, one.rows, other.rows, *shown)


def _rows(table: TableContents, column: str | None, unstable: Collection[str]) -> Counter[str]:
    """The bag of a column's values, or of rows without what is unstable."""
    cells = table.cells or ()
    names = tuple(table.columns)
    if column is not None:
        places = [names.index(column)] if column in names else []
        return Counter(_text(row[place]) for row in cells for place in places)
    kept = [place for place, each in enumerate(names) if each not in unstable]
    return Counter(_shown(tuple(row[place] for place in kept)) for row in cells)


def _some(bag: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(bag.elements())[:SHOWN])
