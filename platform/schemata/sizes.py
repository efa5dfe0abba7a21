"""How large tables are where migrations will run, as somebody measured it, and what that says of one table.

Postgres's own estimates (manual: `pg_class.reltuples`, `pg_total_relation_size`), taken by `braid sizes` and handed
in as values. A measure makes a table small only where nothing speaks against it: it is of the last 30 days, of a
table with these very columns, and Postgres has counted its rows. Doubt never makes a large one small.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FRESH = timedelta(days=30)
MARK_DIGITS = 16

Place = tuple[str, str]  # schema and name


@dataclass(frozen=True, slots=True)
class Measured:
    """One table with all that inherit from it or are its partitions.

    `rows` is None where Postgres has never analysed one of them; `bytes` are with indexes and TOAST.
    `columns` is the `columns_mark` of the table.
    """

    rows: int | None
    bytes: int
    columns: str


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """A table as the schema that is landed on has it; `columns` is its `columns_mark`."""

    schema: str
    name: str
    columns: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """All that is known, and when it was measured; None where nobody ever did."""

    measured_at: datetime | None = None
    tables: Mapping[Place, Measured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A table is large from so many rows, or so many bytes, on; from 0 on every table is."""

    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Weight:
    """What is known of tables together. `is_large`: they count as that; where it is not known, they do.

    `words` say why, as the end of a sentence.
    """

    is_large: bool
    is_known: bool
    words: str = ""


def columns_mark(names: Iterable[str]) -> str:
    """By which a measured table is known as the same: 16 hex digits of the SHA-256 of its columns' names.

    Those are hashed as a JSON list, sorted, without blanks, in UTF-8.
    """
    text = json.dumps(sorted(names), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_DIGITS]


def weigh(
    tables: tuple[Standing, ...] | None, sizes: Sizes, threshold: Threshold, *, now: datetime
) -> Weight:
    """Whether the tables, which one statement goes through, are large together.

    None are tables of which can't be told which they are; no tables at all are new ones, and empty.
    """
    if tables is None:
        return Weight(True, False, "which table that is can't be told, so it counts as large")
    if not tables:
        return Weight(False, True, "the table is new, and empty")
    if sizes.measured_at is None:
        return Weight(True, False, "no sizes of tables were sent, so it counts as large")
    found = [measured for each in tables if (measured := sizes.tables.get((each.schema, each.name)))]
    rows, size = sum(each.rows or 0 for each in found), sum(each.bytes for each in found)
    doubt = next(_doubts(tables, sizes, now), "")
    is_large = bool(found) and (rows >= threshold.rows or size >= threshold.bytes)
    if doubt and not is_large:
        return Weight(True, False, f"{doubt}, so it counts as large")
    counted = () if any(each.rows is None for each in found) else (rows_words(rows),)
    said = ", ".join((*counted, size_words(size), f"measured {_age(sizes.measured_at, now)}"))
    return Weight(is_large, True, said)


def _doubts(tables: tuple[Standing, ...], sizes: Sizes, now: datetime) -> Iterator[str]:
    """What speaks against taking the measure for the tables' size."""
    assert sizes.measured_at is not None
    when = _age(sizes.measured_at, now)
    if now - sizes.measured_at > FRESH:
        yield f"sizes were measured {when}, more than {FRESH.days} days"
    for each in tables:
        measured = sizes.tables.get((each.schema, each.name))
        if measured is None:
            yield f"{each} is not among the sizes measured {when}"
        elif measured.columns != each.columns:
            yield f"what was measured as {each} {when} has other columns"
        elif measured.rows is None:
            yield f"Postgres had never analysed {each} (or a partition of it) when it was measured {when}"


def rows_words(rows: int) -> str:
    """`about 2.3 million rows`: three digits are more than an estimate is worth."""
    for unit, size in (("billion", 10**9), ("million", 10**6)):
        if rows >= size:
            return f"about {rows / size:,.1f} {unit} rows"
    rounded = rows if rows < 1000 else round(rows, 3 - len(str(rows)))
    return f"about {rounded:,} row{'' if rows == 1 else 's'}"


def size_words(size: int) -> str:
    """`1.2 GB`, in powers of 1024 as Postgres says it."""
    for unit, one in (("TB", 1024**4), ("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if size >= one:
            return f"{size / one:,.1f} {unit}"
    return f"{size} bytes"


def _age(measured_at: datetime, now: datetime) -> str:
    days = (now - measured_at).days
    return "today" if days < 1 else f"{days:,} day{'' if days == 1 else 's'} ago"
