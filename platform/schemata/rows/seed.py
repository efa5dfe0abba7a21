"""A few rows for each table, as INSERT statements: what data two orders of migrations can be compared on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from schemata.catalog import Address, Catalog, Column, Kind
from schemata.render.names import names, qualified
from schemata.rows.cells import Cells
from schemata.rows.tables import SeedTable, Tables, closure, in_order


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
    """What gets no rows, or (a column) nothing but NULL, and why."""

    address: Address
    reason: str


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """Statements in an order in which foreign keys hold, and what they leave out."""

    inserts: tuple[Insert, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        return tuple(each.whole for each in self.inserts)

    @property
    def tables(self) -> tuple[Address, ...]:
        return tuple(at for each in self.inserts for at in each.tables)


def seed(catalog: Catalog, tables: Collection[Address] | None = None, *, rows: int = 3) -> SeedPlan:
    """Rows for `tables` (None: all) and for what their foreign keys refer to, `rows` in each.

    The same catalog gives the same statements. Values are distinct in each column as
    far as its type has as many; every nullable column is NULL in one row and not in
    another; partitioned tables are filled through their partitions. Checks are
    pleased as far as `checks` understands them, triggers and rules can't be foreseen:
    an insert may fail, which is for whoever runs it to report.
    """
    known = Tables(catalog)
    wanted = [found.address for found in catalog.of_kind(Kind.TABLE)] if tables is None else tables
    return _Seeding(known, closure(known, wanted), rows).plan()


class _Seeding:
    def __init__(self, tables: Tables, inside: Collection[Address], rows: int) -> None:
        self.tables = tables
        self.inside = inside
        self.rows = rows
        self.cells = Cells(tables, inside, rows)
        self.skipped: dict[Address, str] = {}

    def plan(self) -> SeedPlan:
        inserts = [each for group in in_order(self.tables, self.inside) for each in self._group(group)]
        return SeedPlan(tuple(inserts), tuple(Skipped(*each) for each in sorted(self.skipped.items())))

    def _group(self, group: Sequence[Address]) -> Iterator[Insert]:
        filled = []
        # What one table of a circle can't have, those that need it can't have either.
        for _ in group:
            for at in group:
                reason = None if at in self.skipped else self._reason(at)
                if reason:
                    self.skipped[at] = reason
        filled = [self.tables[at] for at in group if at not in self.skipped]
        if filled:
            yield self._insert(filled)

    def _reason(self, at: Address) -> str | None:
        """Why a table can't be filled."""
        if at.kind is not Kind.TABLE:
            return "a foreign table: its rows are elsewhere"
        table = self.tables[at]
        for column in table.columns:
            if self._is_given(column) and self._is_required(table, column):
                if self._missing_target(table, column):
                    return f"it must refer to {self._missing_target(table, column)}, which has no rows"
                if self.cells.value(table, column, 0) is None:
                    return f"no value is known for {column.address.name} of type {column.type}"
        return None

    def _missing_target(self, table: SeedTable, column: Column) -> str:
        """A table that a foreign key of the column refers to and that has no rows."""
        for key in table.foreign_keys:
            target = key.references
            if target is None or column.address.name not in key.columns:
                continue
            if target not in self.tables.catalog.objects:
                return target.short
            if all(leaf in self.skipped for leaf in self.tables.leaves(target)):
                return target.short
        return ""

    def _is_given(self, column: Column) -> bool:
        return not column.generated

    def _is_required(self, table: SeedTable, column: Column) -> bool:
        """Whether the column may not be NULL, or has to have the value that others refer to."""
        name = column.address.name
        if column.not_null or column.identity or (table.root, name) in self.cells.referenced:
            return True
        demand = table.wishes.demands.get(name)
        if (demand is not None and demand.null is False) or self.cells.types.refuses_null(column.type):
            return True
        # MATCH FULL: all columns of the key are NULL or none is.
        full = [key for key in table.foreign_keys if key.match == "full" and name in key.columns]
        return any(table.by_name[each].not_null for key in full for each in key.columns)

    def _insert(self, filled: Sequence[SeedTable]) -> Insert:
        counts = [self.rows * self.tables.spread(table.address) for table in filled]
        whole = [
            self._statement(table, [self._row(table, row, "mixed") for row in range(count)])
            for table, count in zip(filled, counts, strict=True)
        ]
        singles = [
            tuple(
                dict.fromkeys(
                    _together([self._statement(table, [self._row(table, row, sort)]) for table in filled])
                    for sort in ("mixed", "full", "sparse")
                )
            )
            for row in range(max(counts))
        ]
        return Insert(tuple(table.address for table in filled), _together(whole), tuple(singles))

    def _row(self, table: SeedTable, row: int, sort: str) -> dict[str, str]:
        """Values by column. `mixed` has a NULL here and there, `full` none, `sparse` all that there may be."""
        found = {}
        for column in table.columns:
            if not self._is_given(column):
                continue
            if (
                sort == "sparse"
                and column.default
                and (table.root, column.address.name) not in self.cells.referenced
            ):
                continue
            found[column.address.name] = self._cell(table, column, row, sort)
        return found

    def _cell(self, table: SeedTable, column: Column, row: int, sort: str) -> str:
        if not self._is_required(table, column) and self._is_null(table, column, row, sort):
            return "NULL"
        value = self.cells.value(table, column, row)
        return "NULL" if value is None else value

    def _is_null(self, table: SeedTable, column: Column, row: int, sort: str) -> bool:
        name = column.address.name
        demand = table.wishes.demands.get(name)
        if sort == "sparse" or (demand is not None and demand.null) or self._missing_target(table, column):
            return True
        if self.cells.is_first_of_itself(table, name, row):
            return True
        if sort == "full" or self.rows < 2:
            return False
        return row % self.rows == 1 + self._turn(table, column) % (self.rows - 1)

    def _turn(self, table: SeedTable, column: Column) -> int:
        """In which row a column is NULL: columns of one foreign key together, others apart."""
        keys = [place for place, key in enumerate(table.foreign_keys) if column.address.name in key.columns]
        return keys[0] if keys else column.position

    def _statement(self, table: SeedTable, rows: Sequence[dict[str, str]]) -> str:
        into = f"INSERT INTO {qualified(table.address)}"
        conflict = " ON CONFLICT DO NOTHING" if table.takes_conflicts else ""
        if not rows[0]:
            return f"{into} DEFAULT VALUES{conflict}"
        overriding = " OVERRIDING SYSTEM VALUE" if any(each.identity for each in table.columns) else ""
        values = ", ".join(f"({', '.join(row.values())})" for row in rows)
        return f"{into} ({names(rows[0])}){overriding} VALUES {values}{conflict}"


def _together(statements: Sequence[str]) -> str:
    """One statement that does all: foreign keys are looked at when it is done, so a circle of them holds."""
    *before, last = statements
    if not before:
        return last
    parts = ", ".join(f"braid_{place} AS ({each})" for place, each in enumerate(before))
    return f"WITH {parts} {last}"
