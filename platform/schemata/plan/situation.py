"""What every part of a plan asks: which object is which, who needs whom, what has to be made anew."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from schemata.catalog import Address, Catalog, CatalogObject, Column, Constraint, Enum, Kind, Sequence, Table
from schemata.catalog.nearness import may_differ
from schemata.diff.attributes import altered_attributes
from schemata.diff.matching import Match, Pair, match
from schemata.plan.altering import alteration
from schemata.plan.enums import is_rebuilt
from schemata.plan.owners import owner_of, table_of

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
_VIEWS = frozenset({Kind.VIEW, Kind.MATERIALIZED_VIEW})
_KEPT_WHOLE = frozenset({Kind.CONSTRAINT, Kind.INDEX, Kind.STATISTICS})
_TYPES = frozenset({Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE})
_FOLLOWING = frozenset({"inherited", "local", "parent"})


def in_names_of_after(pair: Pair) -> CatalogObject:
    """The object as it was, under the names that it and what it speaks of have after."""
    same = {each: getattr(pair.after, each) for each in pair.referring}
    return replace(pair.before, address=pair.after.address, **same)


def leaves_parents(pair: Pair) -> bool:
    """Whether a table gets other parents, or is another partition of the same one: it is alone in between."""
    before, after = pair.before, pair.after
    if not isinstance(before, Table) or not isinstance(after, Table):
        return False
    is_other = before.partition_bound != after.partition_bound and "partition_bound" not in pair.referring
    return is_other or (before.parents != after.parents and "parents" not in pair.referring)


def _parents(table: CatalogObject) -> tuple[Address, ...]:
    return table.parents if isinstance(table, Table) else ()


@dataclass(frozen=True, eq=False)
class Situation:
    """Both catalogs and how they hang together; everything else follows and is found once."""

    before: Catalog
    after: Catalog
    same_origin: bool
    trunk: Catalog | None = None

    @cached_property
    def found(self) -> Match:
        return match(self.before, self.after, same_origin=self.same_origin, trunk=self.trunk)

    @cached_property
    def pairs(self) -> dict[Address, Pair]:
        """What is on both sides and not equal, by its address before."""
        return {**self.retyped, **{pair.before.address: pair for pair in self.found.pairs}}

    @cached_property
    def retyped(self) -> Mapping[Address, Pair]:
        """Columns whose type reads the same and is another one, by their address before.

        That is so where a type gave its name to another: texts are equal, tokens of identity are not.
        """
        ours, theirs = self.before.identities, self.after.identities
        known = may_differ(self.before, self.after)
        taken = (
            at
            for at in (ours if known is None else known)
            if at.kind in _TYPES and at in ours and at in theirs and theirs[at].key != ours[at].key
        )
        if not self.same_origin or next(taken, None) is None:
            return {}
        return {at: pair for at in ours if at.kind is Kind.COLUMN and (pair := self._same_text(at))}

    def _same_text(self, at: Address) -> Pair | None:
        who = self.before.identities[at]
        now = self.after.by_identity.get(who.key)
        before, after = self.before.objects[at], self.after.objects.get(now) if now else None
        if now is None or not isinstance(before, Column) or not isinstance(after, Column):
            return None
        is_other = before.type == after.type and who.tokens[:1] != self.after.identities[now].tokens[:1]
        return Pair(before, after) if is_other else None

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

    def changes(self, pair: Pair) -> tuple[str, ...]:
        """Attributes that have to be altered; not those that follow from what happens to a table's parents."""
        names = tuple(each.name for each in altered_attributes(pair))
        if pair.before.address in self.retyped:
            names = ("type", *(each for each in names if each != "type"))
        if _FOLLOWING.isdisjoint(names):
            return names
        follows = self._following(pair)
        return tuple(each for each in names if each not in follows)

    def _following(self, pair: Pair) -> frozenset[str]:
        before, after = pair.before, pair.after
        joins = self._joins(pair)
        if isinstance(before, Column | Constraint) and isinstance(after, Column | Constraint):
            # INHERIT leaves what a table had of its own its own; ATTACH PARTITION does not.
            loses_own = before.local and not after.local
            is_part = isinstance(after, Constraint) and after.parent is not None
            return (
                _FOLLOWING - {"local"} if loses_own and joins != "partition" and not is_part else _FOLLOWING
            )
        return _FOLLOWING if joins else frozenset()

    def _joins(self, pair: Pair) -> str:
        """Whether the table of a part joins or leaves another one, and as what."""
        at = pair.before.address
        table = self.pairs.get(Address(Kind.TABLE, at.schema, at.parent))
        if table is None or not leaves_parents(table):
            return ""
        assert isinstance(table.before, Table)
        assert isinstance(table.after, Table)
        return "partition" if table.after.partition_bound or table.before.partition_bound else "heir"

    def leaves(self, table: CatalogObject) -> bool:
        """Whether a table of before is without its parents by the time that anything is dropped."""
        return table.address in self.pairs and leaves_parents(self.pairs[table.address])

    def is_below(self, before: Column, after: Column) -> bool:
        """Whether the column is one of a parent's, and was all the time: what that becomes it becomes along."""
        if not before.inherited or not after.inherited:
            return False
        pair = self.pairs.get(table_of(before.address))
        return pair is None or any(
            (now := self.now(above)) is not None
            and above not in self.remade
            and now.address in _parents(pair.after)
            for above in _parents(pair.before)
        )

    def inherits(self, found: CatalogObject, *, on: Catalog) -> bool:
        """Whether a part comes and goes with the same part of a parent that the table has before and after."""
        if not isinstance(found, Column | Constraint) or not found.inherited or found.local:
            return False
        at = found.address
        table = on.objects.get(Address(Kind.TABLE, at.schema, at.parent))
        if not isinstance(table, Table):
            return False
        pair = self.pairs.get(table.address) if on is self.before else self.pairs_after.get(table.address)
        return pair is None or not leaves_parents(pair)

    @cached_property
    def pairs_after(self) -> dict[Address, Pair]:
        return {pair.after.address: pair for pair in self.found.pairs}

    # What has to be made anew.

    def needs_remaking(self, pair: Pair) -> bool:
        if isinstance(pair.before, Enum):
            return False
        if (
            isinstance(pair.before, Sequence)
            and pair.before.identity
            and pair.before.owned_by in self.dropped
        ):
            return True  # It goes with its column, whoever has its name after.
        changes = (each for each in self.changes(pair) if each != "local")
        before = in_names_of_after(pair)
        return any(alteration(before, pair.after, each, self.after) is None for each in changes)

    @cached_property
    def remade(self) -> dict[Address, CatalogObject]:
        """Objects that stay but can't be altered, or are in the way of what is: dropped, then created."""
        remade = {at: pair.after for at, pair in self.pairs.items() if self.needs_remaking(pair)}
        waiting = [*remade, *self.dropped, *self._disturbing()]
        seen = set(waiting)
        while waiting:
            at = waiting.pop()
            whole = at in self.dropped or at in remade
            for user in (*self._in_the_way_of(at, whole=whole), *(self._parts_of(at) if whole else ())):
                kept = self.now(user)
                if kept is not None and user not in seen:
                    seen.add(user)
                    remade[user] = kept
                    waiting.append(user)
            if whole:
                # What reads a view stands on its columns.
                waiting += (each for each in self._columns_of(at) if each not in seen)
                seen.update(self._columns_of(at))
        return remade

    def _columns_of(self, at: Address) -> Iterator[Address]:
        for part in self.before.children.get(at, ()):
            if part.address.kind is Kind.COLUMN:
                yield part.address

    def _disturbing(self) -> Iterator[Address]:
        """Columns whose type changes, and enums that are rebuilt: their readers must get out of the way."""
        for at, pair in self.pairs.items():
            names = set(self.changes(pair))
            if isinstance(pair.before, Column) and names & {"type", "collation", "generated"}:
                yield at
            if isinstance(pair.before, Enum) and is_rebuilt(pair):
                yield at
                yield from (user for user in self.users.get(at, ()) if user.kind is Kind.COLUMN)

    def _in_the_way_of(self, at: Address, *, whole: bool) -> Iterator[Address]:
        for user in self.users.get(at, ()):
            owner = owner_of(user, self.before)
            found = self.before.objects.get(user)
            if user.kind in READERS or (
                isinstance(found, Column) and found.generated and at.kind is Kind.COLUMN
            ):
                yield user
            elif owner is not None and owner.address.kind in _VIEWS:
                yield owner.address
            elif user.kind in _KEPT_WHOLE and (whole or self._joins_changing_types(found)):
                yield user

    def _joins_changing_types(self, found: CatalogObject | None) -> bool:
        """A foreign key whose columns change on both sides: after one of them it would compare two types."""
        if not isinstance(found, Constraint) or found.references is None:
            return False
        schema, table = found.references.schema, found.references.name
        ours = (
            Address(Kind.COLUMN, found.address.schema, each, found.address.parent) for each in found.columns
        )
        theirs = (Address(Kind.COLUMN, schema, each, table) for each in found.referenced_columns)
        both = zip(ours, theirs, strict=True)
        return any(self._changes_type(first) and self._changes_type(second) for first, second in both)

    def _changes_type(self, at: Address) -> bool:
        return at in self.pairs and "type" in self.changes(self.pairs[at])

    def _parts_of(self, at: Address) -> Iterator[Address]:
        """Indexes, constraints, triggers... of something that is dropped whole; columns are made with it."""
        for part in self.before.children.get(at, ()):
            if part.address.kind not in (Kind.COLUMN, Kind.ATTRIBUTE):
                yield part.address
