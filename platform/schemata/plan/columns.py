"""Statements that change one attribute of a column where it stands (manual, ALTER TABLE)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemata.catalog import Catalog, CatalogObject, Column, Constraint
from schemata.catalog.deparsed import without_parentheses
from schemata.plan.casting import base, is_rewritten, may_fail, using
from schemata.plan.ground import Ground
from schemata.plan.hazards import hazards
from schemata.plan.values import HazardKind, PlannedStatement
from schemata.render.names import literal, name, parent
from schemata.render.tables import sequence_name

Alter = Callable[[Any, Any, Ground], Iterator[PlannedStatement]]
_SET_EXPRESSION_SINCE = 17
_STORAGE_DEFAULT_SINCE = 16
# `pg_type.typstorage` of the server's own types, where it isn't `extended`.
_MAIN = frozenset({"numeric", "inet", "cidr"})
_PLAIN = frozenset(
    {
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "boolean",
        "date",
        "uuid",
        "money",
        "oid",
        "interval",
    }
    | {f"{each} with{end} time zone" for each in ("time", "timestamp") for end in ("", "out")}
)


def _head(after: Column, ground: Ground, *, alone: bool = True) -> str:
    """`alone`: heirs are left as they are, each says for itself what it has."""
    at = after.address
    only = "ONLY " if alone and ground.has_heirs(at) else ""
    return f"ALTER TABLE {only}{parent(at)} ALTER COLUMN {name(at.name)}"


def _type(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    """Type and default in one statement: the old default may have no cast to the new type."""
    if _parent_does(before, after, ground, "type", "collation"):
        yield from _default_beside_parent(after, ground)
        return
    at = after.address
    step = f"ALTER COLUMN {name(at.name)}"
    collation = f" COLLATE {after.collation}" if after.collation else ""
    cast = (
        "" if after.generated else using(name(at.name), before.type, after.type, ground.before, ground.after)
    )
    if at in ground.retyped:
        cast = f" USING {name(at.name)}::text::{after.type}"
    steps = [f"{step} SET DATA TYPE {after.type}{collation}{cast}"]
    if before.default and not before.generated:
        steps.insert(0, f"{step} DROP DEFAULT")
    if after.default and not after.generated:
        steps.append(f"{step} SET DEFAULT {after.default}")
    found = hazards(at, *_hazards_of_type(before, after, ground))
    yield PlannedStatement(f"ALTER TABLE {parent(at)} {', '.join(steps)};", at, found)


def _default_beside_parent(after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    """What changed a parent's type gave its default to this column as well."""
    theirs = [now.default for _, now in ground.above(after.address) if isinstance(now, Column)]
    if not after.generated and any(each != after.default for each in theirs):
        text = f"SET DEFAULT {after.default}" if after.default else "DROP DEFAULT"
        yield PlannedStatement(f"{_head(after, ground)} {text};", after.address)


def _hazards_of_type(before: Column, after: Column, ground: Ground) -> Iterator[HazardKind]:
    if before.type != after.type and is_rewritten(before.type, after.type, ground.before, ground.after):
        yield HazardKind.REWRITE
        if may_fail(before.type, after.type, ground.before, ground.after):
            yield HazardKind.MAY_FAIL


