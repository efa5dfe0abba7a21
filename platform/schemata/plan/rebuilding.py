"""Enums that lose or reorder values: the type is made anew, and what has it is moved over (see `enums`)."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemata.catalog import Address, Attribute, CatalogObject, Column, Enum, Kind, Table
from schemata.diff.matching import Pair
from schemata.plan.ground import Ground
from schemata.plan.hazards import hazard, hazards
from schemata.plan.owners import table_of
from schemata.plan.situation import Situation
from schemata.plan.values import HazardKind, PlannedStatement
from schemata.render.names import name, parent, qualified

ASIDE = "_braid_aside"


@dataclass(frozen=True)
class Moving:
    """A column before and after.

    `below`: it gets its type with a parent's; `related`: it has parents or heirs.
    `keeps_default`: else its own alteration sets the new one, when all that it may need is there.
    """

    before: Column
    after: Column
    below: bool
    related: bool
    keeps_default: bool


def rebuild(
    pair: Pair, texts: tuple[str, ...], situation: Situation, ground: Ground
) -> Iterator[PlannedStatement]:
    """A new type in the old one's place, and every column that stays moved over by its text.

    `texts` make the new type, with its owner and privileges.
    """
    at = pair.after.address
    yield PlannedStatement(f"ALTER TYPE {qualified(at)} RENAME TO {name(_aside(at))};", at)
    failing = hazard(HazardKind.MAY_FAIL, at, f"rows may hold a value that {at} no longer has")
    for number, text in enumerate(texts):
        yield PlannedStatement(text, at, (failing,) if number == 0 else ())
    columns = list(_columns_of(pair, situation, ground))
    related = [each for each in columns if each.related]
    yield from (_default(each, "DROP DEFAULT") for each in related if each.before.default)
    yield from (_moved(each) for each in columns if not each.below)
    yield from (_default(each, f"SET DEFAULT {each.after.default}") for each in related if each.keeps_default)
    for attribute in _attributes_of(pair, situation):
        text = f"ALTER ATTRIBUTE {name(attribute.address.name)} SET DATA TYPE {attribute.type}"
        yield PlannedStatement(f"ALTER TYPE {parent(attribute.address)} {text};", attribute.address)


def stuck(pair: Pair, situation: Situation) -> Iterator[str]:
    """What has the type and can't be moved over to the new one, in words."""
    for user in sorted(situation.users.get(pair.before.address, ())):
        if situation.now(user) is None or user in situation.remade:
            continue
        if user.kind in (Kind.DOMAIN, Kind.RANGE):
            yield f"alter {user}: type"
        if user.kind is Kind.ATTRIBUTE and _is_in_columns(user, situation):
            yield f"alter {user}: type"


def drop_old(rebuilt: Enum) -> PlannedStatement:
    """When no column has the old type any more, also those that got another type altogether."""
    at = rebuilt.address
    return PlannedStatement(f"DROP TYPE {name(at.schema)}.{name(_aside(at))};", at)


def _columns_of(enum: Pair, situation: Situation, ground: Ground) -> Iterator[Moving]:
    """Columns of tables that had the type and have it still; those of views are made anew with their view."""
    for was, column in _users_of(enum, situation):
        if not isinstance(was, Column) or not isinstance(column, Column):
            continue
        if isinstance(situation.after.objects.get(table_of(column.address)), Table):
            below = situation.is_below(was, column)
            related = below or ground.has_heirs(column.address)
            pair = situation.pairs.get(was.address)
            is_same = pair is None or "default" not in situation.changes(pair)
            yield Moving(was, column, below, related, bool(column.default) and is_same)


def _attributes_of(enum: Pair, situation: Situation) -> Iterator[Attribute]:
    """Of composite types, as long as no column has one of those: then Postgres refuses to alter them."""
    for was, now in _users_of(enum, situation):
        if isinstance(now, Attribute) and not _is_in_columns(was.address, situation):
            yield now


def _users_of(enum: Pair, situation: Situation) -> Iterator[tuple[CatalogObject, CatalogObject]]:
    """What has the type before and after, and is not made anew."""
    needs = situation.after.dependencies
    for user in sorted(situation.users.get(enum.before.address, ())):
        was, now = situation.before.objects.get(user), situation.now(user)
        if was is not None and now is not None and enum.after.address in needs.get(now.address, ()):
            yield was, now


def _is_in_columns(attribute: Address, situation: Situation) -> bool:
    composite = Address(Kind.COMPOSITE, attribute.schema, attribute.parent)
    return any(user.kind is Kind.COLUMN for user in situation.users.get(composite, ()))


def _aside(at: Address) -> str:
    return at.name[:50] + ASIDE


def _default(column: Moving, what: str) -> PlannedStatement:
    """Of this table alone: its heirs may have other defaults."""
    at = column.after.address
    return PlannedStatement(f"ALTER TABLE ONLY {parent(at)} ALTER COLUMN {name(at.name)} {what};", at)


def _moved(column: Moving) -> PlannedStatement:
    """The default goes and comes back in the same statement: it has no cast to the new type."""
    after, where = column.after, column.after.address
    step = f"ALTER COLUMN {name(where.name)}"
    steps = [f"{step} SET DATA TYPE {after.type} USING {name(where.name)}::text{_array(after)}::{after.type}"]
    if column.before.default and not column.related:
        steps.insert(0, f"{step} DROP DEFAULT")
    if column.keeps_default and not column.related:
        steps.append(f"{step} SET DEFAULT {after.default}")
    found = hazards(where, HazardKind.REWRITE)
    return PlannedStatement(f"ALTER TABLE {parent(where)} {', '.join(steps)};", where, found)


def _array(column: Column) -> str:
    return "[]" if column.type.endswith("[]") else ""
