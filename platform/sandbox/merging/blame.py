"""Which statement of a side did what a conflict is about.

Where one statement alone names the object, it is that one; else the statements are
run one by one and the catalog tells.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from sandbox.merging.tracing import Unit
from sandbox.merging.values import Place
from schemata.catalog import Address
from schemata.changes import Change
from schemata.diff import diff
from schemata.history import Migration
from schemata.merge import Conflict


@dataclass
class Blame:
    """Answers for one side. `trace` runs its statements, once and only if it must."""

    migrations: Sequence[Migration]
    trace: Callable[[], Sequence[Unit]]
    _changes: dict[int, tuple[Change, ...]] = field(default_factory=dict)

    def place(self, found: Conflict) -> Place | None:
        """The statement, or None where no single one can be named."""
        suspects = list(self._naming(found))
        if len(suspects) == 1:
            return suspects[0]
        units = self._units
        wanted = {at for at in (found.at, found.other) if at is not None}
        guilty = [unit for unit in units if self._touches(unit, wanted, found.attribute)]
        guilty = guilty or [unit for unit in units if self._touches(unit, wanted, "")]
        if guilty:
            return _place_of(guilty[-1])
        return suspects[-1] if suspects else None

    @cached_property
    def _units(self) -> Sequence[Unit]:
        return self.trace()

    def _naming(self, found: Conflict) -> Iterator[Place]:
        """Statements whose text has every part of the object's name."""
        targets = [at for at in (found.at, found.other) if at is not None]
        for migration in self.migrations:
            lowered = migration.text.lower()
            if not any(_names(lowered, at) for at in targets):
                continue
            for index, statement in enumerate(migration.statements):
                if any(_names(statement.text.lower(), at) for at in targets):
                    yield _place(migration, index)

    def _touches(self, unit: Unit, wanted: set[Address], attribute: str) -> bool:
        for change in self._changed(unit):
            if change.address in wanted or change.previous in wanted:
                wanted.add(change.address)
                names = {each.name for each in change.attributes}
                if not attribute or attribute in names or not names:
                    return True
        return False

    def _changed(self, unit: Unit) -> tuple[Change, ...]:
        if not unit.changes_catalog:
            return ()
        key = id(unit)
        if key not in self._changes:
            self._changes[key] = diff(unit.before, unit.after, same_origin=True)
        return self._changes[key]


def _names(text: str, at: Address) -> bool:
    """Whether the words of a text, in lower case, hold every part of the name."""
    parts = (at.name.partition("(")[0].lower(), at.parent.lower())
    return all(part in text and _word(part).search(text) for part in parts if part)


@cache
def _word(part: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(part)}(?![\w$])")


def _place_of(unit: Unit) -> Place:
    text = unit.part.text.strip() if unit.part else ""
    return Place(unit.migration.name, unit.migration.path, unit.line, max(unit.statement, 0), text)


def _place(migration: Migration, index: int) -> Place:
    statement = migration.statements[index]
    line = statement.line + statement.lead.count("\n")
    return Place(migration.name, migration.path, line, index, statement.text.strip())
