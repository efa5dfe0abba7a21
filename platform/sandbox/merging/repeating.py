"""Which statements of theirs ours has run already, word for word and in the same place of names."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sandbox.merging.tracing import Unit, is_bracket
from schemata.history import Migration
from schemata.statements import Statement
from schemata.statements.scanner import tokens

Said = tuple[tuple[str, ...], tuple[str, ...]]
Place = tuple[str, int]


def repeated(ours: Sequence[Migration], theirs: Sequence[Unit]) -> frozenset[Place]:
    """Places in theirs, by migration and statement, each of which has a statement of ours to itself.

    A text that stands twice in theirs and once in ours is repeated once. What a text
    means depends on the search path, so the same text after another SET search_path is another statement.
    """
    said = Counter(
        each for _, each in _said((m.name, i, part) for m in ours for i, part in enumerate(m.statements))
    )
    units = ((unit.migration.name, unit.statement, unit.part) for unit in theirs if unit.part)
    return frozenset(place for place, each in _said(units) if _take(said, each))


def _take(said: Counter[Said], each: Said) -> bool:
    said[each] -= 1
    return said[each] >= 0


def _said(parts: Iterator[tuple[str, int, Statement]]) -> Iterator[tuple[Place, Said]]:
    path: tuple[str, ...] = ()
    for migration, index, part in parts:
        words = tokens(part.text)
        if not is_bracket(part):
            yield (migration, index), (path, words)
        if "search_path" in part.text.lower() and part.kind in ("VariableSetStmt", "SelectStmt"):
            path = words
