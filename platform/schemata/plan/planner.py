"""From two catalogs to statements in order.

Four phases: what has to go goes, in the names of before; what is renamed gets its
name; what is new or altered is made, in the names of after; what something still
stood on until then goes last. Within a phase pg_depend says what comes first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from msgspec.structs import replace

from schemata.catalog import (
    Address,
    Catalog,
    CatalogObject,
    Column,
    Constraint,
    Enum,
    Function,
    Index,
    Kind,
    Sequence,
    Table,
)
from schemata.catalog.encoding import PARENTS
from schemata.diff.attributes import altered_attributes
from schemata.diff.matching import Match, Pair, match
from schemata.plan.altering import alteration
from schemata.plan.creating import CREATED_INSIDE, add_part, create, inside, own, owner_of
from schemata.plan.dropping import drop
from schemata.plan.enums import alter_enum, is_rebuilt, rebuild_enum
from schemata.plan.order import in_order
from schemata.plan.renaming import move, rename
from schemata.plan.values import Hazard, HazardKind, Plan, PlannedStatement

# What reads a column or table by its inner number and is in the way when that changes its type.
READERS = frozenset(
    {
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.RULE,
        Kind.POLICY,
        Kind.TRIGGER,
        Kind.FUNCTION,
        Kind.PROCEDURE,
        Kind.PUBLICATION,
    }
)
HOLDS_ROWS = frozenset({Kind.TABLE, Kind.COLUMN, Kind.FOREIGN_TABLE})


@dataclass
class Planner:
    """One plan under way."""

    before: Catalog
    after: Catalog
    same_origin: bool
    trunk: Catalog | None = None
    unsupported: list[str] = field(default_factory=list)

    def plan(self) -> Plan:
        if self.before is self.after:
            return Plan((), self.before.hash, self.after.hash)
        parts = (self.drops(), self.renames(), self.makes(), self.late_drops())
        statements = tuple(statement for part in parts for statement in part)
        return Plan(statements, self.before.hash, self.after.hash, tuple(self.unsupported))

    @cached_property
    def found(self) -> Match:
        return match(self.before, self.after, same_origin=self.same_origin, trunk=self.trunk)

    @cached_property
    def pairs(self) -> dict[Address, Pair]:
        """What is on both sides and not equal, by its address before."""
        return {pair.before.address: pair for pair in self.found.pairs}

    @cached_property
    def dropped(self) -> dict[Address, CatalogObject]:
        return {gone.address: gone for gone in self.found.dropped}

    @cached_property
    def users(self) -> Mapping[Address, list[Address]]:
        """Who needs an object of before, the other way round than `dependencies`."""
        users: dict[Address, list[Address]] = defaultdict(list)
        for user, needed in self.before.dependencies.items():
            for at in needed:
                users[at].append(user)
        return users

    def now(self, at: Address) -> CatalogObject | None:
        """The object of before at `at` as it is after; None where it is gone."""
        if at in self.pairs:
            return self.pairs[at].after
        return None if at in self.dropped else self.after.objects.get(at)

    # What has to be made anew.

    @cached_property
    def remade(self) -> dict[Address, CatalogObject]:
        """Objects that stay but can't be altered, or are in the way of what is: dropped, then created."""
        remade = {at: pair.after for at, pair in self.pairs.items() if self._needs_remaking(pair)}
        waiting = [*remade, *self.dropped, *self._disturbing()]
        seen = set(waiting)
        while waiting:
            at = waiting.pop()
            for user in self._in_the_way_of(at):
                kept = self.now(user)
                if kept is not None and user not in seen:
                    seen.add(user)
                    remade[user] = kept
                    waiting += [user, *(part.address for part in self.before.children.get(user, ()))]
            waiting += [p.address for p in self._parts_going_too(at) if p.address not in seen]
            seen.update(p.address for p in self._parts_going_too(at))
        return remade

    def _needs_remaking(self, pair: Pair) -> bool:
        if isinstance(pair.before, Enum):
            return False
        changes = altered_attributes(pair)
        return any(alteration(pair.before, pair.after, each.name) is None for each in changes)

    def _disturbing(self) -> Iterator[Address]:
        """Columns whose type changes, and enums that are rebuilt: their readers must get out of the way."""
        for at, pair in self.pairs.items():
            names = {each.name for each in altered_attributes(pair)}
            if isinstance(pair.before, Column) and names & {"type", "collation", "generated"}:
                yield at
            if isinstance(pair.before, Enum) and is_rebuilt(pair):
                yield at
                yield from self.users.get(at, ())

    def _in_the_way_of(self, at: Address) -> Iterator[Address]:
        is_whole = at in self.dropped or (at in self.pairs and self._needs_remaking(self.pairs[at]))
        for user in self.users.get(at, ()):
            owner = owner_of(user, self.before)
            if user.kind in READERS:
                yield user
            elif owner is not None and owner.address.kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW):
                yield owner.address
            elif is_whole and user.kind in (Kind.CONSTRAINT, Kind.INDEX, Kind.STATISTICS):
                yield user

    def _parts_going_too(self, at: Address) -> Iterator[CatalogObject]:
        """Indexes, constraints... of a materialized view or table that is dropped whole."""
        found = self.before.objects.get(at)
        if found is not None and at.kind is Kind.MATERIALIZED_VIEW:
            yield from (p for p in self.before.children.get(at, ()) if p.address.kind is Kind.INDEX)

    # Phase one and four: drops.

    @cached_property
    def _going(self) -> dict[Address, CatalogObject]:
        going = {at: found for at, found in self.dropped.items() if not self._goes_with_another(found)}
        for at in self.remade:
            found = self.before.objects[at]
            if not self._goes_with_another(found):
                going[at] = found
        return going

    def _goes_with_another(self, found: CatalogObject) -> bool:
        """Whether dropping something else takes it along."""
        at = found.address
        owner = owner_of(at, self.before)
        if owner is not None and (owner.address in self.dropped or owner.address in self.remade):
            return True
        if isinstance(found, Constraint | Index) and found.parent is not None:
            return found.parent in self.dropped or found.parent in self.remade
        if isinstance(found, Constraint | Column) and getattr(found, "inherited", False) and not found.local:
            return True
        if isinstance(found, Sequence) and found.owned_by is not None:
            owned = found.owned_by
            table = Address(Kind.TABLE, owned.schema, owned.parent)
            return found.identity or owned in self.dropped or table in self.dropped
        if at.kind in (Kind.CONSTRAINT, Kind.INDEX, Kind.STATISTICS):
            return self._loses_a_column(found)
        return False

    def _loses_a_column(self, found: CatalogObject) -> bool:
        """An index or check on a dropped column goes with it; Postgres drops them by itself."""
        needed = self.before.dependencies.get(found.address, ())
        gone = [at for at in needed if at.kind is Kind.COLUMN and at in self.dropped]
        own_table = [at for at in gone if at.parent == found.address.parent]
        return bool(own_table) and found.address in self.dropped

    @cached_property
    def _late(self) -> set[Address]:
        """Dropped types, functions... that something which stays still stands on until it is altered."""
        late: set[Address] = set()
        waiting = [at for at in self._going if at in self.dropped and self._is_held(at)]
        while waiting:
            at = waiting.pop()
            if at not in late:
                late.add(at)
                needs = self.before.dependencies.get(at, ())
                waiting += [need for need in needs if need in self._going and need in self.dropped]
        return late

    def _is_held(self, at: Address) -> bool:
        if at.kind in HOLDS_ROWS or at.kind in (Kind.CONSTRAINT, Kind.INDEX):
            return False
        if at.kind is Kind.SCHEMA:
            return True
        return any(
            user not in self._going and self.now(user) is not None and not self._is_inside_going(user)
            for user in self.users.get(at, ())
        )

    def _is_inside_going(self, at: Address) -> bool:
        owner = owner_of(at, self.before)
        return owner is not None and owner.address in self._going

    def drops(self) -> Iterator[PlannedStatement]:
        yield from self._dropping(at for at in self._going if at not in self._late)

    def late_drops(self) -> Iterator[PlannedStatement]:
        yield from self._dropping(self._late)

    def _dropping(self, addresses: Iterable[Address]) -> Iterator[PlannedStatement]:
        wanted = sorted(addresses)
        needs = {at: self._needs_before(at) for at in wanted}
        for at in reversed(in_order(wanted, needs, lambda _: False)):
            found = self.before.objects[at]
            text = drop(found, self.before)
            if not text:
                self._give_up(found, "drop")
                continue
            yield PlannedStatement(text, at, tuple(self._losses(at)))

    def _needs_before(self, at: Address) -> Iterator[Address]:
        wholes = (at, *(part.address for part in self.before.children.get(at, ())))
        needed = [need for each in wholes for need in self.before.dependencies.get(each, ())]
        for each in (at, *needed):
            owner = owner_of(each, self.before)
            if owner is not None:
                yield owner.address
        yield from needed
        if at.schema:
            yield Address(Kind.SCHEMA, "", at.schema)

    def _losses(self, at: Address) -> Iterator[Hazard]:
        if at in self.dropped and (at.kind in HOLDS_ROWS or at.kind is Kind.SEQUENCE):
            yield Hazard(HazardKind.DATA_LOSS, f"{at} goes with what it holds", at)

    # Phase two: renames.

    def renames(self) -> Iterator[PlannedStatement]:
        moved = [
            pair
            for pair in self.found.pairs
            if self.found.is_renamed(pair) and pair.before.address not in self.remade
        ]
        taken = {pair.before.address for pair in moved}
        aside: dict[Address, str] = {}
        for pair in sorted(moved, key=lambda pair: (bool(pair.before.address.parent), pair.before.address)):
            yield from self._renaming(pair, taken, aside)
        for pair in moved:
            at = pair.before.address
            if at in aside:
                yield self._renamed(pair, self._where(pair, aside[at]), pair.after.address.name)

    def _renaming(
        self, pair: Pair, taken: set[Address], aside: dict[Address, str]
    ) -> Iterator[PlannedStatement]:
        was, to = pair.before.address, pair.after.address
        if not was.parent and was.schema != self._schema_before(to.schema):
            yield PlannedStatement(move(pair.before, self._where(pair, was.name), to.schema), to)
        bare = getattr(pair.before, "name", was.name), getattr(pair.after, "name", to.name)
        if bare[0] == bare[1]:
            return
        name_now = Address(was.kind, was.schema, to.name, was.parent)
        if name_now in taken and name_now != was:
            aside[was] = f"{bare[0][:50]}_braid_aside"
            yield self._renamed(pair, self._where(pair, was.name), aside[was])
        else:
            yield self._renamed(pair, self._where(pair, was.name), bare[1])

    def _renamed(self, pair: Pair, at: Address, new: str) -> PlannedStatement:
        return PlannedStatement(rename(pair.before, at, new), pair.after.address)

    def _schema_before(self, schema: str) -> str:
        return next((old for old, new in self.found.schemas.items() if new == schema), schema)

    def _where(self, pair: Pair, name: str) -> Address:
        """Where the object stands while renames go on: schemas and parents have their new names already."""
        was, to = pair.before.address, pair.after.address
        return Address(was.kind, to.schema, name, to.parent)

    # Phase three: what is made and altered.

    def makes(self) -> Iterator[PlannedStatement]:
        made = {found.address: found for found in self.found.added}
        made |= {found.address: found for found in self.remade.values()}
        pairs = {p.after.address: p for at, p in self.pairs.items() if at not in self.remade}
        nodes = [at for at in sorted({*made, *pairs}, key=self._tie) if not self._is_made_inside(at, made)]
        needs = {at: tuple(self._needs_after(at)) for at in nodes}
        for at in in_order(nodes, needs, self._may_wait):
            if at in made:
                yield from self._making(made[at])
            else:
                yield from self._altering(pairs[at])
        for at, found in sorted(made.items()):
            if isinstance(found, Sequence) and found.owned_by is not None and not found.identity:
                yield PlannedStatement(own(found), at)

    def _tie(self, at: Address) -> tuple[bool, int, Address]:
        found = self.after.objects[at]
        return bool(at.parent), getattr(found, "position", 0), at

    def _is_made_inside(self, at: Address, made: Mapping[Address, CatalogObject]) -> bool:
        """A column of a new table, a constraint that comes from above, a partition's part of an index."""
        found = self.after.objects[at]
        owner = owner_of(at, self.after)
        if owner is None or at not in made:
            return False
        if owner.address in made:
            return found in inside(owner, self.after)
        return isinstance(found, Constraint | Column) and found.inherited and not found.local

    def _may_wait(self, at: Address) -> bool:
        found = self.after.objects[at]
        return isinstance(found, Constraint) and found.type == "foreign key"

    def _needs_after(self, at: Address) -> Iterator[Address]:
        found = self.after.objects[at]
        yield from self._needs_of(found)
        for part in inside(found, self.after):
            yield from self._needs_of(part)
        # A column that loses its type first makes way for whatever replaces it.

    def _needs_of(self, found: CatalogObject) -> Iterator[Address]:
        at = found.address
        for need in (*self.after.dependencies.get(at, ()), *_spoken_of(found)):
            yield from (need, *self._owners(need))
        if at.parent:
            yield from self._owners(at)
        if at.schema:
            yield Address(Kind.SCHEMA, "", at.schema)
        if isinstance(found, Constraint) and found.type == "foreign key" and found.references:
            yield from self._keys_of(found)
        if isinstance(found, Index | Constraint):
            columns = getattr(found, "columns", ()) or tuple(k.column for k in getattr(found, "keys", ()))
            yield from (Address(Kind.COLUMN, at.schema, each, at.parent) for each in columns if each)

    def _owners(self, at: Address) -> Iterator[Address]:
        owner = owner_of(at, self.after)
        if owner is not None:
            yield owner.address

    def _keys_of(self, found: Constraint) -> Iterator[Address]:
        """Keys and unique indexes of the table that a foreign key refers to."""
        assert found.references is not None
        for part in self.after.children.get(found.references, ()):
            if isinstance(part, Constraint) and part.type in ("primary key", "unique"):
                yield part.address
            if isinstance(part, Index) and part.unique:
                yield part.address

    def _making(self, found: CatalogObject) -> Iterator[PlannedStatement]:
        at = found.address
        texts = add_part(found, self.after) if at.kind in CREATED_INSIDE else create(found, self.after)
        if not texts and not (isinstance(found, Sequence) and found.identity):
            self._give_up(found, "create")
        hazards = tuple(self._hazards_of_making(found))
        for number, text in enumerate(texts):
            yield PlannedStatement(text, at, hazards if number == 0 else ())
        for part in self.after.children.get(at, ()) if at.kind is Kind.TABLE else ():
            if isinstance(part, Constraint) and part.local and part in inside(found, self.after):
                yield from self._making(part)

    def _hazards_of_making(self, found: CatalogObject) -> Iterator[Hazard]:
        at = found.address
        owner = owner_of(at, self.after)
        stands = owner is not None and self.before.objects.get(owner.address) is not None
        if not stands:
            return
        if isinstance(found, Column) and found.not_null and not (found.default or found.identity):
            yield Hazard(HazardKind.MAY_FAIL, f"{at} has no value for rows that are there", at)
        if isinstance(found, Constraint) or (isinstance(found, Index) and found.unique):
            yield Hazard(HazardKind.MAY_FAIL, f"rows that are there may not fit {at}", at)
        if isinstance(found, Constraint | Index):
            yield Hazard(HazardKind.LONG_LOCK, f"every row is looked at for {at} while writers wait", at)

    def _altering(self, pair: Pair) -> Iterator[PlannedStatement]:
        before = self._with_new_names(pair)
        changes = [each.name for each in altered_attributes(pair)]
        if isinstance(pair.after, Enum) and "values" in changes:
            changes.remove("values")
            if is_rebuilt(pair):
                yield from rebuild_enum(pair, self.before, self.after)
            else:
                yield from alter_enum(pair)
        ran = set()
        for name in changes:
            alter = alteration(pair.before, pair.after, name)
            if alter is not None and alter not in ran:
                ran.add(alter)
                yield from alter(before, pair.after)

    def _with_new_names(self, pair: Pair) -> CatalogObject:
        return replace(pair.before, address=pair.after.address)

    def _give_up(self, found: CatalogObject, verb: str) -> None:
        self.unsupported.append(f"{verb} {found.address}")


def _spoken_of(found: CatalogObject) -> Iterator[Address]:
    """Addresses that an object holds, for catalogs that know no dependencies of it."""
    for name in found.REFERRING:
        value = getattr(found, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Address):
                yield each
    if isinstance(found, Table):
        yield from found.parents


__all__ = ["PARENTS", "Function", "Planner"]
