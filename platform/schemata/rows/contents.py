"""What tables hold, as digests that do not depend on the order of rows or columns, and where two differ."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from schemata.catalog import Address, Catalog, Column, Kind, Table
from schemata.render.names import literal, name, qualified

_HOLDERS = (Kind.TABLE, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE)
_OF_SEQUENCE = ("is_called", "last_value")
# Arguments that one call may have, with room to spare.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class TableContents:
    """How many rows, a digest of them as a bag, and one of each column's values alone.

    `without` are the columns that `digest` leaves out. `unread` is why it could not
    be read, empty where it was.
    """

    rows: int
    digest: str
    columns: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    unread: str = ""


Contents = Mapping[Address, TableContents]


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A table, or one column of it, that holds something else: `column` is None where rows as a whole differ."""

    table: Address
    column: str | None
    first_rows: int
    second_rows: int


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


VOLATILE = "it differs between two runs of one order (a clock, a random number)"


def holders(catalog: Catalog, tables: Collection[Address] | None = None) -> tuple[Address, ...]:
    """What of `tables` (None: all) has contents of its own: partitions rather than what is above them."""
    found = [each for each in catalog.of_kind(*_HOLDERS) if not getattr(each, "partition_key", "")]
    wanted = None if tables is None else _with_partitions(catalog, tables)
    return tuple(sorted(each.address for each in found if wanted is None or each.address in wanted))


def _with_partitions(catalog: Catalog, tables: Collection[Address]) -> set[Address]:
    wanted = set(tables)
    partitions = [
        each for each in catalog.of_kind(Kind.TABLE) if isinstance(each, Table) and each.partition_bound
    ]
    grew = True
    while grew:
        below = {each.address for each in partitions if wanted & set(each.parents)} - wanted
        wanted |= below
        grew = bool(below)
    return wanted


def columns_of(catalog: Catalog, at: Address) -> tuple[str, ...]:
    """The columns of a table in the order of their names."""
    if at.kind is Kind.SEQUENCE:
        return _OF_SEQUENCE
    parts = catalog.children.get(at, ())
    return tuple(sorted(each.address.name for each in parts if isinstance(each, Column)))


def query(at: Address, columns: Sequence[str], without: Collection[str] = ()) -> str:
    """SQL for one row of texts: the count, a sum for whole rows, then a sum for each column.

    `format` writes a value by the output function of its type, which only a superuser can
    bring along; a cast to text could be a function of the team's. Hashes are added up, so
    neither order nor memory matters; two of 64 bits for every value.
    """
    parts = [f"pg_catalog.format('%L', t.{name(column)}) collate pg_catalog.\"C\" as c{place}"
             for place, column in enumerate(columns)]  # fmt: skip
    kept = [f"r.c{place}" for place, column in enumerate(columns) if column not in without]
    sums = [_sum("w.whole"), *(_sum(f"w.c{place}") for place in range(len(columns)))]
    source = f"{'' if at.kind is Kind.SEQUENCE else 'only '}{qualified(at)}"
    values = ["select", ", ".join(parts) or "null", "from", source, "t"]
    rows = ["select r.*,", _joined(kept), "as whole from (", *values, ") r"]
    return " ".join(["select pg_catalog.count(*),", ", ".join(sums), "from (", *rows, ") w"])


def _joined(texts: Sequence[str]) -> str:
    """One text of many; a value that is quoted ends where its quotes do, so no two rows are alike by accident."""
    groups = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
    calls = [f"pg_catalog.concat_ws({literal(',')}, {', '.join(group)})" for group in groups]
    if len(calls) > _AT_ONCE:
        return _joined(calls)
    return calls[0] if len(calls) == 1 else f"pg_catalog.concat({', '.join(calls) or literal('')})"


def _sum(text: str) -> str:
    halves = [f"pg_catalog.sum(pg_catalog.hashtextextended({text}, {seed}))" for seed in (0, 1)]
    return f"pg_catalog.concat_ws({literal(' ')}, {', '.join(halves)})"


def contents_of(row: Sequence[str], columns: Sequence[str], without: Collection[str] = ()) -> TableContents:
    """What the row that `query` brought says."""
    count, whole, *rest = row
    digests = {column: _digest(each) for column, each in zip(columns, rest, strict=True)}
    return TableContents(int(count), _digest(whole), digests, tuple(sorted(without)))


def _digest(sums: str) -> str:
    return hashlib.sha256(sums.encode()).hexdigest()[:32]


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
        found = _of_table(at, first.get(at, _NONE), second.get(at, _NONE), (noise or {}).get(at))
        differences += [each for each in found if isinstance(each, RowDifference)]
        passed_over += [each for each in found if isinstance(each, NotCompared)]
    return Comparison(tuple(differences), tuple(passed_over))


_NONE = TableContents(0, "")


def _of_table(
    at: Address, one: TableContents, other: TableContents, noise: TableContents | None
) -> list[RowDifference | NotCompared]:
    if one.unread or other.unread:
        return [NotCompared(at, None, one.unread or other.unread)]
    if noise is not None and noise.rows != one.rows:
        return [NotCompared(at, None, VOLATILE)]
    if one.rows != other.rows:
        return [RowDifference(at, None, one.rows, other.rows)]
    unstable = _differing(one, noise) if noise is not None else ()
    columns = [each for each in _differing(one, other) if each not in unstable]
    passed_over = [NotCompared(at, each, VOLATILE) for each in unstable]
    differing = [RowDifference(at, each, one.rows, other.rows) for each in columns]
    # Every column alike, and yet other rows: values stand beside others.
    if not columns and one.digest != other.digest and set(unstable) <= set(one.without) & set(other.without):
        differing = [RowDifference(at, None, one.rows, other.rows)]
    return [*passed_over, *differing]
