"""Code that statements run on their way, and that may take rows or values away itself.

What runs: functions that a statement calls, and what a write of it sets off on its table (triggers, rules, functions
in defaults: manual, 39, 41 and 5.2). Tables and functions are known by their names alone, so where two share one,
what either does counts.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from schemata.catalog import Catalog, Column, Function, Rule, Trigger
from schemata.statements import (
    Statement,
    Verb,
    Write,
    called_by,
    function_made,
    takes_away,
    trigger_made,
    without_strings,
    writes,
)

_EVENTS = {
    Verb.INSERT: frozenset({"insert"}),
    Verb.UPDATE: frozenset({"update"}),
    Verb.DELETE: frozenset({"delete", "truncate"}),
}
_INSERTS = re.compile(r'\binsert\s+into\s+(?:(?:"[^"]+"|\w+)\s*\.\s*)?"?(\w+)', re.IGNORECASE)
_CALLS = re.compile(r'(\w+)"?\s*\(')


def taking_code(statements: Sequence[Statement], *catalogs: Catalog) -> Iterator[str]:
    """Sentences, one for each function or rule that runs and may take something away, or runs another that may.

    Known is the code of the catalogs and what the statements make, also where they drop it again.
    """
    called = frozenset(name for each in statements for name in called_by(each))
    written = {(write.table, _EVENTS[write.verb]) for each in statements for write in _writes(each)}
    if not called and not written:
        return
    code = _Code.of(statements, catalogs)
    taking = code.taking()
    yield from (f"{name}() is called" for name in sorted(called & taking))
    for table in sorted({table for table, _ in written}):
        events = frozenset().union(*(events for name, events in written if name == table))
        for name in sorted(code.runs(table, events) & taking):
            yield f"{name}() is run by a write to {table}"
        if table in code.ruled:
            yield f"a rule of {table} runs on a write to it"


@dataclass(frozen=True, slots=True)
class _Code:
    """By name: `bodies` of functions; `fired` by writes to a table, as (event, function); `ruled`, tables whose rules
    may take something away.
    """

    bodies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fired: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    ruled: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, statements: Iterable[Statement], catalogs: Iterable[Catalog]) -> "_Code":
        code = cls()
        for catalog in catalogs:
            for each in catalog.objects.values():
                code._keep(each)
        for statement in statements:
            code._make(statement)
        return code

    def runs(self, table: str, events: frozenset[str]) -> frozenset[str]:
        """Functions that a write to the table sets off."""
        return frozenset(name for event, name in self.fired.get(table, ()) if event in events)

    def taking(self) -> frozenset[str]:
        """Functions that may take something away, and all that run one of them, however far off."""
        texts = {name: "\n".join(sorted(bodies)) for name, bodies in self.bodies.items()}
        reach = {name: self._reach(text) for name, text in texts.items()}
        found = {name for name, text in texts.items() if takes_away(text) or self._is_ruled(text)}
        while more := {name for name in texts.keys() - found if not reach[name].isdisjoint(found)}:
            found |= more
        return frozenset(found)

    def _reach(self, text: str) -> frozenset[str]:
        words = frozenset(re.findall(r"\w+", text))
        return words.union(*(self.runs(table, _EVENTS[Verb.INSERT]) for table in _INSERTS.findall(text)))

    def _is_ruled(self, text: str) -> bool:
        return not self.ruled.isdisjoint(_INSERTS.findall(text))

    def _keep(self, each: object) -> None:
        match each:
            case Function():
                # A trigger asks for its operation by a string like 'DELETE'.
                self.bodies[each.name].add(without_strings(each.body))
            case Trigger() if each.function is not None:
                name = each.function.name.partition("(")[0]
                self.fired[each.address.parent].update((event, name) for event in each.events)
            case Column() if each.default:
                names = _CALLS.findall(each.default)
                self.fired[each.address.parent].update(("insert", name) for name in names)
            case Rule() if takes_away(each.definition.partition(" DO ")[2]):
                self.ruled.add(each.address.parent)

    def _make(self, statement: Statement) -> None:
        function, trigger = function_made(statement), trigger_made(statement)
        if function is not None:
            self.bodies[function.name].add(without_strings(function.body))
        if trigger is not None:
            self.fired[trigger.table].update((event, trigger.function) for event in trigger.events)


def _writes(statement: Statement) -> Iterator[Write]:
    return (each for each in writes(statement) if each.verb in _EVENTS)
