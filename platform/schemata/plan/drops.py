"""Phases one and four: what goes, users before what they use; some only when nothing stands on it any more."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from schemata.catalog import Address, CatalogObject, Column, Constraint, Index, Kind, Sequence, Table
from schemata.plan.dropping import drop
from schemata.plan.hazards import hazard
from schemata.plan.not_nulls import is_forgotten
from schemata.plan.online import drop_online
from schemata.plan.order import in_order
from schemata.plan.owners import owner_of, table_of
from schemata.plan.parting import detach
from schemata.plan.situation import Situation
from schemata.plan.values import Hazard, HazardKind, PlannedStatement

HOLDS_ROWS = frozenset({Kind.TABLE, Kind.COLUMN, Kind.FOREIGN_TABLE})
_BY_COLUMN = frozenset({Kind.CONSTRAINT, Kind.INDEX, Kind.STATISTICS})
_NEVER_LATE = HOLDS_ROWS | {Kind.CONSTRAINT, Kind.INDEX}


@dataclass(frozen=True, eq=False)
class Drops:
    """Which objects are dropped, when, and which go with another one."""

    situation: Situation
    unsupported: list[str]
    online: bool = False

    @cached_property
    def going(self) -> Mapping[Address, CatalogObject]:
        """What takes a statement to drop it."""
        situation = self.situation
        gone = {**situation.dropped, **{at: situation.before.objects[at] for at in situation.remade}}
        return {
            at: found
            for at, found in gone.items()
            if not (self._goes_with_another(found) or is_forgotten(found, situation))
        }

    def _is_gone(self, at: Address) -> bool:
        return at in self.situation.dropped or at in self.situation.remade

    def _goes_with_another(self, found: CatalogObject) -> bool:
        at = found.address
        owner = owner_of(at, self.situation.before)
        if owner is not None and self._is_gone(owner.address):
            return True
        if isinstance(found, Constraint | Index) and found.parent is not None and self._is_gone(found.parent):
            return not (owner is not None and self.situation.leaves(owner))
        if self.situation.inherits(found, on=self.situation.before):
            return True
        if isinstance(found, Sequence) and found.owned_by is not None:
            owned = found.owned_by
            return found.identity or self._is_gone(owned) or self._is_gone(table_of(owned))
        return at.kind in _BY_COLUMN and self._loses_a_column(found)

    def _loses_a_column(self, found: CatalogObject) -> bool:
        """Postgres drops an index or check along with a column of its table."""
        return bool(self._columns_that_take_along(found))

    def _columns_that_take_along(self, found: CatalogObject) -> list[Address]:
        at = found.address
        table = at.parent or getattr(getattr(found, "table", None), "name", "")
        needed = self.situation.before.dependencies.get(at, ())
        return [
            each
            for each in needed
            if each.kind is Kind.COLUMN
            and self._is_gone(each)
            and (each.schema, each.parent) == (at.schema, table)
        ]

    @cached_property
    def late(self) -> frozenset[Address]:
        """Dropped types, functions... that something which stays still stands on until it is altered."""
        late: set[Address] = set()
        waiting = [at for at in self.going if at in self.situation.dropped and self._is_held(at)]
        while waiting:
            at = waiting.pop()
            if at not in late:
                late.add(at)
                needs = self.situation.before.dependencies.get(at, ())
                waiting += [need for need in needs if need in self.going and need in self.situation.dropped]
        return frozenset(late)

    def _is_held(self, at: Address) -> bool:
        if at.kind in _NEVER_LATE:
            return False
        if at.kind is Kind.SCHEMA:
            return True
        return any(
            user not in self.going
            and self.situation.now(user) is not None
            and not self._is_inside_going(user)
            for user in self.situation.users.get(at, ())
        )

    def _is_inside_going(self, at: Address) -> bool:
        owner = owner_of(at, self.situation.before)
        return owner is not None and owner.address in self.going

    def early(self) -> Iterator[PlannedStatement]:
        yield from self._dropping((at for at in self.going if at not in self.late), {})

    def last(self, now: Mapping[Address, Address]) -> Iterator[PlannedStatement]:
        """`now` says where those stand that moved."""
        yield from self._dropping(self.late, now)

    def _dropping(
        self, addresses: Iterable[Address], now: Mapping[Address, Address]
    ) -> Iterator[PlannedStatement]:
        wanted = sorted(addresses)
        needs = {at: self._needs(at) for at in wanted}
        for at in reversed(in_order(wanted, needs, lambda _: False)):
            found = self.situation.before.objects[at]
            text = drop(replace(found, address=now.get(at, at)), self.situation.before)
            if at.kind is Kind.COLUMN and self._is_kept_below(at):
                text = text.replace("ALTER TABLE ", "ALTER TABLE ONLY ", 1)
            if isinstance(found, Table) and self._is_referred_to(found):
                yield PlannedStatement(detach(found, found.parents[0]), at)
            if text:
                online = drop_online(text, found, self.situation.before) if self.online else text
                yield PlannedStatement(online, at, tuple(self._losses(at)), alone=online != text)
            else:
                self.unsupported.append(f"drop {at}")

    def _is_referred_to(self, part: Table) -> bool:
        """Whether a foreign key to the whole holds a partition, which then is let go of before it is dropped."""
        above = part.parents if part.partition_bound else ()
        tables = self.situation.before.objects
        while above:
            if above[0] in self._referred_to:
                return True
            whole = tables.get(above[0])
            above = whole.parents if isinstance(whole, Table) else ()
        return False

    @cached_property
    def _referred_to(self) -> frozenset[Address]:
        constraints = (
            each for each in self.situation.before.objects.values() if isinstance(each, Constraint)
        )
        return frozenset(each.references for each in constraints if each.references)

    def _is_kept_below(self, at: Address) -> bool:
        """Whether a table that inherits the column has it still: it is then that table's own.

        Where both are made anew, the heir's goes and comes along.
        """
        before, is_remade = self.situation.before, at in self.situation.remade
        below = (
            Address(at.kind, heir.schema, at.name, heir.name) for heir in self._heirs.get(table_of(at), ())
        )
        return any(
            self.situation.now(each) is not None and not (is_remade and each in self.situation.remade)
            for each in below
            if each in before.objects
        )

    @cached_property
    def _heirs(self) -> Mapping[Address, list[Address]]:
        heirs: dict[Address, list[Address]] = defaultdict(list)
        for at, found in self.situation.before.objects.items():
            for above in found.parents if isinstance(found, Table) else ():
                heirs[above].append(at)
        return heirs

    def _needs(self, at: Address) -> Iterator[Address]:
        """What may go only after `at` has: with all that `at` takes along."""
        along = [at, *self._taken_along(at)]
        needed = [need for each in along for need in self.situation.before.dependencies.get(each, ())]
        for each in (at, *needed):
            owner = owner_of(each, self.situation.before)
            if owner is not None:
                yield owner.address
        yield from needed
        if at.schema:
            yield Address(Kind.SCHEMA, "", at.schema)

    def _taken_along(self, at: Address) -> Iterator[Address]:
        for part in self.situation.before.children.get(at, ()):
            yield part.address
        if at.kind is Kind.COLUMN:
            for user in self.situation.users.get(at, ()):
                found = self.situation.before.objects.get(user)
                if found is not None and self._is_gone(user) and at in self._columns_that_take_along(found):
                    yield user

    def _losses(self, at: Address) -> Iterator[Hazard]:
        found = self.situation.before.objects[at]
        if at.kind in HOLDS_ROWS and not (isinstance(found, Column) and found.generated):
            yield hazard(HazardKind.DATA_LOSS, at)
        if at.kind is Kind.SEQUENCE and at in self.situation.dropped:
            yield hazard(HazardKind.DATA_LOSS, at, f"the number that {at} has come to is lost")
