"""The names Prisma gives to what the schema leaves nameless.

Source: `psl/parser-database` and `psl-core` ConstraintNames in prisma-engines;
Postgres cuts names at 63 bytes, Prisma cuts before its suffix.
"""

from collections.abc import Sequence

LIMIT_BYTES = 63


def primary_key(table: str) -> str:
    return _cut(table, "_pkey")


def unique(table: str, columns: Sequence[str]) -> str:
    return _cut("_".join([table, *columns]), "_key")


def index(table: str, columns: Sequence[str]) -> str:
    return _cut("_".join([table, *columns]), "_idx")


def foreign_key(table: str, columns: Sequence[str]) -> str:
    return _cut("_".join([table, *columns]), "_fkey")


def relation(first: str, second: str) -> str:
    """The default name of a relation between two models."""
    return "To".join(sorted((first, second)))


def _cut(name: str, suffix: str) -> str:
    room = LIMIT_BYTES - len(suffix)
    return name.encode()[:room].decode(errors="ignore") + suffix
