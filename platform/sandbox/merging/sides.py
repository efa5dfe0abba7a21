"""The three databases that a merge begins with, or why there are not three."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sandbox.merging.conflicts import history_rewritten
from sandbox.merging.lab import Lab, State
from sandbox.merging.orders import differences
from sandbox.merging.values import Broken, MergeResult, Side, SoftFinding, Verdict
from sandbox.replays import ReplayFailure
from schemata.catalog import Address
from schemata.history import History, Migration
from schemata.merge.histories import Meeting, meet

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Sides:
    """Base, ours and theirs, each in a database of its own; the last two are clones of the first.

    `notes` are what was seen on the way, `own_order` where a side's own files give something else than
    the base with what it adds.
    """

    meeting: Meeting
    trunk: State
    ours: State
    theirs: State
    landed: tuple[str, ...]
    notes: tuple[SoftFinding, ...] = ()
    own_order: tuple[SoftFinding, ...] = ()


@dataclass
class Reaching:
    """The way there. Each step either ends the merge with a result or goes on to the next."""

    lab: Lab
    base: History
    ours: History
    theirs: History
    meeting: Meeting = field(init=False)
    own_order: list[SoftFinding] = field(default_factory=list)

    def run(self) -> "Sides | MergeResult":
        self.meeting = meet(self.base, self.ours, self.theirs)
        trunk = self.lab.start(self.meeting.trunk, "base")
        if trunk.failure and self.meeting.shared:
            self.meeting = self.meeting.unshared()
            trunk = self.lab.start(self.meeting.trunk, "base")
        if trunk.failure:
            return self._no_trunk(trunk.failure)
        ours = self.lab.extend(trunk, self.meeting.ours, "ours")
        theirs = self.lab.extend(trunk, self.meeting.theirs, "theirs")
        broken = self._broken(Side.OURS, self.ours, ours) or self._broken(Side.THEIRS, self.theirs, theirs)
        if broken:
            return broken
        notes = tuple(self._left_behind(trunk)) if self.meeting.edited else ()
        names = tuple(each.name for each in self.ours.migrations)
        return Sides(self.meeting, trunk, ours, theirs, names, notes, tuple(self.own_order))

    def _no_trunk(self, failure: ReplayFailure) -> MergeResult:
        """The base does not replay: by itself, or with what a side made of its migrations."""
        sides = ((Side.BASE, self.base), (Side.OURS, self.ours), (Side.THEIRS, self.theirs))
        for side, history in sides if self.meeting.edited else ():
            alone = self.lab.start(history.migrations, side.value)
            if alone.failure:
                return MergeResult(Verdict.BROKEN, broken=Broken(side, alone.failure))
        if self.meeting.edited:
            return self._history_rewritten(failure.message)
        return MergeResult(Verdict.BROKEN, broken=Broken(Side.BASE, failure))

    def _broken(self, side: Side, history: History, state: State) -> MergeResult | None:
        """A side must replay from nothing in its own order as well as on top of the base."""
        own = state
        if _texts(history.migrations) != _texts(state.migrations):
            own = self.lab.start(history.migrations, side.value)
        if own.failure:
            return MergeResult(Verdict.BROKEN, broken=Broken(side, own.failure))
        if state.failure:
            return self._history_rewritten(state.failure.message)
        if sorted(_texts(own.migrations)) == sorted(_texts(state.migrations)):
            self._compare_own_order(side, own, state)
        return None

    def _compare_own_order(self, side: Side, own: State, state: State) -> None:
        """Whether a fresh database of a side, in its files' order, is what a database becomes that had the base."""
        if own is state:
            return
        for at in differences(self.lab.catalog(own), self.lab.catalog(state)):
            message = f"{at} is not the same on a fresh database of {side}: its new migrations sort before older ones"
            self.own_order.append(SoftFinding("own-order", message, (str(at),)))

    def _left_behind(self, trunk: State) -> Iterator[SoftFinding]:
        """Where databases that ran landed migrations as they were differ from what these now make."""
        before = self.lab.start(self.base.migrations, "base")
        now = trunk
        if self.meeting.shared:
            now = self.lab.start(self.meeting.trunk[: -self.meeting.shared], "base")
        lost = [] if before.failure else list(differences(self.lab.catalog(before), self.lab.catalog(now)))
        for name in self.meeting.edited:
            where = f"; they differ from fresh ones in {_listed(lost)}" if lost else ", and are no different"
            yield SoftFinding(
                "migration-edited",
                f"{name} had landed and a side changed, renamed or removed it: databases that ran it keep what it "
                f"said then{where}",
                (f"migration {name}", *map(str, lost)),
            )

    def _history_rewritten(self, why: str) -> MergeResult:
        names = self.meeting.edited or tuple(each.name for each in self.meeting.trunk[-1:])
        conflicts = tuple(history_rewritten(name, why) for name in names)
        return MergeResult(Verdict.CONFLICT, conflicts=conflicts)


def _listed(addresses: Sequence[Address]) -> str:
    """A few of them, and how many more there are."""
    more = len(addresses) - SHOWN
    return ", ".join(map(str, addresses[:SHOWN])) + (f" and {more} more" if more > 0 else "")


def _texts(migrations: tuple[Migration, ...]) -> list[str]:
    return [migration.hash for migration in migrations]
