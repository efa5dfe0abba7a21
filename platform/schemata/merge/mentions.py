"""What the text of a routine speaks of, where Postgres itself does not follow it.

Bodies are read by their words, not parsed: a team's text may nest deep enough to
end a process that parses it. So a name counts where one of its kind can stand:
a relation behind FROM, a type behind `::`, a function before a parenthesis.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemata.catalog import Address, CatalogObject, Function, Kind

_NAME = r'(?:"((?:[^"]|"")+)"|([^\W\d][\w$]*))'
_PATH = re.compile(rf"{_NAME}(?:\s*\.\s*{_NAME})?(?:\s*\.\s*{_NAME})?")
_COMMENT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_BEFORE_RELATION = re.compile(
    r"\b(?:from|join|into|update|table|only|truncate|using|references|copy|lock)\s+(?:only\s+|lateral\s+|table\s+)*$",
    re.IGNORECASE,
)
# A list of relations goes on behind a comma, as long as nothing but names and aliases stands before it.
_IN_FROM_LIST = re.compile(r"\bfrom\s+[\w\s\".,$]*,\s*$", re.IGNORECASE)
_NEXT_CLAUSE = re.compile(r"\b(?:where|select|group|order|set|on|values|returning)\b", re.IGNORECASE)
_BEFORE_TYPE = re.compile(r"(?:::\s*|\bas\s+|\breturns\s+)$", re.IGNORECASE)
_DECLARED = re.compile(r"(?:^|;|\bdeclare\b)\s*[\w\"]+\s+(?:constant\s+)?$", re.IGNORECASE)
LOOK_BACK = 300

RELATIONS = frozenset(
    {Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE, Kind.COMPOSITE}
)
TYPES = frozenset({Kind.ENUM, Kind.DOMAIN, Kind.RANGE, Kind.COMPOSITE, Kind.BASE_TYPE})
ROUTINES = frozenset({Kind.FUNCTION, Kind.PROCEDURE})
MENTIONABLE = RELATIONS | TYPES | ROUTINES | {Kind.COLUMN}


def bare_name(found: CatalogObject) -> str:
    """The name as a text says it: a routine's without its argument types."""
    return found.name if isinstance(found, Function) else found.address.name


@dataclass(frozen=True)
class Text:
    """A routine's body. Strings count as code too: EXECUTE runs them."""

    body: str

    @cached_property
    def code(self) -> str:
        return _COMMENT.sub(lambda found: found[0] if found[0][0] in "'\"" else " ", self.body)

    @cached_property
    def literals(self) -> frozenset[str]:
        return frozenset(found.replace("''", "'") for found in _LITERAL.findall(self.code))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(name for path, _, _ in self._paths for name in path)

    @cached_property
    def relations(self) -> frozenset[str]:
        """Names that stand where a relation can."""
        return frozenset(
            name for path, start, end in self._paths for name in self._as_relation(path, start, end)
        )

    @cached_property
    def types(self) -> frozenset[str]:
        return frozenset(
            path[-1]
            for path, start, _ in self._paths
            if _BEFORE_TYPE.search(self._before(start)) or _DECLARED.search(self._before(start))
        )

    @cached_property
    def routines(self) -> frozenset[str]:
        return frozenset(path[-1] for path, _, end in self._paths if self.code[end:].lstrip()[:1] == "(")

    def mentions(self, found: CatalogObject) -> bool:
        """Whether the text can mean this object; a column counts only with its table."""
        at, name = found.address, bare_name(found)
        if at.kind == Kind.COLUMN:
            return name in self.words and at.parent in self.relations
        if at.kind in ROUTINES:
            return name in self.routines
        return (
            name in self.relations
            or (at.kind not in (Kind.SEQUENCE,) and name in self.types)
            or (at.kind == Kind.SEQUENCE and any(name in literal for literal in self.literals))
        )

    @cached_property
    def _paths(self) -> list[tuple[list[str], int, int]]:
        found = []
        for match in _PATH.finditer(self.code):
            quoted, plain = match.groups()[::2], match.groups()[1::2]
            names = [
                (one.replace('""', '"') if one else two.lower())
                for one, two in zip(quoted, plain, strict=True)
                if one or two
            ]
            found.append((names, match.start(), match.end()))
        return found

    def _before(self, start: int) -> str:
        return self.code[max(0, start - LOOK_BACK) : start]

    def _as_relation(self, path: list[str], start: int, end: int) -> Iterator[str]:
        yield from path[:-1]
        before = self._before(start)
        listed = _IN_FROM_LIST.search(before)
        if (
            _BEFORE_RELATION.search(before)
            or self.code[end : end + 1] == "%"
            or (listed and not _NEXT_CLAUSE.search(listed[0]))
        ):
            yield path[-1]


def by_name(objects: Mapping[Address, CatalogObject]) -> dict[str, list[CatalogObject]]:
    """Objects that a text can mention, by the name that it would use."""
    found: dict[str, list[CatalogObject]] = {}
    for each in objects.values():
        if each.address.kind in MENTIONABLE:
            found.setdefault(bare_name(each), []).append(each)
    return found
