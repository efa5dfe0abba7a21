"""Tables as seeding sees them: what can be given, what must be, what refers to what."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemata.catalog import Address, Catalog, Column, Constraint, Index, Kind, Rule, Table
from schemata.rows.checks import Wishes, wishes_of_table
from schemata.rows.demands import Demand
from schemata.rows.partitions import bound_wishes

# Room for the rows of one partition; no column may run out of distinct numbers for it.
LEAF_ROWS = 64


@dataclass(frozen=True)
class SeedTable:
    """One table that rows go into: a plain one, or a leaf of a partitioned one of `root`.

    Rows are numbered over all leaves; this one's begin with `first_row`.
    """

    address: Address
    root: Address
    first_row: int
    columns: tuple[Column, ...]
    foreign_keys: tuple[Constraint, ...]
    wishes: Wishes
    takes_conflicts: bool

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {each.address.name: each for each in self.columns}


class Tables:
    """The tables of a catalog, read when they are asked for."""

    def __init__(self, catalog: Catalog, toward: tuple[Catalog, ...] = ()) -> None:
        self.catalog = catalog
        self.toward = toward
        self._read: dict[Address, SeedTable] = {}
        self._keys: dict[Address, tuple[Constraint, ...]] = {}
        self._placed: dict[Address, Mapping[Address, int]] = {}
        self._leaves: dict[Address, tuple[Address, ...]] = {}

    def __getitem__(self, at: Address) -> SeedTable:
        if at not in self._read:
            self._read[at] = self._table(at)
        return self._read[at]

    @cached_property
    def _partitions(self) -> Mapping[Address, tuple[Address, ...]]:
        found: dict[Address, list[Table]] = {}
        for each in self.catalog.of_kind(Kind.TABLE, Kind.FOREIGN_TABLE):
            if isinstance(each, Table) and each.partition_bound and each.parents:
                found.setdefault(each.parents[0], []).append(each)
        return {parent: tuple(each.address for each in sorted(found[parent], key=_order)) for parent in found}

    def table(self, at: Address) -> Table:
        found = self.catalog.objects[at]
        assert isinstance(found, Table), f"{at} is a table"
        return found

    def _above(self, at: Address) -> Table | None:
        """The partitioned table that a partition belongs to."""
        found = self.table(at)
        return self.table(found.parents[0]) if found.partition_bound and found.parents else None

    def root(self, at: Address) -> Address:
        """The partitioned table that a partition belongs to in the end; any other table itself."""
        while above := self._above(at):
            at = above.address
        return at

    def leaves(self, at: Address) -> tuple[Address, ...]:
        """Where rows of a table are put: into itself, or the partitions below it.

        Which hash partition a row belongs to can't be told here, so rows are put into
        the table that is partitioned so.
        """
        if at not in self._leaves:
            self._leaves[at] = tuple(self._below(self._hashed(at)))
        return self._leaves[at]

    def _hashed(self, at: Address) -> Address:
        """The highest table above that is partitioned by hash, where there is one."""
        found, above = at, self._above(at)
        while above:
            found = above.address if _is_hashed(above) else found
            above = self._above(above.address)
        return found

    def _below(self, at: Address) -> Iterator[Address]:
        waiting = [at]
        while waiting:
            found = self.table(waiting.pop())
            if not found.partition_key or _is_hashed(found):
                yield found.address
            else:
                waiting += reversed(self._partitions.get(found.address, ()))

    def _places(self, root: Address) -> Mapping[Address, int]:
        if root not in self._placed:
            self._placed[root] = {leaf: place for place, leaf in enumerate(self.leaves(root))}
        return self._placed[root]

    def spread(self, at: Address) -> int:
        """How many times the wanted rows it takes until every hash partition is likely to have some."""
        return 3 * max(1, len(self._partitions.get(at, ()))) if _is_hashed(self.table(at)) else 1

    def foreign_keys(self, at: Address) -> tuple[Constraint, ...]:
        if at not in self._keys:
            keys = [key for catalog in (self.catalog, *self.toward) for key in _keys(catalog, at)]
            known = {
                (key.columns, key.references, key.referenced_columns): key
                for key in reversed(keys)
                if self._has(at, key)
            }
            self._keys[at] = tuple(reversed(known.values()))
        return self._keys[at]

    def _has(self, at: Address, key: Constraint) -> bool:
        """Whether both ends of a foreign key are there, which may be one that comes later."""
        target = key.references
        if target is None or (target not in self.catalog.objects and key.address not in self.catalog.objects):
            return False
        ends = [(at, key.columns), (target, key.referenced_columns)]
        return key.address in self.catalog.objects or all(
            Address(Kind.COLUMN, end.schema, each, end.name) in self.catalog.objects
            for end, names in ends
            for each in names
        )

    def _table(self, at: Address) -> SeedTable:
        parts = self.catalog.children.get(at, ())
        columns = sorted((each for each in parts if isinstance(each, Column)), key=lambda each: each.position)
        root = self.root(at)
        places = self._places(root)
        wishes = wishes_of_table(parts)
        for later in self.toward:
            _add_later(later.children.get(at, ()), {each.address for each in columns}, wishes)
        child = self.table(at)
        while parent := self._above(child.address):
            bound_wishes(child.partition_bound, parent.partition_key, wishes)
            child = parent
        return SeedTable(
            address=at,
            root=root,
            first_row=places.get(at, 0) * LEAF_ROWS,
            columns=tuple(columns),
            foreign_keys=self.foreign_keys(at),
            wishes=wishes,
            takes_conflicts=not any(map(_forbids_conflicts, parts)),
        )


def _keys(catalog: Catalog, at: Address) -> Iterator[Constraint]:
    for part in catalog.children.get(at, ()):
        if isinstance(part, Constraint) and part.type == "foreign key" and part.enforced:
            yield part


def _add_later(parts: Collection[object], columns: Collection[Address], wishes: Wishes) -> None:
    """What the same table asks of its rows in a later catalog, where it asks nothing against what it does now."""
    later = wishes_of_table(parts)
    for part in parts:
        if isinstance(part, Column) and part.not_null and part.address in columns:
            later.ask(part.address.name, Demand(null=False))
    if not wishes.refuses(later):
        wishes.take(later)


def _is_hashed(found: Table) -> bool:
    return found.partition_key.startswith("HASH")


def _order(found: Table) -> tuple[bool, Address]:
    # The rows that others refer to are in the first partition: better one with bounds to choose from.
    return found.partition_bound == "DEFAULT", found.address


def _forbids_conflicts(part: object) -> bool:
    """Whether ON CONFLICT is refused on a table with this part (manual, INSERT and CREATE RULE)."""
    if isinstance(part, Constraint):
        return part.deferrable and part.type in ("primary key", "unique", "exclusion")
    return isinstance(part, Rule)


def unique_columns(tables: Tables, at: Address) -> frozenset[str]:
    """Columns that alone or with others tell rows apart."""
    found: set[str] = set()
    for part in tables.catalog.children.get(at, ()):
        if isinstance(part, Constraint) and part.type in ("primary key", "unique", "exclusion"):
            found.update(part.columns)
        elif isinstance(part, Index) and part.unique:
            found.update(key.column for key in part.keys)
    return frozenset(found)
