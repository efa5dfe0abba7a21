"""Functions that statements call on their way, and that may take rows or values away themselves."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemata.catalog import Catalog, Function
from schemata.statements import Statement, called_by, function_made, takes_away


def taking_calls(statements: Sequence[Statement], *catalogs: Catalog) -> Iterator[str]:
    """Names of called functions whose code, or that of one which they name, has words that take something away.

    Known are those of the catalogs and those that the statements make, also where they drop them again.
    """
    called = frozenset(name for each in statements for name in called_by(each))
    if called:
        yield from sorted(called & _taking(_codes(statements, catalogs)))


def _codes(statements: Iterable[Statement], catalogs: Iterable[Catalog]) -> Mapping[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for catalog in catalogs:
        for each in catalog.objects.values():
            if isinstance(each, Function):
                found[each.name].add(each.body)
    for statement in statements:
        name = function_made(statement)
        if name:
            found[name].add(statement.text)
    return {name: "\n".join(sorted(codes)) for name, codes in found.items()}


def _taking(codes: Mapping[str, str]) -> frozenset[str]:
    """Those that take something away, and all that name one of them, however far off."""
    words = {name: frozenset(re.findall(r"\w+", code)) for name, code in codes.items()}
    found = {name for name, code in codes.items() if takes_away(code)}
    while more := {name for name in codes.keys() - found if not words[name].isdisjoint(found)}:
        found |= more
    return frozenset(found)
