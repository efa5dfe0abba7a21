"""What both have, differently."""

from collections.abc import Iterable, Iterator

from schemata.catalog import CatalogObject, Column, Constraint, Enum, Index, MaterializedView, View
from schemata.findings import Finding
from schemata.prisma.datamodel import Place
from schemata.prisma.drift import columns
from schemata.prisma.drift.findings import DIFFERS, NAMED_OTHERWISE, called, outside, value, wrong
from schemata.prisma.drift.language import Beyond, beyond_constraint, beyond_index, shape
from schemata.prisma.drift.said import Said

FOREIGN_KEY = ("columns", "references", "referenced_columns", "on_update", "on_delete")


def both(said: CatalogObject, real: CatalogObject, known: Said, *, knows_partial: bool) -> Iterator[Finding]:
    """Findings on one object that the file says and the database has."""
    place = known.place(said.address)
    if isinstance(said, Column) and isinstance(real, Column):
        at = said.address
        is_list, any_default = known.is_list(at), at in known.open_defaults
        yield from columns.compare(said, real, place, is_list=is_list, any_default=any_default)
    elif isinstance(said, Enum) and isinstance(real, Enum):
        yield from _enum(said, real, place)
        yield from _attributes(said, real, place, skip=("values",))
    elif isinstance(said, Index | Constraint) and isinstance(real, Index | Constraint):
        yield from _indexing(said, real, known, knows_partial)
    elif isinstance(said, View | MaterializedView):
        # Its definition is not in the language; its columns are compared.
        yield from _attributes(said, real, place, skip=("definition",))
    else:
        # Whether a sequence belongs to an identity is told of its column.
        yield from _attributes(said, real, place, skip=("identity",))


def _enum(said: Enum, real: Enum, place: Place | None) -> Iterator[Finding]:
    at = said.address
    for name in sorted(set(said.values) - set(real.values)):
        message = f"{called(at, place)} has the value {name} in the file, but not in the database."
        yield wrong(DIFFERS, at, place, message, f"Write ALTER TYPE ... ADD VALUE '{name}' into a migration.")
    for name in sorted(set(real.values) - set(said.values)):
        message = f"{called(at, place)} has the value {name} in the database, but not in the file."
        yield wrong(DIFFERS, at, place, message, f"Add {name} to the enum, or take it out in a migration.")
    common = [name for name in said.values if name in real.values]
    order = [name for name in real.values if name in said.values]
    if common != order:
        message = (
            f"{called(at, place)} has its values in another order in the database, so they sort otherwise."
        )
        hint = f"The database has {', '.join(order)}: put those of the file into that order."
        yield wrong("drift.enum-order", at, place, message, hint)


def _indexing(
    said: Index | Constraint, real: Index | Constraint, known: Said, knows_partial: bool
) -> Iterator[Finding]:
    at, place = said.address, known.place(said.address)
    implicit = known.is_implicit(at)
    if implicit and type(said) is not type(real):
        message = f"{called(at, place)} is the unique index {real.address.name}, as Prisma made it before version 6."
        yield outside("implicit-key", at, place, message)
        return
    if at.name != real.address.name:
        yield _named_otherwise(said, real, place, implicit)
    if isinstance(said, Constraint) and isinstance(real, Constraint):
        yield from _constraint(said, real, place)
        return
    yield from _index(said, real, place, knows_partial)


def _named_otherwise(
    said: CatalogObject, real: CatalogObject, place: Place | None, implicit: bool
) -> Finding:
    at, name = said.address, real.address.name
    message = f"{called(at, place)} is called {name} in the database."
    if implicit:
        return outside("implicit-name", at, place, message)
    return wrong(
        NAMED_OTHERWISE,
        at,
        place,
        message,
        f'Write map: "{name}" into the file, or rename it in a migration.',
    )


def _constraint(said: Constraint, real: Constraint, place: Place | None) -> Iterator[Finding]:
    for name in FOREIGN_KEY:
        ours, theirs = getattr(said, name), getattr(real, name)
        if ours != theirs:
            words = name.replace("_", " ")
            message = (
                f"{called(said.address, place)} has {words} {value(name, ours)} in the file and "
                f"{value(name, theirs)} in the database."
            )
            yield wrong(DIFFERS, said.address, place, message)
    yield from _beyond(said, place, beyond_constraint(real))
    yield from _attributes(said, real, place, only=("comment", "index_options", "clustered", "no_inherit"))


def _index(
    said: Index | Constraint, real: Index | Constraint, place: Place | None, knows_partial: bool
) -> Iterator[Finding]:
    ours, theirs = (shape(each, knows_partial=knows_partial) for each in (said, real))
    if theirs is not None and ours != theirs:
        message = (
            f"{called(said.address, place)} is {_told(said)} in the file and {_told(real)} in the database."
        )
        yield wrong(DIFFERS, said.address, place, message)
    if isinstance(real, Constraint):
        message = (
            f"{called(said.address, place)} is a unique constraint in the database; "
            "the file cannot tell it from an index."
        )
        yield outside("unique-constraint", said.address, place, message)
        yield from _beyond(said, place, beyond_constraint(real))
    elif isinstance(said, Index):
        yield from _beyond(said, place, beyond_index(real, knows_partial=knows_partial))
        yield from _attributes(said, real, place, only=("comment", "clustered", "statistics", "parent"))


def _told(found: Index | Constraint) -> str:
    if isinstance(found, Constraint):
        return f"{found.type} on ({', '.join(found.columns)})"
    keys = (
        " ".join(filter(None, (key.column or key.expression, key.operator_class, "desc" * key.descending)))
        for key in found.keys
    )
    kind = "unique" if found.unique else "not unique"
    return f"{kind}, {found.method} on ({', '.join(keys)})"


def _beyond(said: CatalogObject, place: Place | None, more: Iterable[Beyond]) -> Iterator[Finding]:
    for each in more:
        message = f"{called(said.address, place)} {each.words} in the database."
        yield outside(each.slug, said.address, place, message)


def _attributes(
    said: CatalogObject,
    real: CatalogObject,
    place: Place | None,
    *,
    skip: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
) -> Iterator[Finding]:
    """Attributes that the language has no words for."""
    for name in only or [each for each in said.__struct_fields__ if each not in ("address", *skip)]:
        theirs = getattr(real, name, None)
        if getattr(said, name, None) != theirs:
            words = name.replace("_", " ")
            told = value(name, theirs)
            has = (
                f"has {words} {told}"
                if not isinstance(theirs, bool)
                else f"{'has' if theirs else 'lacks'} {words}"
            )
            message = f"{called(said.address, place)} {has} in the database."
            kind = said.address.kind.value.replace(" ", "-")
            yield outside(f"{kind}-{words.replace(' ', '-')}", said.address, place, message)
