"""SQL that reads what a table holds, without running anything of the team's."""

from collections.abc import Collection, Sequence

from schemata.catalog import Address, Catalog, Column, Kind, Table
from schemata.render.names import literal, name, qualified

# More rows than these are added up on the server.
MOST_ROWS = 200
_HOLDERS = (Kind.TABLE, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE)
_OF_SEQUENCE = ("is_called", "last_value")
# Arguments that one call may have, with room to spare.
_AT_ONCE = 50


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


def few_rows(at: Address, columns: Sequence[str]) -> str:
    """SQL for all rows, or one more than the `MOST_ROWS` that are looked at one by one.

    Postgres writes values by the output functions of their types, and those take a superuser
    to bring along.
    """
    values = ", ".join(f"t.{name(column)}" for column in columns)
    return " ".join(["select", values, "from", _source(at), "t limit", str(MOST_ROWS + 1)])


def _source(at: Address) -> str:
    # ONLY: what inherits is read as itself, and a foreign table among it not at all.
    return qualified(at) if at.kind is Kind.SEQUENCE else f"only {qualified(at)}"


def sums(at: Address, columns: Sequence[str]) -> str:
    """SQL for one row of texts: the count, a sum for whole rows, then a sum for each column.

    `format` writes a value by its output function, where a cast to text could be a function
    of the team's. Hashes are added up, so neither order nor memory matters; two of 64 bits
    for every value.
    """
    parts = [
        f"pg_catalog.format('%L', t.{name(column)}) collate pg_catalog.\"C\" as c{place}"
        for place, column in enumerate(columns)
    ]
    added = [_sum("w.whole"), *(_sum(f"w.c{place}") for place in range(len(columns)))]
    values = ["select", ", ".join(parts) or "null", "from", _source(at), "t"]
    whole = _joined([f"r.c{place}" for place in range(len(columns))])
    rows = ["select r.*,", whole, "as whole from (", *values, ") r"]
    return " ".join(["select pg_catalog.count(*),", ", ".join(added), "from (", *rows, ") w"])


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