def _collation(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    if before.type == after.type:
        yield from _type(before, after, ground)


def _default(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    if before.generated and not after.generated:
        return
    if after.generated:
        text = f"SET EXPRESSION AS ({without_parentheses(after.default)})"
        found = hazards(after.address, HazardKind.REWRITE) if after.generated == "stored" else ()
        yield PlannedStatement(f"{_head(after, ground, alone=False)} {text};", after.address, found)
    elif before.type == after.type and before.collation == after.collation:
        text = f"SET DEFAULT {after.default}" if after.default else "DROP DEFAULT"
        yield PlannedStatement(f"{_head(after, ground)} {text};", after.address)


def _generated(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    head = _head(after, ground, alone=False)
    yield PlannedStatement(f"{head} DROP EXPRESSION;", after.address)
    if after.default and before.type == after.type:
        yield PlannedStatement(f"{_head(after, ground)} SET DEFAULT {after.default};", after.address)


def _not_null(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    at = after.address
    if _parent_does(before, after, ground, "not_null"):
        return
    if not after.not_null:
        yield PlannedStatement(f"{_head(after, ground, alone=False)} DROP NOT NULL;", at)
    elif not any(is_not_null_of(part, after) for part in ground.beside(at)):
        found = hazards(at, HazardKind.LONG_LOCK, HazardKind.MAY_FAIL)
        yield PlannedStatement(f"{_head(after, ground, alone=False)} SET NOT NULL;", at, found)


def is_not_null_of(part: CatalogObject, column: Column) -> bool:
    """Whether the part is a constraint that keeps nulls out of the column, and says more than the column does."""
    return isinstance(part, Constraint) and part.type == "not null" and part.columns == (column.address.name,)


def _parent_does(before: Column, after: Column, ground: Ground, *attributes: str) -> bool:
    """Whether the same change of a parent's column comes down to this one."""
    if not after.inherited or not before.inherited:
        return False
    for was, now in ground.above(after.address):
        if isinstance(was, Column) and isinstance(now, Column):
            same = all(getattr(now, each) == getattr(after, each) for each in attributes)
            if same and any(getattr(was, each) != getattr(now, each) for each in attributes):
                return True
    return False


def _identity(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    """What was an identity column and is none any more lost that before anything else (see `parting`)."""
    head = _head(after, ground, alone=False)
    if after.identity and before.identity:
        yield PlannedStatement(f"{head} SET GENERATED {after.identity.upper()};", after.address)
    elif after.identity:
        yield PlannedStatement(identify(after, ground), after.address)


def identify(column: Column, ground: Ground) -> str:
    """The statement that makes a column that stands an identity column."""
    sequence = sequence_name(column, ground.after)
    head = _head(column, ground, alone=False)
    return f"{head} ADD GENERATED {column.identity.upper()} AS IDENTITY{sequence};"


def _setting(text: Callable[[Column, Ground], str]) -> Alter:
    def alter(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
        yield PlannedStatement(f"{_head(after, ground)} {text(after, ground)};", after.address)

    return alter


def _options(before: Column, after: Column, ground: Ground) -> Iterator[PlannedStatement]:
    for text in option_changes(before.options, after.options):
        yield PlannedStatement(f"{_head(after, ground)} {text};", after.address)


def option_changes(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """RESET (...) and SET (...) for storage parameters."""
    kept = {each.partition("=")[0] for each in after}
    reset = [key for key in (each.partition("=")[0] for each in before) if key not in kept]
    if reset:
        yield f"RESET ({', '.join(reset)})"
    new = [each for each in after if each not in before]
    if new:
        pairs = ", ".join(
            f"{key}={literal(value)}" for key, _, value in (each.partition("=") for each in new)
        )
        yield f"SET ({pairs})"


def _storage(after: Column, ground: Ground) -> str:
    known = ground.after.postgres
    if after.storage or not known or known >= _STORAGE_DEFAULT_SINCE:
        return f"SET STORAGE {(after.storage or 'default').upper()}"
    type_ = base(after.type)[0]
    return f"SET STORAGE {'PLAIN' if type_ in _PLAIN else 'MAIN' if type_ in _MAIN else 'EXTENDED'}"


def _statistics(after: Column, _: Ground) -> str:
    return f"SET STATISTICS {-1 if after.statistics is None else after.statistics}"


_ALTERATIONS: Mapping[str, Alter] = {
    "type": _type,
    "collation": _collation,
    "default": _default,
    "not_null": _not_null,
    "identity": _identity,
    "generated": _generated,
    "storage": _setting(_storage),
    "compression": _setting(lambda after, _: f"SET COMPRESSION {after.compression or 'default'}"),
    "statistics": _setting(_statistics),
    "options": _options,
}


def column_alteration(before: Column, after: Column, attribute: str, catalog: Catalog) -> Alter | None:
    """How to change the attribute in place; None where the column has to be made anew."""
    if attribute == "generated":
        return _generated if before.generated == "stored" and not after.generated else None
    if attribute == "default" and before.generated and after.generated:
        return _default if catalog.postgres >= _SET_EXPRESSION_SINCE else None
    if attribute == "type" and before.generated and after.generated:
        is_cast = not using("", before.type, after.type, catalog, catalog)
        return _type if is_cast and before.default == after.default else None
    return _ALTERATIONS.get(attribute)
