"""Phase three: what is new, made anew or altered, each after what it needs, in the names of after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_statement
from functools import cached_property

from msgspec.structs import replace

from schemata.catalog import (
    Address,
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
from schemata.diff.matching import Pair
from schemata.plan.altering import REPLACED, alteration
from schemata.plan.bodies import Bodies
from schemata.plan.columns import identify
from schemata.plan.creating import CREATED_INSIDE, add_part, create, inside
from schemata.plan.defaults import without_defaults
from schemata.plan.enums import alter_enum, is_rebuilt
from schemata.plan.ground import Ground
from schemata.plan.hazards import hazards_of_part
from schemata.plan.needs import Needs
from schemata.plan.not_nulls import forget, is_forgotten, is_noted, note
from schemata.plan.online import can_wait, make_online, set_not_null_online
from schemata.plan.order import in_order
from schemata.plan.owners import owner_of
from schemata.plan.ownership import goes_with_table, with_owners_given
from schemata.plan.parting import join, joining, own_forever
from schemata.plan.partitions import is_joining, made_by_parent, stands_apart
from schemata.plan.rebuilding import drop_old, rebuild, stuck
from schemata.plan.situation import Situation, in_names_of_after
from schemata.plan.values import PlannedStatement
from schemata.render.extras import subject
from schemata.render.names import role

# The owner of these is whoever makes them, or they have none.
_NOT_GIVEN = frozenset({Kind.EXTENSION, Kind.USER_MAPPING, Kind.DEFAULT_PRIVILEGES})
# The internal triggers of a foreign key are a superuser's; a column that is a table's own never stops being so.
IMPOSSIBLE = frozenset({"triggers", "local"})


@dataclass(frozen=True, eq=False)
class Makes:
    """What there is to make, and in which order."""

    situation: Situation
    unsupported: list[str]
    online: bool = False

    @cached_property
    def made(self) -> Mapping[Address, CatalogObject]:
        made = {found.address: found for found in self.situation.found.added}
        return made | {found.address: found for found in self.situation.remade.values()}

    @cached_property
    def ground(self) -> Ground:
        retyped = frozenset(pair.after.address for pair in self.situation.retyped.values())
        pairs = ((pair.after.address, pair.before.address) for pair in self.situation.found.pairs)
        moved = {now: was for now, was in pairs if now != was}
        return Ground(self.situation.before, self.situation.after, retyped, moved)

    @cached_property
    def _bodies(self) -> Bodies:
        return Bodies(self.situation.after, self.made.__contains__)

    def schemas(self) -> Iterator[PlannedStatement]:
        """Before anything moves into them."""
        for at, found in sorted(self.made.items()):
            if at.kind is Kind.SCHEMA:
                yield from self._making(found)

    def statements(self) -> Iterator[PlannedStatement]:
        situation = self.situation
        altered = {p.after.address: p for at, p in situation.pairs.items() if self._is_altered(at, p)}
        pairs = with_owners_given(altered, situation)
        nodes = [at for at in sorted({*self.made, *pairs}, key=self._tie) if self._has_own_statement(at)]
        needs = Needs(situation, self.made)
        ordered = in_order(nodes, {at: tuple(needs.of(at)) for at in nodes}, self._may_wait)
        for gone in situation.found.dropped:
            if isinstance(gone, Constraint) and is_forgotten(gone, situation):
                yield from forget(gone, situation)
        for at in (each for each in ordered if not self._may_wait(each)):
            yield from self._making(self.made[at]) if at in self.made else self._altering(pairs[at])
        yield from joining(situation)
        for at, table in sorted(self.made.items()):
            if isinstance(table, Table) and stands_apart(table, situation, self.made):
                yield PlannedStatement(join(table, table.parents[0]), at)
        self.unsupported.extend(text for text in own_forever(situation) if text not in self.unsupported)
        for at in (each for each in ordered if self._may_wait(each)):
            yield from self._making(self.made[at]) if at in self.made else self._altering(pairs[at])
        for pair in pairs.values():
            if isinstance(pair.after, Enum) and is_rebuilt(pair):
                yield drop_old(pair.after)

    def _is_altered(self, at: Address, pair: Pair) -> bool:
        """Not what is made anew, alone or with what it is a part of."""
        owner = owner_of(pair.after.address, self.situation.after)
        return at not in self.situation.remade and (owner is None or owner.address not in self.made)

    def _tie(self, at: Address) -> tuple[bool, bool, int, Address]:
        """Routines late: Postgres looks for what an SQL text speaks of, and pg_depend does not know it."""
        found = self.situation.after.objects[at]
        return isinstance(found, Function), bool(at.parent), getattr(found, "position", 0), at

    def _has_own_statement(self, at: Address) -> bool:
        """Not a column of a new table, what comes down from a parent, a partition's part of a new index."""
        found = self.situation.after.objects[at]
        if at not in self.made:
            return True
        if at.kind is Kind.SCHEMA:
            return False
        owner = owner_of(at, self.situation.after)
        if owner is None:
            return True
        if owner.address in self.made and found in inside(owner, self.situation.after):
            is_apart = stands_apart(owner, self.situation, self.made)
            return is_apart and isinstance(found, Constraint)
        if made_by_parent(found, self.situation, self.made):
            return False
        return not self.situation.inherits(found, on=self.situation.after)

    def _may_wait(self, at: Address) -> bool:
        found = self.situation.after.objects[at]
        is_default = at.kind is Kind.DEFAULT_PRIVILEGES  # What is made before it stands is not granted by it.
        return is_default or (isinstance(found, Constraint) and found.type == "foreign key")

    def _making(self, found: CatalogObject) -> Iterator[PlannedStatement]:
        at = found.address
        if isinstance(found, Sequence) and found.identity:
            yield from self._identity_sequence(found)
            return
        if isinstance(found, Constraint) and is_noted(found, self.situation):
            yield from note(found, self.situation)
            return
        texts = self._texts(found)
        if not texts:
            self.unsupported.append(f"create {at}")
        if texts and self.online and self._is_on_what_stands(found):
            yield from make_online(found, texts, self.situation.after)
            return
        owner = owner_of(found.address, self.situation.after)
        is_on_rows = owner is not None and owner.address not in self.made
        hazards = tuple(hazards_of_part(found, self.situation.after)) if is_on_rows else ()
        for number, text in enumerate(self._complete(found)):
            statement = PlannedStatement(text, at, hazards if number == 0 else ())
            yield from self._bodies.unchecked(statement, found) if number == 0 else (statement,)
        for part in inside(found, self.situation.after):
            yield from self._own_of_inherited(part)

    def _complete(self, found: CatalogObject) -> tuple[str, ...]:
        texts = self._texts(found)
        return (texts[0], *self._given(found), *texts[1:]) if texts else ()

    def _given(self, found: CatalogObject) -> Iterator[str]:
        """Its owner; and nothing of what default privileges grant to whatever is made while they stand."""
        if getattr(found, "owner", "") and found.address.kind not in _NOT_GIVEN:
            yield f"ALTER {subject(found)} OWNER TO {role(getattr(found, 'owner', ''))};"
        yield from without_defaults(found, self.situation)

    def _is_on_what_stands(self, found: CatalogObject) -> bool:
        owner = owner_of(found.address, self.situation.after)
        is_part = (
            isinstance(found, Index | Constraint) and owner is not None and owner.address not in self.made
        )
        return is_part and can_wait(found, self.situation.after)

    def _texts(self, found: CatalogObject) -> tuple[str, ...]:
        if isinstance(found, Column) and found.identity and self.ground.adds_no_identity(found.address):
            first, *rest = add_part(replace(found, identity=""), self.situation.after)
            return (first, identify(found, self.ground), *rest)
        if found.address.kind in CREATED_INSIDE:
            return add_part(found, self.situation.after)
        if (
            isinstance(found, Index | Constraint)
            and found.parent is not None
            and not self._is_attached(found)
        ):
            found = replace(found, parent=None)
        return create(found, self.situation.after, apart=stands_apart(found, self.situation, self.made))

    def _is_attached(self, part: Index | Constraint) -> bool:
        """Whether a partition's index is attached by itself; else making that of the whole does it, or ATTACH."""
        table = owner_of(part.address, self.situation.after)
        if part.parent in self.made or table is None or table.address in self.made:
            return False
        return not is_joining(table, self.situation)

    def _identity_sequence(self, found: Sequence) -> Iterator[PlannedStatement]:
        """It came with its column; what is said of it comes now."""
        assert found.owned_by is not None
        column = self.situation.after.objects[found.owned_by]
        plain = Sequence(
            found.address,
            type=getattr(column, "type", "bigint"),
            persistence=found.persistence,
            owned_by=found.owned_by,
            identity=True,
        )
        yield from self._altering(Pair(plain, found))
        for text in without_defaults(found, self.situation):
            yield PlannedStatement(text, found.address)

    def _own_of_inherited(self, part: CatalogObject) -> Iterator[PlannedStatement]:
        """What a column that comes from a parent has other than there."""
        for _, above in self.ground.above(part.address):
            if isinstance(part, Column) and isinstance(above, Column) and not part.local:
                plain = replace(
                    above,
                    address=part.address,
                    position=part.position,
                    inherited=part.inherited,
                    local=part.local,
                    comment=part.comment,
                    privileges=part.privileges,
                    statistics=None,
                    options=(),
                )
                yield from self._altering(Pair(plain, part))
                return

    def _altering(self, pair: Pair) -> Iterator[PlannedStatement]:
        before = in_names_of_after(pair)
        # An expression goes first: what has one gets no other type by USING.
        changes = sorted(self.situation.changes(pair), key=lambda each: each != "generated")
        if isinstance(pair.after, Enum) and "values" in changes:
            changes.remove("values")
            yield from self._values(pair)
        said: set[str] = set()
        for attribute in changes:
            alter = alteration(before, pair.after, attribute, self.situation.after)
            if attribute == "owner" and goes_with_table(pair, self.situation):
                continue
            if attribute in IMPOSSIBLE:
                self.unsupported.append(f"alter {pair.after.address}: {attribute}")
            for statement in alter(before, pair.after, self.ground) if alter else ():
                if statement.sql not in said:
                    said.add(statement.sql)
                    yield from self._in_form(statement, attribute, pair.after)

    def _in_form(
        self, statement: PlannedStatement, attribute: str, after: CatalogObject
    ) -> Iterator[PlannedStatement]:
        is_checked = self.online and attribute == "not_null" and can_wait(after, self.situation.after)
        if is_checked and isinstance(after, Column) and after.not_null:
            yield from set_not_null_online(after, statement)
        elif isinstance(after, Function) and attribute in REPLACED:
            yield from self._bodies.unchecked(statement, after)
        elif self.online and attribute == "validated":
            yield replace_statement(statement, alone=True)
        else:
            yield statement

    def _values(self, pair: Pair) -> Iterator[PlannedStatement]:
        if is_rebuilt(pair):
            self.unsupported.extend(stuck(pair, self.situation))
            yield from rebuild(pair, self._complete(pair.after), self.situation, self.ground)
        else:
            yield from alter_enum(pair)
