"""Statements that give an object another name or schema, keeping it the same object."""

from schemata.catalog import Address, Aggregate, CatalogObject, Function, Kind
from schemata.render.names import name, parent, qualified, routine

_TYPES = frozenset({Kind.ENUM, Kind.COMPOSITE, Kind.RANGE})
_INNER = frozenset({Kind.COLUMN, Kind.CONSTRAINT})
_ON_PARENT = frozenset({Kind.TRIGGER, Kind.RULE, Kind.POLICY})


def rename(found: CatalogObject, at: Address, new: str) -> str:
    """`found` is what stands at `at` now; `new` is its name from now on."""
    if isinstance(found, Function | Aggregate):
        return f"ALTER ROUTINE {_routine(at)} RENAME TO {name(new)};"
    if at.kind in _INNER:
        return f"ALTER TABLE {parent(at)} RENAME {at.kind.upper()} {name(at.name)} TO {name(new)};"
    if at.kind is Kind.ATTRIBUTE:
        return f"ALTER TYPE {parent(at)} RENAME ATTRIBUTE {name(at.name)} TO {name(new)};"
    if at.kind in _ON_PARENT:
        return f"ALTER {at.kind.upper()} {name(at.name)} ON {parent(at)} RENAME TO {name(new)};"
    return f"ALTER {_subject(at)} RENAME TO {name(new)};"


def move(found: CatalogObject, at: Address, schema: str) -> str:
    """Into another schema."""
    if isinstance(found, Function | Aggregate):
        return f"ALTER ROUTINE {_routine(at)} SET SCHEMA {name(schema)};"
    return f"ALTER {_subject(at)} SET SCHEMA {name(schema)};"


def _routine(at: Address) -> str:
    return routine(at, at.name.partition("(")[0])


def _subject(at: Address) -> str:
    if at.kind in _TYPES:
        return f"TYPE {qualified(at)}"
    if at.kind is Kind.INDEX:
        return f"INDEX {name(at.schema)}.{name(at.name)}"
    return f"{at.kind.upper()} {qualified(at)}"
