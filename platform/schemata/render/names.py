"""Names and literals as SQL."""

from collections.abc import Iterable

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from schemata.catalog import Address, quote

_KEYWORDS = frozenset(RESERVED_KEYWORDS) | frozenset(TYPE_FUNC_NAME_KEYWORDS) | frozenset(COL_NAME_KEYWORDS)


def name(text: str) -> str:
    """An identifier, quoted where a statement needs it."""
    quoted = quote(text)
    return f'"{text}"' if text in _KEYWORDS or (quoted == text and "(" in text) else quoted


def names(texts: Iterable[str]) -> str:
    return ", ".join(map(name, texts))


def qualified(at: Address) -> str:
    return f"{name(at.schema)}.{name(at.name)}" if at.schema else name(at.name)


def routine(at: Address, bare: str) -> str:
    """A routine with its argument types, as GRANT and COMMENT want it; `bare` is its name alone."""
    return f"{name(at.schema)}.{name(bare)}{at.name[len(bare) :]}"


def parent(at: Address) -> str:
    """The table, view or type that a part belongs to."""
    return f"{name(at.schema)}.{name(at.parent)}"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def role(text: str) -> str:
    """A role; the principal is whoever owns the schema."""
    return {"": "CURRENT_USER", "public": "PUBLIC"}.get(text) or name(text)


def with_options(options: Iterable[str]) -> str:
    """` WITH (fillfactor='70')`, or nothing."""
    parts = [f"{key}={literal(value)}" for key, _, value in (each.partition("=") for each in options)]
    return f" WITH ({', '.join(parts)})" if parts else ""


def foreign_options(options: Iterable[str]) -> str:
    parts = [f"{name(key)} {literal(value)}" for key, _, value in (each.partition("=") for each in options)]
    return f" OPTIONS ({', '.join(parts)})" if parts else ""
