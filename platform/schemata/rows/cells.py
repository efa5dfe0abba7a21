"""Which value stands in which row and column, so that foreign keys hold.

Columns that foreign keys tie together form a family with one value for each row:
row 2 of a child refers to row 2 of its parent, in every key and however keys
overlap. A key of one column that nothing else depends on refers to other rows, so
that two keys to one parent differ.
"""

from collections.abc import Iterable

from schemata.catalog import Address, Column, Constraint
from schemata.rows.demands import NOTHING, Demand
from schemata.rows.spots import Spot
from schemata.rows.tables import LEAF_ROWS, SeedTable, Tables, unique_columns
from schemata.rows.types import Types, parse_type

Place = tuple[Address, str]
# More columns in one chain of comparisons than anybody writes; values stay in what types can hold.
_HIGHEST = 60


class Cells:
    """The values of `tables`, with `rows` rows in each."""

    def __init__(self, tables: Tables, inside: Iterable[Address], rows: int) -> None:
        self.tables = tables
        self.types = Types(tables.catalog, tables.toward)
        self.rows = rows
        self.inside = tuple(inside)
        self.referenced: set[Place] = set()
        self._family: dict[Place, Place] = {}
        self._members: dict[Place, list[Place]] = {}
        self._loose: dict[Place, tuple[Place, int]] = {}
        self._values: dict[tuple[Place, int], str | None] = {}
        self._sources: dict[tuple[Place, int], tuple[str, Spot, Demand] | None] = {}
        self._ranks: dict[Address, dict[str, tuple[str, int]]] = {}
        self._join()

    def _join(self) -> None:
        for at in self.inside:
            for key in self.tables.foreign_keys(at):
                assert key.references is not None
                root = self._root(key.references)
                self.referenced.update((root, name) for name in key.referenced_columns)
        for at in self.inside:
            keys = self.tables.foreign_keys(at)
            for place, key in enumerate(keys):
                self._tie(at, place, key, keys)

    def _root(self, at: Address) -> Address:
        return self.tables.root(at) if at in self.tables.catalog.objects else at

    def _tie(self, at: Address, place: int, key: Constraint, keys: tuple[Constraint, ...]) -> None:
        assert key.references is not None
        own, target = self._root(at), self._root(key.references)
        pairs = [
            ((own, name), (target, there))
            for name, there in zip(key.columns, key.referenced_columns, strict=True)
        ]
        if len(pairs) == 1 and self._is_loose(at, pairs[0][0], keys):
            shift = -1 if own == target else place % self.rows
            self._loose[pairs[0][0]] = (pairs[0][1], shift)
            return
        for child, parent in pairs:
            self._unite(child, parent)

    def _is_loose(self, at: Address, child: Place, keys: tuple[Constraint, ...]) -> bool:
        used = sum(child[1] in key.columns for key in keys)
        return used == 1 and child not in self.referenced and child[1] not in unique_columns(self.tables, at)

    def _head(self, place: Place) -> Place:
        while (above := self._family.get(place, place)) != place:
            place = above
        return place

    def _unite(self, child: Place, parent: Place) -> None:
        """The parent's head stays: it is where the value comes from in the first place."""
        low, high = self._head(child), self._head(parent)
        if low != high:
            self._family[low] = high
            self._members.setdefault(high, [high]).extend(self._members.pop(low, [low]))

    def is_first_of_itself(self, table: SeedTable, column: str, row: int) -> bool:
        """Whether this is a row without one before it to refer to, in a table that refers to itself."""
        target, shift = self._loose.get((table.root, column), (None, 0))
        return target is not None and shift < 0 and row == 0

    def value(self, table: SeedTable, column: Column, row: int) -> str | None:
        """SQL of the value in a row (counted in this table), None where none is known."""
        place = (table.root, column.address.name)
        if place in self._loose:
            target, shift = self._loose[place]
            row = max(row - 1, 0) if shift < 0 else (row + shift) % self.rows
            return self._of_family(self._head(target), row)
        if any(column.address.name in key.columns for key in table.foreign_keys):
            return self._of_family(self._head(place), row % self.rows)
        return self._of_family(self._head(place), table.first_row + row)

    def _of_family(self, head: Place, row: int) -> str | None:
        if (head, row) not in self._values:
            self._values[head, row] = self._make(head, row)
        return self._values[head, row]

    def _make(self, head: Place, row: int) -> str | None:
        source = self._source(head, row)
        if source is None:
            return None
        kind, start, demand = source
        return self.types.value(kind, Spot(start.label, start.key, row, start.rank), demand)

    def _source(self, head: Place, row: int) -> "tuple[str, Spot, Demand] | None":
        """The type of a family's values, where they start and what is asked of them; per leaf table."""
        known = (head, row // LEAF_ROWS)
        if known not in self._sources:
            self._sources[known] = self._find_source(head, row)
        return self._sources[known]

    def _find_source(self, head: Place, row: int) -> "tuple[str, Spot, Demand] | None":
        table = self._leaf(head[0], row)
        column = table.by_name.get(head[1]) if table else None
        if table is None or column is None:
            return None
        group, rank = self._rank(table, head[1])
        start = Spot.of(head[1], f"{head[0].path}.{group}", 0, rank)
        return column.type, start, self._demand(head, row)

    def _leaf(self, root: Address, row: int) -> SeedTable | None:
        """The table that holds a row, of all rows of a partitioned one."""
        if root not in self.tables.catalog.objects:
            return None
        leaves = self.tables.leaves(root)
        return self.tables[leaves[min(row // LEAF_ROWS, len(leaves) - 1)]] if leaves else None

    def _demand(self, head: Place, row: int) -> Demand:
        """All that is asked of a family's members."""
        found = NOTHING
        for root, name in self._members.get(head, [head]):
            table = self._leaf(root, row)
            if table and name in table.by_name:
                found = found.both(table.wishes.demands.get(name, NOTHING)).both(_width(table.by_name[name]))
        return found

    def _rank(self, table: SeedTable, name: str) -> tuple[str, int]:
        """The column whose values this one's are counted from, and how far above them it is."""
        if table.address not in self._ranks:
            self._ranks[table.address] = ranks(table.wishes.smaller)
        return self._ranks[table.address].get(name, (name, 0))


def _width(column: Column) -> Demand:
    """What a column's length asks of all that are tied to it."""
    base, modifiers = parse_type(column.type)
    if base in ("character varying", "character") and modifiers:
        return Demand(max_length=int(modifiers[0]))
    return NOTHING


def ranks(smaller: Iterable[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    """For columns in pairs of smaller and larger: a common name for all that are tied, and a rank for each."""
    pairs = sorted(smaller)
    found = {name: (name, 0) for pair in pairs for name in pair}
    # As many rounds as there are columns settle every chain; a circle stays unsettled, and its check fails.
    for _ in found:
        for low, high in pairs:
            group = min(found[low][0], found[high][0])
            found[low] = (group, found[low][1])
            found[high] = (group, min(_HIGHEST, max(found[high][1], found[low][1] + 1)))
    return found
