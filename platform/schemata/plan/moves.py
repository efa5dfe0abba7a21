"""Phase two: what is renamed or moved gets its name; who is in the way steps aside first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from schemata.catalog import Address, Aggregate, CatalogObject, Constraint, Function, Kind, Sequence
from schemata.catalog.encoding import PARENTS
from schemata.diff.matching import Pair
from schemata.plan.renaming import move, rename
from schemata.plan.situation import Situation
from schemata.plan.values import PlannedStatement

Place = tuple[str, str, str, str]

# What has a name among relations, and what among types; most relations give their name to a row type.
_RELATIONS = frozenset(
    {
        Kind.TABLE,
        Kind.FOREIGN_TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.SEQUENCE,
        Kind.INDEX,
        Kind.COMPOSITE,
    }
)
_TYPES = (_RELATIONS - {Kind.SEQUENCE, Kind.INDEX}) | {Kind.ENUM, Kind.DOMAIN, Kind.RANGE, Kind.BASE_TYPE}
_INDEXED = ("primary key", "unique", "exclusion")
ASIDE = "_braid_aside"


def places(found: CatalogObject, at: Address) -> Iterator[Place]:
    """The names that an object takes up where it stands at `at`: nothing else may have one of them."""
    if at.kind in _RELATIONS or (isinstance(found, Constraint) and found.type in _INDEXED):
        yield "relation", at.schema, "", at.name
    if at.kind in _TYPES:
        yield "type", at.schema, "", at.name
    if at.kind not in _RELATIONS and at.kind not in _TYPES:
        yield at.kind.value, at.schema, at.parent, at.name


@dataclass
class Moves:
    """Renames under way: where everything stands now, and who is next."""

    situation: Situation
    going: frozenset[Address]
    late: frozenset[Address]
    standing: dict[Place, Address] = field(default_factory=dict)
    now: dict[Address, Address] = field(default_factory=dict)
    """Where an object of before stands now, for those that moved."""

    def schemas(self) -> Iterator[PlannedStatement]:
        yield from self._stage(_is_schema)

    def others(self) -> Iterator[PlannedStatement]:
        """Relations and types before routines, whose arguments speak of types; parts last."""
        yield from self._stage(_is_whole)
        yield from self._stage(_is_routine)
        yield from self._stage(_is_part)

    def _stage(self, is_in: Callable[[Address], bool]) -> Iterator[PlannedStatement]:
        moving = [pair for pair in self._moving if is_in(pair.before.address)]
        aside = [at for at in sorted(self.late) if is_in(at)]
        if not moving and not aside:
            return
        self._look()
        for at in aside:
            found = self.situation.before.objects[at]
            if not self._wanted.isdisjoint(places(found, self._at(at))):
                yield from self._step_aside(found, at)
        yield from self._move_all(moving)

    @cached_property
    def _moving(self) -> list[Pair]:
        found = self.situation.found
        pairs = sorted((*found.pairs, *self._left_behind()), key=lambda pair: pair.before.address)
        return [pair for pair in pairs if self._moves(pair)]

    def _left_behind(self) -> Iterator[Pair]:
        """What has its old address, although its schema gets another name: it moves out of that."""
        situation, renamed = self.situation, self.situation.found.schemas
        for at, found in situation.before.objects.items() if renamed else ():
            is_equal = at not in situation.pairs and at not in situation.dropped
            if is_equal and not at.parent and at.schema in renamed and at in situation.after.objects:
                yield Pair(found, situation.after.objects[at])

    def _moves(self, pair: Pair) -> bool:
        if pair.before.address in self.situation.remade or not self._is_elsewhere(pair):
            return False
        if self._goes_along(pair):
            return False
        return not self.situation.inherits(pair.before, on=self.situation.before)

    def _is_elsewhere(self, pair: Pair) -> bool:
        """Renamed or moved, also where that is undone by what becomes of its schema."""
        at, found = pair.before.address, self.situation.found
        schema = found.schemas.get(at.schema, at.schema)
        return found.is_renamed(pair) or (not at.parent and schema != pair.after.address.schema)

    def _goes_along(self, pair: Pair) -> bool:
        """A sequence goes to another schema with the table of its column, and could not go alone.

        One that was untied from its column before (see `parting`) stays behind and can.
        """
        found = pair.before
        if not isinstance(found, Sequence) or found.owned_by is None:
            return False
        if "owned_by" in self.situation.changes(pair) and not found.identity:
            return False
        table = found.owned_by._replace(kind=Kind.TABLE, name=found.owned_by.parent, parent="")
        there = self.situation.now(table)
        return (
            there is not None
            and table not in self.situation.remade
            and there.address.schema == pair.after.address.schema
            and found.address.name == pair.after.address.name
        )

    @cached_property
    def _wanted(self) -> frozenset[Place]:
        """The names that something else has after."""
        situation = self.situation
        new = [*(pair.after for pair in self._moving), *situation.found.added, *situation.remade.values()]
        return frozenset(place for found in new for place in places(found, found.address))

    def _look(self) -> None:
        """Note who has which of the names in play; what was dropped early has none any more."""
        names = {
            name for pair in self._moving for name in (pair.before.address.name, pair.after.address.name)
        }
        self.standing = {
            place: at
            for at, found in self.situation.before.objects.items()
            if at.name in names and (at not in self.going or at in self.late)
            for place in places(found, self._at(at))
        }

    def _at(self, was: Address) -> Address:
        """Where an object stands now: schemas and parents may have other names already."""
        if was in self.now:
            return self.now[was]
        schema = self.now.get(Address(Kind.SCHEMA, "", was.schema))
        owners = (self.now.get(Address(kind, was.schema, was.parent)) for kind in sorted(PARENTS))
        owner = next((each for each in owners if each is not None), None) if was.parent else None
        in_schema = owner.schema if owner else schema.name if schema else was.schema
        return Address(was.kind, in_schema, was.name, owner.name if owner else was.parent)

    def _move_all(self, waiting: list[Pair]) -> Iterator[PlannedStatement]:
        while waiting:
            free = [pair for pair in waiting if self._is_free(pair)]
            if not free:
                # They wait for one another in a circle.
                yield from self._step_aside(waiting[0].before, waiting[0].after.address)
                free = [pair for pair in waiting if self._is_free(pair)] or waiting[:1]
            for pair in free[:1]:
                yield from self._move(pair)
                waiting = [each for each in waiting if each is not pair]

    def _is_free(self, pair: Pair) -> bool:
        to, was = pair.after.address, pair.before.address
        # It gets to another schema under its old name first.
        for at in (to, to._replace(name=self._at(was).name)):
            if any(self.standing.get(place, was) != was for place in places(pair.before, at)):
                return False
        return True

    def _move(self, pair: Pair) -> Iterator[PlannedStatement]:
        found, to = pair.before, pair.after.address
        at = self._at(found.address)
        if _is_routine(at):
            at = at._replace(name=_bare(found, at.name) + to.name[len(_bare(pair.after, to.name)) :])
        if not at.parent and at.kind is not Kind.SCHEMA and at.schema != to.schema:
            yield PlannedStatement(move(found, at, to.schema), to)
            at = Address(at.kind, to.schema, at.name, at.parent)
        if _bare(found, at.name) != _bare(pair.after, to.name):
            yield PlannedStatement(rename(found, at, _bare(pair.after, to.name)), to)
        self._stands(found, to)

    def _step_aside(self, found: CatalogObject, address: Address) -> Iterator[PlannedStatement]:
        at = self._at(found.address)
        new = _bare(found, at.name)[:50] + ASIDE
        yield PlannedStatement(rename(found, at, new), address)
        self._stands(
            found, Address(at.kind, at.schema, new + at.name[len(_bare(found, at.name)) :], at.parent)
        )

    def _stands(self, found: CatalogObject, to: Address) -> None:
        for place in places(found, self._at(found.address)):
            if self.standing.get(place) == found.address:
                del self.standing[place]
        self.now[found.address] = to
        self.standing.update((place, found.address) for place in places(found, to))


def _bare(found: CatalogObject, name: str) -> str:
    """A name without the argument types that a routine's address carries."""
    return name[: name.index("(")] if isinstance(found, Function | Aggregate) and "(" in name else name


def _is_schema(at: Address) -> bool:
    return at.kind is Kind.SCHEMA


_ROUTINES = (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE)


def _is_routine(at: Address) -> bool:
    return at.kind in _ROUTINES


def _is_whole(at: Address) -> bool:
    return not at.parent and at.kind is not Kind.SCHEMA and at.kind not in _ROUTINES


def _is_part(at: Address) -> bool:
    return bool(at.parent)
