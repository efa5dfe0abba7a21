"""From three histories to one verdict, by running them (docs/merge.md has the table)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from sandbox.merging.blame import Blame
from sandbox.merging.lab import Lab, State
from sandbox.merging.orders import Order, differences, proven_by_running, run_order
from sandbox.merging.rebasing import Rebased, Rebasing, Stuck
from sandbox.merging.rows import Collision, compare_rows, may_change_rows, seeded
from sandbox.merging.tracing import Unit, trace
from sandbox.merging.values import (
    Broken,
    FoundConflict,
    LandedMigration,
    MergeResult,
    OrderProof,
    Origin,
    Place,
    Proof,
    Side,
    SoftFinding,
    Verdict,
)
from sandbox.pool import Sandboxes
from sandbox.replaying import Replaying
from sandbox.replays import OnProgress, ReplayFailure
from schemata.catalog import Address, Catalog
from schemata.history import History, Migration
from schemata.landing import restamp
from schemata.merge import Conflict, Merged, merge
from schemata.merge.histories import EditedTwice, Meeting, meet
from schemata.merge.proof import schema_hash

SHOWN = 4


def merge_histories(
    sandboxes: Sandboxes,
    base: History,
    ours: History,
    theirs: History,
    *,
    owner: str,
    postgres: int | None = None,
    deadline_s: float,
    on_progress: OnProgress | None = None,
) -> MergeResult:
    """Merge `theirs` into `ours`, two commits whose common ancestor is `base`, on the server of `owner`.

    All three are runnable histories of one layout. Raises SandboxError: what a
    deadline or a limit stopped is no verdict.
    """

    def work(replaying: Replaying) -> MergeResult:
        return Merging(Lab(replaying, ours), base, ours, theirs).run()

    return sandboxes.perform(owner, postgres, deadline_s, on_progress, work)


@dataclass
class Merging:
    """One merge under way. Each stage either ends it with a result or goes on to the next."""

    lab: Lab
    base: History
    ours: History
    theirs: History
    meeting: Meeting = field(init=False)
    own_order: list[SoftFinding] = field(default_factory=list)
    notes: list[SoftFinding] = field(default_factory=list)

    def run(self) -> MergeResult:
        self.meeting = meet(self.base, self.ours, self.theirs)
        sides = self._sides()
        if isinstance(sides, MergeResult):
            return sides
        if self.meeting.edited:
            self.notes.extend(self._left_behind(sides[0]))
        return _Proving(self, *sides).run()

    def _sides(self) -> "MergeResult | tuple[State, State, State]":
        """Base, ours and theirs, each in a database; or why one of them is in none."""
        trunk = self.lab.start(self.meeting.trunk, "base")
        if trunk.failure and self.meeting.shared:
            self.meeting = self.meeting.unshared()
            trunk = self.lab.start(self.meeting.trunk, "base")
        if trunk.failure:
            return self._no_trunk(trunk.failure)
        ours = self.lab.extend(trunk, self.meeting.ours, "ours")
        theirs = self.lab.extend(trunk, self.meeting.theirs, "theirs")
        broken = self._broken(Side.OURS, self.ours, ours) or self._broken(Side.THEIRS, self.theirs, theirs)
        return broken or (trunk, ours, theirs)

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
        conflicts = tuple(
            _of_migrations(
                "history-rewritten",
                name,
                f"{name} had landed and was changed, renamed or removed by a side, and databases that ran it can't "
                f"follow: {why}",
            )
            for name in self.meeting.edited or tuple(each.name for each in self.meeting.trunk[-1:])
        )
        return MergeResult(Verdict.CONFLICT, conflicts=conflicts)


@dataclass
class _Proving:
    """Three databases are there: merge their catalogs and run what proves it."""

    case: Merging
    trunk: State
    ours: State
    theirs: State

    @cached_property
    def merged(self) -> Merged:
        return merge(*self.catalogs)

    @cached_property
    def catalogs(self) -> tuple[Catalog, Catalog, Catalog]:
        base, ours, theirs = (self.case.lab.catalog(each) for each in (self.trunk, self.ours, self.theirs))
        return base, ours, theirs

    @property
    def meeting(self) -> Meeting:
        return self.case.meeting

    def run(self) -> MergeResult:
        lab, meeting = self.case.lab, self.meeting
        forth = run_order(lab, self.ours, meeting.theirs, self.merged, "ours, then theirs")
        back = run_order(lab, self.theirs, meeting.ours, self.merged, "theirs, then ours")
        result = self._judged(forth, back)
        for order in (forth, back):
            if order.state.migrations:
                lab.discard(order.state)
        base, ours, theirs = self.catalogs
        return replace(result, merged=self.merged, base=base, ours=ours, theirs=theirs)

    def _judged(self, forth: Order, back: Order) -> MergeResult:
        reached = proven_by_running(self.merged, forth, back)
        if reached:
            self.merged = reached
            forth, back = (replace(each, proof=replace(each.proof, deviations=())) for each in (forth, back))
        proof = Proof(schema_hash(self.merged.catalog), forth.proof, back.proof)
        matters = not _commute(forth, back) or bool(self.case.own_order)
        soft = tuple(self._soft(forth, back))
        conflicts = tuple(self._conflicts())
        if conflicts:
            return MergeResult(Verdict.CONFLICT, matters, conflicts, soft, (), proof)
        result = MergeResult(Verdict.CLEAN, matters, (), soft, (), proof)
        if forth.is_as_merged and not self.meeting.clashes:
            return self._with_rows(_reached(result, forth), self.meeting.theirs, Origin.THEIRS)
        return self._rewritten(forth, result)

    def _rewritten(self, forth: Order, result: MergeResult) -> MergeResult:
        rebased = Rebased(self.meeting.theirs) if forth.is_as_merged else self._rebase()
        if rebased.stuck:
            return replace(result, verdict=Verdict.CONFLICT, conflicts=(self._stuck(rebased.stuck),))
        again = run_order(self.case.lab, self.ours, rebased.migrations, self.merged, "rewritten")
        result = replace(
            result, verdict=Verdict.REWRITTEN, proof=replace(result.proof, rewritten=again.proof)
        )
        if not again.is_as_merged:
            return replace(result, verdict=Verdict.CONFLICT, conflicts=(_unproved(again.proof),))
        return self._with_rows(_reached(result, again), rebased.migrations, Origin.REWRITTEN)

    def _with_rows(self, result: MergeResult, landing: tuple[Migration, ...], origin: Origin) -> MergeResult:
        """The result with what lands, if the rows that both orders leave bear it out."""
        meeting = self.meeting
        if may_change_rows((*meeting.ours, *meeting.theirs)):
            with seeded(self.case.lab, self.trunk, self.catalogs[1:]) as found:
                rows = compare_rows(found, meeting.ours, meeting.theirs, landing, self.merged.catalog)
            if isinstance(rows, Collision):
                return replace(result, verdict=Verdict.CONFLICT, conflicts=(_rows_collide(rows),))
            matters = result.order_matters or bool(rows.differences)
            proof = replace(result.proof, rows=rows)
            soft = (*result.soft, *map(_rows_differ, rows.differences))
            result = replace(result, order_matters=matters, proof=proof, soft=soft)
        return replace(result, migrations=tuple(self._landed(landing, origin)))

    def _rebase(self) -> Rebased:
        base, ours, _theirs = self.catalogs
        rebasing = Rebasing(
            self.case.lab, self.ours, self._their_units, partial(merge, base, ours), self.meeting.ours
        )
        return rebasing.run(self.meeting.theirs)

    @cached_property
    def _our_units(self) -> tuple[Unit, ...]:
        return trace(self.case.lab, self.trunk, self.meeting.ours, "ours, by statement")

    @cached_property
    def _their_units(self) -> tuple[Unit, ...]:
        return trace(self.case.lab, self.trunk, self.meeting.theirs, "theirs, by statement")

    def _conflicts(self) -> Iterator[FoundConflict]:
        for edited in self.meeting.edited_twice:
            yield _edited_twice(edited)
        if not self.merged.conflicts:
            return
        mine = Blame(self.meeting.ours, lambda: self._our_units)
        other = Blame(self.meeting.theirs, lambda: self._their_units)
        for found in self.merged.conflicts:
            yield _found(found, {"ours": mine.place(found), "theirs": other.place(found)})

    def _soft(self, forth: Order, back: Order) -> Iterator[SoftFinding]:
        yield from (*self.case.notes, *self.case.own_order)
        for found in self.merged.soft:
            names = tuple(str(at) for at in (found.at, found.other) if at is not None)
            yield SoftFinding(found.rule, f"{' and '.join(names)} say the same under two names", names)
        if forth.catalog and back.catalog:
            for at in differences(forth.catalog, back.catalog):
                yield SoftFinding("order", f"{at} depends on which side runs first", (str(at),))

    def _landed(self, migrations: tuple[Migration, ...], origin: Origin) -> Iterator[LandedMigration]:
        before = [each.name for each in self.case.ours.migrations]
        names = restamp(self.case.ours.layout, before, [each.name for each in migrations])
        for old, new, name in zip(self.meeting.theirs, migrations, names, strict=True):
            came = origin if new.text != old.text else Origin.THEIRS if name == old.name else Origin.RESTAMPED
            yield LandedMigration(name, new.text, came, old.name, old.text)

    def _stuck(self, stuck: Stuck) -> FoundConflict:
        unit = stuck.unit
        place = Place(unit.migration.name, unit.migration.path, unit.line, max(unit.statement, 0))
        text = unit.part.text.strip() if unit.part else unit.migration.text
        found = _of_migrations(
            "statement-does-not-fit",
            unit.migration.name,
            f"this statement does not run where ours now stands, and no other way to do its work was found: "
            f"{stuck.reason}",
        )
        return replace(found, theirs=text, where={"ours": None, "theirs": place})


def _reached(result: MergeResult, order: Order) -> MergeResult:
    """The merge is what `order` gave: wording, and what follows from it, is Postgres's own."""
    return replace(result, proof=replace(result.proof, merged=order.proof.hash))


