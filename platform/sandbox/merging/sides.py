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
from schemata.merge.histories import Meeting, meet, part

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Sides:
    """Base, ours and theirs, each in a database of its own; the last two are clones of the first.

    `notes` are what was seen on the way, `own_order` where a side's own files give something else than
    the base with what it adds. `before` is the base as it had landed, where the sides went apart before
    its end because one of them changed what had landed. `as_landed` is ours with what had landed as it
    ran, where a side changed that and both take the change over.
    """

    meeting: Meeting
    trunk: State
    ours: State
    theirs: State
    landed: tuple[str, ...]
    notes: tuple[SoftFinding, ...] = ()
    own_order: tuple[SoftFinding, ...] = ()
    before: State | None = None
    as_landed: State | None = None


@dataclass
class Reaching:
    """The way there. Each step either ends the merge with a result or goes on to the next."""

    lab: Lab
    base: History
    ours: History
    theirs: History
    own_order: list[SoftFinding] = field(default_factory=list)

    def run(self) -> "Sides | MergeResult":
        meeting = meet(self.base, self.ours, self.theirs)
        return self._reach(meeting) or self.run_apart()

    def run_apart(self) -> "Sides | MergeResult":
        """Both sides as they stand, from where they first differ: for when what had landed was changed so
        that the edits can't be taken over."""
        meeting = part(self.base, self.ours, self.theirs)
        self.own_order = []
        return self._reach(meeting) or self._history_rewritten(meeting)

    def _reach(self, meeting: Meeting) -> "Sides | MergeResult | None":
        """The three databases; None where they can't be reached although each side replays by itself."""
        trunk = self.lab.start(meeting.trunk, "base")
        if trunk.failure and meeting.shared:
            return self._reach(meet(self.base, self.ours, self.theirs, share=False))
        if trunk.failure:
            return self._side_broken() or (None if meeting.edited else _broken(Side.BASE, trunk.failure))
        ours = self.lab.extend(trunk, meeting.runs_ours, "ours")
        theirs = self.lab.extend(trunk, meeting.runs_theirs, "theirs")
        broken = self._check(Side.OURS, self.ours, ours) or self._check(Side.THEIRS, self.theirs, theirs)
        if broken:
            return broken
        if ours.failure or theirs.failure:
            return None
        notes = tuple(self._left_behind(meeting, trunk)) if meeting.edited else ()
        names = tuple(each.name for each in self.ours.migrations)
        return Sides(
            meeting,
            trunk,
            ours,
            theirs,
            names,
            notes,
            tuple(self.own_order),
            self._before(meeting, trunk),
            self._as_landed(meeting),
        )

    def _as_landed(self, meeting: Meeting) -> State | None:
        return self.lab.start(self.ours.migrations, "ours") if meeting.edited and not meeting.parted else None

    def _before(self, meeting: Meeting, trunk: State) -> State | None:
        rest = self.base.migrations[len(meeting.trunk) :] if meeting.parted else ()
        before = self.lab.extend(trunk, rest, "base") if rest else trunk
        return None if before is trunk or before.failure else before

    def _side_broken(self) -> MergeResult | None:
        """Which of the three does not replay by itself, where their trunk does not."""
        sides = ((Side.BASE, self.base), (Side.OURS, self.ours), (Side.THEIRS, self.theirs))
        for side, history in sides:
            alone = self.lab.start(history.migrations, side.value)
            if alone.failure:
                return _broken(side, alone.failure)
        return None

    def _check(self, side: Side, history: History, state: State) -> MergeResult | None:
        """A side must replay from nothing in its own order as well as on top of the base."""
        own = state
        if _texts(history.migrations) != _texts(state.migrations):
            own = self.lab.start(history.migrations, side.value)
        if own.failure:
            return _broken(side, own.failure)
        if state.ran and sorted(_texts(own.migrations)) == sorted(_texts(state.migrations)):
            self._compare_own_order(side, own, state)
        return None

    def _compare_own_order(self, side: Side, own: State, state: State) -> None:
        """Whether a fresh database of a side, in its files' order, is what a database becomes that had the base."""
        if own is state:
            return
        for at in differences(self.lab.catalog(own), self.lab.catalog(state)):
            message = f"{at} is not the same on a fresh database of {side}: its new migrations sort before older ones"
            self.own_order.append(SoftFinding("own-order", message, (str(at),)))

    def _left_behind(self, meeting: Meeting, trunk: State) -> Iterator[SoftFinding]:
        """Where databases that ran landed migrations as they were differ from what these now make."""
        before = self.lab.start(self.base.migrations, "base")
        now = trunk
        if meeting.shared:
            now = self.lab.start(meeting.trunk[: -meeting.shared], "base")
        lost = [] if before.failure else list(differences(self.lab.catalog(before), self.lab.catalog(now)))
        for name in meeting.edited:
            where = f"; they differ from fresh ones in {_listed(lost)}" if lost else ", and are no different"
            yield SoftFinding(
                "migration-edited",
                f"{name} had landed and a side changed, renamed or removed it: databases that ran it keep what it "
                f"said then{where}",
                (f"migration {name}", *map(str, lost)),
            )

    def _history_rewritten(self, meeting: Meeting) -> MergeResult:
        """Landed migrations were changed so that neither way of bringing the sides together runs."""
        names = meeting.edited or tuple(each.name for each in meeting.trunk[-1:])
        conflicts = tuple(history_rewritten(name, "its sides only replay apart") for name in names)
        return MergeResult(Verdict.CONFLICT, conflicts=conflicts)


def _broken(side: Side, failure: ReplayFailure) -> MergeResult:
    return MergeResult(Verdict.BROKEN, broken=Broken(side, failure))


def _listed(addresses: Sequence[Address]) -> str:
    """A few of them, and how many more there are."""
    more = len(addresses) - SHOWN
    return ", ".join(map(str, addresses[:SHOWN])) + (f" and {more} more" if more > 0 else "")


def _texts(migrations: tuple[Migration, ...]) -> list[str]:
    return [migration.hash for migration in migrations]
