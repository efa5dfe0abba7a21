"""Texts that Postgres deparsed, put in merged names as far as that is certain.

Deparsed text qualifies relations, types and routines (search_path is pinned when
catalogs are read), so these can be told from all else. Names of columns can't:
what mentions one that was renamed stays unsettled until Postgres has run.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemata.catalog import CatalogObject, IndexKey
from schemata.render.names import name as sql_name

Place = tuple[str, str]

_STRING = r"'(?:[^']|'')*'"
_PART = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|(?P<schema>{_PART})\.(?P<name>{_PART})(?P<alias>\s+[\"a-z_])?|{_PART}"
)
_CASTS = re.compile(
    rf"{_STRING}|::(?:{_PART}\.)?{_PART}(?: varying| without time zone| with time zone)?"
    r"(?:\(\d+(?:,\d+)?\))?(?:\[\])*|[()\s]"
)
_WORD = re.compile(rf"{_STRING}|{_PART}")


def bare(text: str) -> str:
    """The text without casts, parentheses and spaces: what a change of a column's type leaves alone."""
    return _CASTS.sub(lambda found: found[0] if found[0].startswith("'") else "", text)


def words(text: str) -> frozenset[str]:
    """Names in the text, and names in its strings: `'public.users'::regclass` speaks of a table."""
    found: set[str] = set()
    for token in _WORD.findall(text):
        found |= set(map(unquoted, re.findall(_PART, token[1:-1]))) if token[0] == "'" else {unquoted(token)}
    return frozenset(found)


def reword(text: str, moved: Mapping[Place, Place]) -> str:
    """The text with new names of what moved; a relation of a FROM list keeps its old name as an alias."""

    def replaced(found: re.Match[str]) -> str:
        if found["string"]:
            return _in_string(found[0], moved)
        to = moved.get((unquoted(found["schema"]), unquoted(found["name"]))) if found["schema"] else None
        if to is None:
            return found[0]
        stands_in_list = re.search(
            r"(?:FROM|JOIN|,)\s+\(*$", text[max(0, found.start() - 40) : found.start()]
        )
        alias = (
            f" {found['name']}"
            if stands_in_list and not found["alias"] and to[1] != unquoted(found["name"])
            else ""
        )
        return f"{sql_name(to[0])}.{sql_name(to[1])}{alias}{found['alias'] or ''}"

    return _TOKEN.sub(replaced, text)


def _in_string(text: str, moved: Mapping[Place, Place]) -> str:
    """`'public.users_id_seq'` as nextval has it."""
    parts = re.fullmatch(rf"'({_PART})\.({_PART})'", text)
    to = moved.get((unquoted(parts[1]), unquoted(parts[2]))) if parts else None
    return f"'{sql_name(to[0])}.{sql_name(to[1])}'" if to else text


def sql_text(label: str) -> str:
    return label.replace("'", "''")


def unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Tells which texts speak of one of these names, or of one of these values of enums."""

    names: frozenset[str]
    values: Mapping[Place, Mapping[str, str]]

    def __bool__(self) -> bool:
        return bool(self.names or self.values)

    def in_texts_of(self, found: CatalogObject) -> Iterator[str]:
        """Attributes whose text has one of the names."""
        for attribute in found.REFERRING:
            texts = _texts(getattr(found, attribute))
            if any(self._is_met(text) for text in texts):
                yield attribute

    def _is_met(self, text: str) -> bool:
        if not self.names.isdisjoint(words(text)):
            return True
        return any(f"'{sql_text(label)}'" in text for labels in self.values.values() for label in labels)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, IndexKey):
        yield value.expression
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
