"""What the migrations write to rows that were there before, whatever they call the tables by then."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from sandbox.bookkeeping import TABLES as BOOKKEEPING
from sandbox.merging.sizing import TablesBefore
from schemata.catalog import Address, Catalog, Kind
from schemata.statements import Statement, Write, columns_added, tables_made

_KINDS = (Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW)
# Tools write there themselves, and no catalog shows them; the last one is of Alembic's scripts.
_NOBODYS = frozenset({*(name for name, _ in BOOKKEEPING.values()), "alembic_version"})


class RowsBefore:
    """Finds tables and columns of `ours` by what statements on the way to `merged` name."""

    def __init__(self, ours: Catalog, merged: Catalog, statements: Iterable[Statement]) -> None:
        self._ours, self._merged, self._statements = ours, merged, tuple(statements)
        self._before = TablesBefore(ours, merged)

    def tables(self, write: Write) -> tuple[Address, ...] | None:
        """Tables and views of ours whose rows a write goes to; none where it is new, None where that can't be told."""
        at = _named(write, self._ours)
        if at is not None:
            return (at,)
        now = _named(write, self._merged)
        if now is None:
            is_new = write.table in self._made or write.table in _NOBODYS
            return () if is_new else None
        through = self._before.of(now)
        if through is None:
            return None
        return tuple(Address(Kind.TABLE, each.schema, each.name) for each in through)

    def columns(self, write: Write, at: Address) -> Iterator[str]:
        """Those of a write to the table of ours that are no new ones; where unsure, they are not."""
        now = self._before.now(at)
        for name in write.columns:
            if Address(Kind.COLUMN, at.schema, name, at.name) in self._ours.objects:
                yield name
                continue
            there = Address(Kind.COLUMN, now.schema, name, now.name)
            is_new = self._before.is_new(there) if there in self._merged.objects else name in self._added
            if not is_new:
                yield name

    @cached_property
    def _made(self) -> frozenset[str]:
        return frozenset(name for each in self._statements for name in tables_made(each))

    @cached_property
    def _added(self) -> frozenset[str]:
        return frozenset(each.name for statement in self._statements for each in columns_added(statement))


def _named(write: Write, catalog: Catalog) -> Address | None:
    """The table or view of a catalog; without a schema in the statement, in `public` or else where it is found."""
    if write.schema or not write.table:
        named = (Address(kind, write.schema, write.table) for kind in _KINDS)
        return next((at for at in named if at in catalog.objects), None)
    found = [at for at in catalog.objects if at.kind in _KINDS and at.name == write.table]
    return min(found, key=lambda at: (at.schema != "public", at), default=None)
