"""A few rows for each table, as INSERT statements: what data two orders of migrations can be compared on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from schemata.catalog import Address, Catalog, Kind
from schemata.rows.cells import Cells
from schemata.rows.fields import Field, fields_of, missing_target
from schemata.rows.inserts import FULL, MIXED, SPARSE, insert_of, together
from schemata.rows.order import closure, in_order
from schemata.rows.tables import SeedTable, Tables

LEFT_EMPTY = "it was to be left empty"


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows of one table, or of several that refer to each other and are filled in one statement.

    `whole` inserts all rows. When Postgres refuses it, each of `singles` is one row
    with its variants: the first that is accepted counts.
    """

    tables: tuple[Address, ...]
    whole: str
    singles: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A table without rows, or a column that is NULL in all of them, and why."""

    table: Address
    reason: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """Statements in an order in which foreign keys hold, and what they leave out.

    `skipped` are tables, `left_null` columns for which no value is known.
    """

    inserts: tuple[Insert, ...]
    skipped: tuple[Skipped, ...] = ()
    left_null: tuple[Skipped, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        return tuple(each.whole for each in self.inserts)

    @property
    def tables(self) -> tuple[Address, ...]:
        return tuple(at for each in self.inserts for at in each.tables)


def seed(
    catalog: Catalog,
    tables: Collection[Address] | None = None,
    *,
    rows: int = 3,
    toward: Collection[Catalog] = (),
    empty: Collection[Address] = (),
) -> SeedPlan:
    """Rows for `tables` (None: all) and for what their foreign keys refer to, `rows` in each.

    The same catalog gives the same statements. Values are distinct in each column as
    far as its type has as many; every nullable column is NULL in one row and not in
    another; partitioned tables are filled through their partitions. Checks are
    pleased as far as `checks` understands them, triggers and rules can't be foreseen:
    an insert may fail, which is for whoever runs it to report.

    Rows can stop a migration that an empty database lets through. For a second try
    there are `toward`, catalogs whose constraints, NOT NULLs and enum values the rows
    shall suit as well (by name), and `empty`, tables that get no rows.
    """
    known = Tables(catalog, tuple(toward))
    wanted = [found.address for found in catalog.of_kind(Kind.TABLE)] if tables is None else tables
    return _Seeding(known, closure(known, wanted), rows, empty).plan()


class _Seeding:
    def __init__(
        self, tables: Tables, inside: Collection[Address], rows: int, empty: Collection[Address]
    ) -> None:
        self.tables = tables
        self.inside = inside
        self.rows = rows
        self.cells = Cells(tables, inside, rows)
        self.skipped = dict.fromkeys((leaf for at in empty for leaf in tables.leaves(at)), LEFT_EMPTY)
        self.left_null: list[Skipped] = []

    def plan(self) -> SeedPlan:
        inserts = [each for group in in_order(self.tables, self.inside) for each in self._group(group)]
        inside = set(self.inside)
        skipped = tuple(Skipped(*each) for each in sorted(self.skipped.items()) if each[0] in inside)
        return SeedPlan(tuple(inserts), skipped, tuple(self.left_null))

    def _group(self, group: Sequence[Address]) -> Iterator[Insert]:
        known = {at: self._fields(at) for at in group}
        # What one table of a circle can't have, those that need it can't have either.
        for _ in group:
            for at in group:
                reason = self._reason(at, known[at])
                if reason and at not in self.skipped:
                    self.skipped[at] = reason
        filled = [self.tables[at] for at in group if at not in self.skipped]
        if filled:
            yield self._insert(filled, known)

    def _fields(self, at: Address) -> tuple[Field, ...]:
        return fields_of(self.tables[at], self.cells) if at.kind is Kind.TABLE else ()

    def _reason(self, at: Address, fields: Sequence[Field]) -> str | None:
        """Why a table can't be filled."""
        if at.kind is not Kind.TABLE:
            return "a foreign table: its rows are elsewhere"
        return next((each for field in fields if field.required if (each := self._lack(at, field))), None)

    def _lack(self, at: Address, field: Field) -> str:
        """Why a column has no value, empty where it has one."""
        table = self.tables[at]
        target = missing_target(table, field.column, self.tables, self.skipped)
        if target:
            return f"it refers to {target}, which has no rows"
        if self.cells.value(table, field.column, 0) is None:
            return f"no value is known for {field.name} of type {field.column.type}"
        return ""

    def _insert(self, filled: Sequence[SeedTable], known: dict[Address, tuple[Field, ...]]) -> Insert:
        counts = [self.rows * self.tables.spread(table.address) for table in filled]
        given = [self._given(table, known[table.address]) for table in filled]
        rows = [
            [self._row(table, fields, row) for row in range(max(counts))]
            for table, fields in zip(filled, given, strict=True)
        ]
        whole = [
            insert_of(table, fields, made[:count], MIXED)
            for table, fields, made, count in zip(filled, given, rows, counts, strict=True)
        ]
        return Insert(
            tuple(table.address for table in filled), together(whole), tuple(_singles(filled, given, rows))
        )

    def _given(self, table: SeedTable, fields: Sequence[Field]) -> tuple[Field, ...]:
        """The fields as they are filled: those without a value stay NULL, which is noted."""
        found = []
        for field in fields:
            lack = "" if field.always_null else self._lack(table.address, field)
            if lack:
                self.left_null.append(Skipped(table.address, lack, field.name))
            found.append(field.empty() if lack else field)
        return tuple(found)

    def _row(self, table: SeedTable, fields: Sequence[Field], row: int) -> list[tuple[str, str, str]]:
        """What each field has in a row: with a NULL here and there, with none, with all that there may be."""
        return [self._cell(table, field, row) for field in fields]

    def _cell(self, table: SeedTable, field: Field, row: int) -> tuple[str, str, str]:
        value = None if field.always_null else self.cells.value(table, field.column, row)
        text = "NULL" if value is None else value
        if field.required:
            return text, text, text
        if self.cells.is_first_of_itself(table, field.name, row):
            return "NULL", "NULL", "NULL"
        turn = self.rows > 1 and row % self.rows == 1 + field.turn % (self.rows - 1)
        return "NULL" if turn else text, text, "NULL"


Rows = Sequence[Sequence[tuple[str, str, str]]]


def _singles(
    filled: Sequence[SeedTable], given: Sequence[Sequence[Field]], rows: Sequence[Rows]
) -> Iterator[tuple[str, ...]]:
    """For each row its variants: as in the whole, without a NULL, with as little as possible."""
    for row in range(len(rows[0])):
        variants = [
            together(
                [
                    insert_of(table, fields, [made[row]], sort)
                    for table, fields, made in zip(filled, given, rows, strict=True)
                ]
            )
            for sort in (MIXED, FULL, SPARSE)
        ]
        yield tuple(dict.fromkeys(variants))
