"""What teammates do whose databases ran a branch as it was: commands for their tool's books, and SQL that was run here.

Names alone cost nothing to find out. Where another text landed than the branch had, or where what came to the
default branch gives something else after the branch than before it, a sandbox goes the way first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.projects.models import Project
from apps.repositories.trees import CommitTree
from sandbox.bridging import Bridge, Bridging, NoBridge
from sandbox.replays import OnProgress
from schemata.history import History, Migration
from schemata.landing.drizzle import moments
from schemata.landing.mending import Mending, Proved, Renamed, mend
from schemata.merge.conflicts import Choice
from schemata.statements import changes_data
from schemata.statements.scanner import tokens
from worker.candidates import Composing, LandedName
from worker.process import sandboxes


@dataclass(frozen=True, slots=True)
class Landed:
    """A merge that was written into `tree`, which reads back as `history`. `choices` are those that people made."""

    project: Project
    composing: Composing
    tree: str
    history: History
    choices: Mapping[str, Any]

    def mending(self, on_progress: OnProgress | None = None) -> Mending:
        """The way, or why there is none. Raises SandboxError where no sandbox can be had."""
        moved = [each for each in self.composing.names if each.was != each.name or _is_new(each)]
        if not self._gives_something_else(moved):
            return mend(self.history, [self._renamed(each) for each in moved], self._missing())
        try:
            self._check(moved)
            return self._bridged(moved, self._bridge(on_progress))
        except NoBridge as error:
            return Mending(anew=str(error))

    def _gives_something_else(self, moved: list[LandedName]) -> bool:
        back = self.composing.told["proof"]["theirs_then_ours"]
        return any(map(_is_new, moved)) or back not in (None, self.composing.merged)

    def _check(self, moved: list[LandedName]) -> None:
        """What no catalog tells: whose rows are whose, what was done to them, what a landed name stood for."""
        base, _ours, theirs = self.composing.sides.histories
        texts = {each.name: each.hash for each in theirs.migrations}
        edited = [each.name for each in base.migrations if texts.get(each.name) != each.hash]
        if edited:
            raise NoBridge(f"the branch changed {edited[0]}, which had landed before")
        settled = {each["id"]: each["object"]["name"] for each in self.composing.told.get("settled", ())}
        both = sorted(
            settled[key] for key in settled if self.choices.get(key, {}).get("choose") == Choice.BOTH
        )
        if both:
            raise NoBridge(f"{both[0]} was kept of both sides, under another name")
        for each in filter(_is_new, moved):
            self._check_rows(each)

    def _check_rows(self, name: LandedName) -> None:
        """A statement that changes rows and was not on the branch has not been run there."""
        was, now = (
            self._find(self.composing.sides.theirs.history, name.was),
            self._find(self.history, name.name),
        )
        known = _rows(was) if was else []
        if now and any(each not in known for each in _rows(now)):
            raise NoBridge(f"{name.name} changes rows in another way than it did on the branch")

    def _bridge(self, on_progress: OnProgress | None) -> Bridge:
        return Bridging(
            sandboxes(),
            self.composing.sides.theirs.history,
            self.history,
            self._missing(),
            self.project.key.hex,
            self.history.postgres or self.project.postgres,
            settings.CHECK_DEADLINE_S,
            on_progress,
        ).run()

    def _bridged(self, moved: list[LandedName], bridge: Bridge) -> Mending:
        renamed, missing = [self._renamed(each) for each in moved], self._missing()
        if not bridge.runs_missing:
            renamed += [self._noted(each) for each in missing]
            missing = ()
        place = {each.name: number for number, each in enumerate(self.history.migrations)}
        renamed.sort(key=lambda each: place[each.now.name])
        proved = Proved(bridge.messages, not bridge.runs_missing, bridge.notes)
        return mend(self.history, renamed, missing, proved)

    def _renamed(self, name: LandedName) -> Renamed:
        was = self._find(self.composing.sides.theirs.history, name.was)
        now = next(each for each in self.history.migrations if each.name == name.name)
        return Renamed(
            was, now, self._moment(self.composing.head, name.was), self._moment(self.tree, name.name)
        )

    def _noted(self, missing: Migration) -> Renamed:
        now = next(each for each in self.history.migrations if each.name == missing.name)
        return Renamed(None, now, 0, self._moment(self.tree, missing.name))

    def _moment(self, commit: str, name: str) -> int:
        tree = CommitTree(self.composing.histories.repository, commit)
        return moments(tree, self.history.root).get(name, 0)

    def _missing(self) -> tuple[Migration, ...]:
        """What the default branch has and the branch had not; what it made of what both had is not run again."""
        base, ours, theirs = self.composing.sides.histories
        known = {each.hash for each in theirs.migrations}
        shared = {each.name for each in base.migrations}
        return tuple(each for each in ours.migrations if each.hash not in known and each.name not in shared)

    def _find(self, history: History, name: str) -> Migration | None:
        return next((each for each in history.migrations if name and each.name == name), None)


def _is_new(name: LandedName) -> bool:
    return name.origin in ("rewritten", "generated")


def _rows(migration: Migration) -> list[Any]:
    """Its statements that change rows, however they are spaced."""
    return [tokens(each.text) for each in migration.statements if changes_data(each)]
