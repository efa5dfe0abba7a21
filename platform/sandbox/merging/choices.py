"""What people chose about conflicts, applied wherever a conflict comes up again on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.merging.values import FoundConflict, MergeResult, Settled, Verdict
from schemata.catalog import Address, Catalog
from schemata.merge import Conflict, Merged, merge
from schemata.merge.resolutions import Resolution, ResolutionError, resolve

Key = tuple[str, Address, str, Address | None]
SQL = "sql"
OURS = "ours"
THEIRS = "theirs"


@dataclass
class Choices:
    """Resolutions by conflict id; which of them were of use is remembered."""

    by_id: Mapping[str, Resolution]
    used: set[str] = field(default_factory=set)
    _implied: dict[str, Resolution] = field(default_factory=dict)
    _by_key: dict[Key, Resolution] = field(default_factory=dict)
    _settled: list[Settled] = field(default_factory=list)

    def imply(self, choices: Mapping[str, Resolution]) -> None:
        """Answers that need nobody to give them; what people chose goes before."""
        self._implied.update(choices)

    def settle(self, merged: Merged, base: Catalog, ours: Catalog, theirs: Catalog) -> Merged:
        """The merge of two sides with what was chosen about its conflicts, and about those that stood behind them."""
        now = self._resolved(merged, base, ours, theirs)
        while fresh := [each for each in now.conflicts if each.id not in self.used and self._answer(each)]:
            for found in fresh:
                self._take(found)
            now = self._resolved(merged, base, ours, theirs)
        return now

    def _answer(self, found: Conflict) -> Resolution | None:
        implied = self._implied.get(found.id)
        if implied and implied.choose not in found.options:
            implied = None
        return self.by_id.get(found.id) or implied

    def merge(self, base: Catalog, ours: Catalog, theirs: Catalog) -> Merged:
        """A merge on the way: its conflicts are the same ones, whatever their values are just then."""
        return self._resolved(merge(base, ours, theirs), base, ours, theirs)

    def _take(self, found: Conflict) -> None:
        choice = self._answer(found)
        assert choice is not None
        self.used.add(found.id)
        if found.id in self.by_id:
            self._settled.append(Settled(found, choice))
        if choice.choose == SQL:
            # The statement runs at the end; until then ours stands.
            choice = replace(choice, choose=OURS)
        self._by_key[_key(found)] = choice

    def _resolved(self, merged: Merged, base: Catalog, ours: Catalog, theirs: Catalog) -> Merged:
        """An answer can bring up a conflict that stood behind the first, whose answer may be known as well."""
        known: dict[str, Resolution] = {}
        now = merged
        while fresh := self._answers(now, known):
            known |= fresh
            now = resolve(merged, base, ours, theirs, known)
        return now

    def _answers(self, merged: Merged, known: Mapping[str, Resolution]) -> dict[str, Resolution]:
        return {
            each.id: self._by_key[_key(each)]
            for each in merged.conflicts
            if each.id not in known and _key(each) in self._by_key
        }

    def of(self, found: FoundConflict) -> Resolution | None:
        """What was chosen about a conflict of migrations. Raises ResolutionError where that is not offered."""
        choice = self.by_id.get(found.id)
        if choice is None:
            return None
        if choice.choose not in found.options:
            offered = ", ".join(found.options) or "nothing"
            raise ResolutionError((f"{found.id}: {choice.choose!r} is not offered, only {offered}",))
        self.used.add(found.id)
        return choice

    @property
    def statements(self) -> tuple[tuple[Conflict, str], ...]:
        """SQL that people wrote, with the conflict that it settles."""
        return tuple((each.conflict, each.choice.sql) for each in self._settled if each.choice.choose == SQL)

    @property
    def settled(self) -> tuple[Settled, ...]:
        """The conflicts over objects that these choices answered, in the order in which they came up."""
        return tuple(self._settled)

    def is_about(self, at: Address) -> bool:
        """Whether SQL that people wrote may change what stands there: what the conflict names, or a part of it."""
        named = [each for found, _ in self.statements for each in (found.at, found.other) if each is not None]
        tables = {(each.schema, each.parent or each.name) for each in named}
        return (at.schema, at.parent or at.name) in tables

    def refuse_unused(self, result: MergeResult) -> None:
        """Raise ResolutionError for choices that fit no conflict; others may still come up once these are settled."""
        unused = sorted(set(self.by_id) - self.used)
        if unused and result.verdict is not Verdict.CONFLICT:
            raise ResolutionError(tuple(f"{key}: there is no such conflict" for key in unused))


def _key(found: Conflict) -> Key:
    return found.kind.value, found.at, found.attribute, found.other
