"""A column of the file against the one of the database."""

import re
from collections.abc import Iterator

from schemata.catalog import Column
from schemata.findings import Finding
from schemata.prisma.datamodel import Place
from schemata.prisma.drift.findings import DIFFERS, called, outside, value, wrong

# Attributes that the language has no words for.
UNSAID = (
    "comment",
    "collation",
    "storage",
    "compression",
    "statistics",
    "options",
    "privileges",
    "foreign_options",
)
_NOW = re.compile(r"now\(\)|transaction_timestamp\(\)", re.IGNORECASE)
_EMPTY_LIST = re.compile(r"'\{\}'::(.*\[\])")
_NUMBER = re.compile(r"'?(-?\d+(?:\.\d+)?)'?(?:::[a-z ]+)?|\('?(-?\d+(?:\.\d+)?)'?\)(?:::[a-z ]+)?")


def compare(
    said: Column, real: Column, place: Place | None, *, is_list: bool, any_default: bool
) -> Iterator[Finding]:
    """What of the two differs; a view's columns say nothing of null on either side."""
    at, who = said.address, called(said.address, place)
    if said.type != real.type:
        yield wrong(DIFFERS, at, place, _differs(who, said, real, "type"))
    if said.not_null != real.not_null:
        yield _nullable(said, place, who, is_list)
    if any_default and real.default and not real.generated:
        message = f"{who} has the default {real.default}, which dbgenerated() leaves open."
        yield outside("open-default", at, place, message)
    else:
        yield from _value(said, real, place, who)
    for name in UNSAID:
        if getattr(said, name) != getattr(real, name):
            words = name.replace("_", " ")
            message = f"{who} has {words} {value(name, getattr(real, name))} in the database."
            yield outside(f"column-{words.replace(' ', '-')}", at, place, message)


def _differs(who: str, said: Column, real: Column, name: str) -> str:
    ours, theirs = (value(name, getattr(each, name)) for each in (said, real))
    return f"{who} has {name} {ours} in the file and {theirs} in the database."


def _nullable(said: Column, place: Place | None, who: str, is_list: bool) -> Finding:
    if is_list:
        message = f"{who} is NOT NULL in the database; a list cannot say so."
        return outside("list-not-null", said.address, place, message)
    ours, theirs = ("is NOT NULL", "may be null") if said.not_null else ("may be null", "is NOT NULL")
    message = f"{who} {ours} in the file and {theirs} in the database."
    return wrong(DIFFERS, said.address, place, message)


def _value(said: Column, real: Column, place: Place | None, who: str) -> Iterator[Finding]:
    """Where its value comes from: a default, a sequence, an identity or an expression."""
    at = said.address
    if real.generated:
        yield outside("generated-column", at, place, f"{who} is generated: {real.default}.")
    elif real.identity and _draws(said.default):
        message = f"{who} is an identity column, for which autoincrement() stands as well."
        yield outside("identity", at, place, message)
    elif real.identity:
        message = f"{who} is an identity column in the database, without autoincrement() in the file."
        yield wrong(DIFFERS, at, place, message)
    elif said.default != real.default:
        yield _default(said, real, place, who)


def _default(said: Column, real: Column, place: Place | None, who: str) -> Finding:
    at, theirs = said.address, real.default
    if _draws(said.default) and _draws(theirs):
        return outside("sequence", at, place, f"{who} draws from a sequence of its own: {theirs}.")
    if spelled(said.default) == spelled(theirs):
        message = f"{who} has the default {said.default}, spelled {theirs} in the database."
        return outside("default-spelling", at, place, message)
    return wrong(DIFFERS, at, place, _differs(who, said, real, "default"))


def _draws(default: str) -> bool:
    return default.startswith("nextval(")


def spelled(default: str) -> str:
    """A default in one of its spellings, where Prisma takes several for the same."""
    found = _NUMBER.fullmatch(default)
    if found:
        number = found[1] or found[2]
        return number.rstrip("0").rstrip(".") if "." in number else number
    if _NOW.fullmatch(default):
        return "CURRENT_TIMESTAMP"
    return _EMPTY_LIST.sub(r"ARRAY[]::\1", default)