def _listed(addresses: Sequence[Address]) -> str:
    """A few of them, and how many more there are."""
    more = len(addresses) - SHOWN
    return ", ".join(map(str, addresses[:SHOWN])) + (f" and {more} more" if more > 0 else "")


def _texts(migrations: tuple[Migration, ...]) -> list[str]:
    return [migration.hash for migration in migrations]


def _commute(forth: Order, back: Order) -> bool:
    if forth.catalog is None or back.catalog is None:
        return False
    return next(differences(forth.catalog, back.catalog), None) is None and not back.proof.deviations


def _found(found: Conflict, where: Mapping[str, Place | None]) -> FoundConflict:
    return FoundConflict(
        found.id,
        found.kind.value,
        found.at.kind.value,
        found.at.path,
        found.attribute,
        found.base,
        found.ours,
        found.theirs,
        where,
        found.options,
        conflict=found,
    )


def _edited_twice(edited: EditedTwice) -> FoundConflict:
    texts = [None if each is None else each.text for each in (edited.ours, edited.theirs)]
    found = _of_migrations(
        "migration-edited-twice",
        edited.name,
        f"both sides changed {edited.name}, which had landed, differently",
    )
    return replace(found, ours=texts[0], theirs=texts[1], options=("ours", "theirs"))


def _unproved(proof: OrderProof) -> FoundConflict:
    if proof.failure:
        return _of_migrations("not-proved", proof.failure.migration, proof.failure.message)
    first = proof.deviations[0]
    return _of_migrations(
        "not-proved", str(first.at), f"{first.at} would not be as merged: {first.attribute}"
    )


def _rows_collide(found: Collision) -> FoundConflict:
    name, message = found.failure.migration, found.failure.message
    return _of_migrations(
        "rows-collide", name, f"on tables with rows it runs by itself, but not after ours: {message}"
    )


def _rows_differ(difference: str) -> SoftFinding:
    return SoftFinding(
        "rows-order", f"which rows are left depends on which side runs first: {difference}", (difference,)
    )


def _of_migrations(kind: str, name: str, message: str) -> FoundConflict:
    said = hashlib.sha256(repr((kind, name, message)).encode()).hexdigest()[:16]
    where: dict[str, Place | None] = {"ours": None, "theirs": None}
    return FoundConflict(said, kind, "migration", name, "", None, None, None, where, ("sql",), message)
