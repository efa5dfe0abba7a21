"""What has to be there before an object is made or altered, in the names of after."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemata.catalog import (
    Address,
    Aggregate,
    CatalogObject,
    Column,
    Constraint,
    Extension,
    Function,
    Index,
    Kind,
    Sequence,
    Table,
)
from schemata.plan.creating import inside
from schemata.plan.owners import owner_of, table_of
from schemata.plan.ownership import goes_with_table
from schemata.plan.situation import Situation


@dataclass(frozen=True, eq=False)
class Needs:
    """`made` is what a plan creates; what it makes along with another object waits with that."""

    situation: Situation
    made: Mapping[Address, CatalogObject]

    def of(self, at: Address) -> Iterator[Address]:
        found = self.situation.after.objects[at]
        yield from self._of_each(found)
        for part in inside(found, self.situation.after) if at in self.made else ():
            yield from self._of_each(part)

    def _of_each(self, found: CatalogObject) -> Iterator[Address]:
        at = found.address
        for need in (*self.situation.after.dependencies.get(at, ()), *_spoken_of(found)):
            if not self._comes_later(found, need):
                yield from (need, *self._owner(need))
            if need.kind is Kind.COMPOSITE:
                yield from self._attributes(need)
        if at.parent:
            yield from self._owner(at)
        if isinstance(found, Table):
            yield from self._persisting_before(found)
        if isinstance(found, Sequence):
            yield from self._giver_of(found)
        if isinstance(found, Function | Aggregate) and at in self.made:
            yield from self._callers_of_others(found)
        yield from self._keys_and_columns(found)
        if isinstance(found, Index | Constraint):
            yield from self._parts_below(at)

    def _attributes(self, composite: Address) -> Iterator[Address]:
        """They can't be changed any more once a table uses the type."""
        for part in self.situation.after.children.get(composite, ()):
            yield part.address

    def _comes_later(self, found: CatalogObject, need: Address) -> bool:
        """A sequence is tied to its column at the end; a partition's index is there before that of the whole."""
        if isinstance(found, Sequence) and not found.identity and found.owned_by is not None:
            return need == found.owned_by or need.name == found.owned_by.parent
        return isinstance(found, Index | Constraint) and found.parent == need and need in self.made

    def _persisting_before(self, table: Table) -> Iterator[Address]:
        """A logged table may not refer to an unlogged one, at no time."""
        pair = self.situation.pairs_after.get(table.address)
        if pair is None or table.address in self.made or "persistence" not in self.situation.changes(pair):
            return
        for key in self._foreign_keys:
            ours = table_of(key.address)
            if table.persistence == "permanent" and ours == table.address and key.references:
                yield key.references
            if table.persistence != "permanent" and key.references == table.address:
                yield ours

    @cached_property
    def _foreign_keys(self) -> tuple[Constraint, ...]:
        constraints = (each for each in self.situation.after.objects.values() if isinstance(each, Constraint))
        return tuple(
            each for each in constraints if each.references and table_of(each.address) != each.references
        )

    def _callers_of_others(self, new: Function | Aggregate) -> Iterator[Address]:
        """What calls a routine of the same name: beside the new one the call could mean that, or either."""
        dependencies = self.situation.after.dependencies
        for other in self._overloads.get((new.address.schema, new.name), ()):
            for user in self._users.get(other, ()) if other != new.address else ():
                if new.address not in dependencies.get(user, ()):
                    yield from (user, *self._owner(user))

    @cached_property
    def _overloads(self) -> Mapping[tuple[str, str], list[Address]]:
        """Routines of one schema and name, where there are several."""
        routines: dict[tuple[str, str], list[Address]] = defaultdict(list)
        for at, found in self.situation.after.objects.items():
            if isinstance(found, Function | Aggregate):
                routines[at.schema, found.name].append(at)
        return {key: found for key, found in routines.items() if len(found) > 1}

    @cached_property
    def _users(self) -> Mapping[Address, list[Address]]:
        """Who calls one of those."""
        routines = frozenset(at for found in self._overloads.values() for at in found)
        users: dict[Address, list[Address]] = defaultdict(list)
        for user, needed in self.situation.after.dependencies.items():
            for at in routines.intersection(needed):
                users[at].append(user)
        return users

    def _giver_of(self, found: Sequence) -> Iterator[Address]:
        """The table that a sequence is given away with: what is granted on it before goes to the new owner."""
        pair = self.situation.pairs_after.get(found.address)
        if pair is None or found.address in self.made or found.owned_by is None:
            return
        if "owner" in self.situation.changes(pair) and goes_with_table(pair, self.situation):
            yield from self._owner(found.owned_by)

    def _keys_and_columns(self, found: CatalogObject) -> Iterator[Address]:
        at = found.address
        if isinstance(found, Constraint) and found.type == "foreign key" and found.references:
            yield from self._keys_of(found)
        if isinstance(found, Index | Constraint):
            columns = getattr(found, "columns", ()) or tuple(k.column for k in getattr(found, "keys", ()))
            yield from (Address(Kind.COLUMN, at.schema, each, at.parent) for each in columns if each)
        if isinstance(found, Column) and found.inherited:
            yield from self._above(found)
        if isinstance(found, Sequence) and found.identity and found.owned_by is not None:
            yield from (found.owned_by, Address(Kind.TABLE, found.owned_by.schema, found.owned_by.parent))

    def _above(self, column: Column) -> Iterator[Address]:
        """The columns that it has its type from."""
        table = self.situation.after.objects.get(table_of(column.address))
        for above in table.parents if isinstance(table, Table) else ():
            yield Address(Kind.COLUMN, above.schema, column.address.name, above.name)

    def _parts_below(self, at: Address) -> Iterator[Address]:
        yield from self._below.get(at, ())

    @cached_property
    def _below(self) -> Mapping[Address, tuple[Address, ...]]:
        below: dict[Address, tuple[Address, ...]] = {}
        for at, found in self.made.items():
            if isinstance(found, Index | Constraint) and found.parent is not None:
                below[found.parent] = (*below.get(found.parent, ()), at)
        return below

    def _owner(self, at: Address) -> Iterator[Address]:
        owner = owner_of(at, self.situation.after)
        if owner is not None:
            yield owner.address

    def _keys_of(self, found: Constraint) -> Iterator[Address]:
        """Keys and unique indexes of the table that a foreign key refers to."""
        assert found.references is not None
        for part in self.situation.after.children.get(found.references, ()):
            if isinstance(part, Constraint) and part.type in ("primary key", "unique"):
                yield part.address
            if isinstance(part, Index) and part.unique:
                yield part.address


def _spoken_of(found: CatalogObject) -> Iterator[Address]:
    """Addresses that an object holds, for catalogs that know no dependencies of it."""
    for name in found.REFERRING:
        value = getattr(found, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Address):
                yield each
    if isinstance(found, Table):
        yield from found.parents
    if isinstance(found, Extension):
        yield Address(Kind.SCHEMA, "", found.schema)
