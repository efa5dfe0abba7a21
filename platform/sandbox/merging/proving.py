"""Three databases are there: their catalogs are merged, and what proves the merge is run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import sha256
from itertools import zip_longest

from sandbox.merging.blame import Blame
from sandbox.merging.choices import OURS, SQL, THEIRS, Choices
from sandbox.merging.conflicts import does_not_fit, edited_twice, of_objects, rows_collide, unproved
from sandbox.merging.following import follow
from sandbox.merging.lab import Lab
from sandbox.merging.orders import Order, proven_by_running, run_order
from sandbox.merging.rebasing import Rebased, Rebasing, Stuck
from sandbox.merging.rows import Collision, compare_rows, may_change_rows, seeded
from sandbox.merging.sides import Sides
from sandbox.merging.tracing import Unit, trace
from sandbox.merging.values import (
    FoundConflict,
    LandedMigration,
    MergeResult,
    OrderProof,
    Origin,
    Proof,
    RowsProof,
    SoftFinding,
    Verdict,
)
from schemata.catalog import Catalog
from schemata.history import Batch, Migration
from schemata.landing import restamp
from schemata.merge import Conflict, Merged, merge
from schemata.merge.histories import Meeting
from schemata.merge.proof import schema_hash
from schemata.merge.resolutions import Resolution
from schemata.merge.rewriting import Decision, LeftOut, Replaced, rewrite


@dataclass
class Proving:
    """One merge of catalogs and its proof. `originals` are theirs' migrations before people chose anything."""

    lab: Lab
    sides: Sides
    choices: Choices
    originals: tuple[Migration, ...] = ()

    def __post_init__(self) -> None:
        self.originals = self.originals or self.meeting.theirs

    @cached_property
    def merged(self) -> Merged:
        self.choices.imply(self._implied())
        return self.choices.settle(merge(*self.catalogs), *self.catalogs)

    def _implied(self) -> dict[str, Resolution]:
        """Who is to have their way where only one side changed what had landed: the side that did.

        Such sides go apart before the end of their base, so both seem to have added what
        one of them has as it had landed: the conflict of the base itself with the other
        side is the very same one.
        """
        if self.sides.before is None:
            return {}
        trunk, ours, theirs = self.catalogs
        landed = self.lab.catalog(self.sides.before)
        met = ((OURS, merge(trunk, ours, landed)), (THEIRS, merge(trunk, landed, theirs)))
        return {found.id: Resolution(side) for side, merged in met for found in merged.conflicts}

    @cached_property
    def catalogs(self) -> tuple[Catalog, Catalog, Catalog]:
        sides = self.sides
        base, ours, theirs = (self.lab.catalog(each) for each in (sides.trunk, sides.ours, sides.theirs))
        return base, ours, theirs

    @property
    def meeting(self) -> Meeting:
        return self.sides.meeting

    def run(self) -> MergeResult:
        lab, meeting, sides = self.lab, self.meeting, self.sides
        back = run_order(lab, sides.theirs, meeting.ours, self.merged, "theirs, then ours")
        forth = run_order(
            lab,
            sides.ours,
            meeting.theirs,
            self.merged,
            "ours, then theirs",
            other=back,
            is_last=back.is_as_merged and not self.merged.conflicts,
        )
        try:
            result = self._judged(forth, back)
        finally:
            self._discard(forth, back)
        base, ours, theirs = self.catalogs
        return replace(result, merged=self.merged, base=base, ours=ours, theirs=theirs)

    def _discard(self, *orders: Order) -> None:
        for order in orders:
            if order.state.migrations and self.lab.is_alive:
                self.lab.discard(order.state)

    def _judged(self, forth: Order, back: Order) -> MergeResult:
        reached = proven_by_running(self.merged, forth, back)
        if reached:
            self.merged = reached
            forth, back = (replace(each, proof=replace(each.proof, deviations=())) for each in (forth, back))
        if forth.is_as_merged and _commute(forth, back):
            self.merged = self.merged.once_proved()
        proof = Proof("", forth.proof, back.proof)
        matters = not _commute(forth, back) or bool(self.sides.own_order)
        soft = tuple(self._soft(forth, back))
        conflicts = tuple(self._conflicts())
        result = MergeResult(Verdict.CLEAN, matters, (), soft, (), proof)
        as_it_is = forth.is_as_merged and not self.meeting.clashes and not self.choices.statements
        if as_it_is and not conflicts:
            return self._with_rows(_reached(result, forth), self.meeting.theirs, Origin.THEIRS)
        result = replace(result, proof=replace(proof, merged=schema_hash(self.merged.catalog)))
        if conflicts:
            return replace(result, verdict=Verdict.CONFLICT, conflicts=conflicts)
        return self._rewritten(forth, result)

    def _rewritten(self, forth: Order, result: MergeResult) -> MergeResult:
        rebased = Rebased(self.meeting.theirs) if forth.is_as_merged else self._rebase()
        if rebased.stuck:
            return self._stuck(rebased.stuck, result)
        again = run_order(self.lab, self.sides.ours, rebased.migrations, self.merged, "rewritten")
        result = replace(
            result, verdict=Verdict.REWRITTEN, proof=replace(result.proof, rewritten=again.proof)
        )
        if not again.is_as_merged:
            return replace(result, verdict=Verdict.CONFLICT, conflicts=(unproved(again.proof),))
        if self.choices.statements:
            return self._with_own_sql(result, rebased.migrations)
        return self._with_rows(_reached(result, again), rebased.migrations, Origin.REWRITTEN)

    def _with_own_sql(self, result: MergeResult, landing: tuple[Migration, ...]) -> MergeResult:
        """What people wrote themselves runs last, in a migration of its own, and may change what it is about."""
        last = _own_sql(landing, self.choices.statements)
        order = run_order(self.lab, self.sides.ours, (*landing, last), self.merged, "chosen")
        beyond = [each for each in order.proof.deviations if not self.choices.is_about(each.at)]
        result = replace(result, proof=replace(result.proof, rewritten=order.proof))
        if order.catalog is None or beyond:
            conflicts = (unproved(replace(order.proof, deviations=tuple(beyond))),)
            return replace(result, verdict=Verdict.CONFLICT, conflicts=conflicts)
        self.merged = replace(self.merged, catalog=order.catalog)
        return self._with_rows(_reached(result, order), (*landing, last), Origin.REWRITTEN)

    def _with_rows(self, result: MergeResult, landing: tuple[Migration, ...], origin: Origin) -> MergeResult:
        """The result with what lands, if the rows that both orders leave bear it out. Raises NoWay."""
        meeting = self.meeting
        follows = self._follows(landing)
        if may_change_rows((*meeting.ours, *meeting.theirs)):
            back = result.proof.theirs_then_ours
            rows = self._rows(landing, back is not None and back.failure is None)
            if isinstance(rows, Collision):
                return replace(result, verdict=Verdict.CONFLICT, conflicts=(rows_collide(rows),))
            matters = result.order_matters or bool(rows.differences)
            proof = replace(result.proof, rows=rows)
            soft = (*result.soft, *map(_rows_differ, rows.differences))
            result = replace(result, order_matters=matters, proof=proof, soft=soft)
        verdict = Verdict.REWRITTEN if follows else result.verdict
        return replace(result, verdict=verdict, migrations=tuple(self._landed((*landing, *follows), origin)))

    def _follows(self, landing: tuple[Migration, ...]) -> tuple[Migration, ...]:
        """What databases need besides that ran landed migrations as they were."""
        landed, merged = self.sides.as_landed, self.merged.catalog
        if landed is None:
            return ()
        pattern = (*landed.migrations, *landing)[-1]
        return follow(self.lab, landed, landing, merged, pattern)

    def _rows(self, landing: tuple[Migration, ...], back_runs: bool) -> RowsProof | Collision:
        """Both orders on filled tables; on rows that suit what the sides ask for, where a side fails on others."""
        rows: RowsProof | Collision = RowsProof()
        for toward in ((), self.catalogs[1:]):
            with seeded(self.lab, self.sides.trunk, toward) as found:
                rows = compare_rows(found, self.meeting, landing, self.merged.catalog, back_runs=back_runs)
            if isinstance(rows, Collision) or rows.tables:
                break
        return rows

    def _rebase(self) -> Rebased:
        base, ours, _theirs = self.catalogs
        rebasing = Rebasing(
            self.lab,
            self.sides.ours,
            self._their_units,
            partial(self.choices.merge, base, ours),
            self.meeting.ours,
        )
        return rebasing.run(self.meeting.theirs)

    @cached_property
    def _our_units(self) -> tuple[Unit, ...]:
        return trace(self.lab, self.sides.trunk, self.meeting.runs_ours, "ours, by statement")

    @cached_property
    def _their_units(self) -> tuple[Unit, ...]:
        units = trace(self.lab, self.sides.trunk, self.meeting.runs_theirs, "theirs, by statement")
        new = {migration.name for migration in self.meeting.theirs}
        return tuple(unit for unit in units if unit.migration.name in new)

    def _conflicts(self) -> Iterator[FoundConflict]:
        for edited in self.meeting.edited_twice:
            yield edited_twice(edited)
        if not self.merged.conflicts:
            return
        mine = Blame(self.meeting.ours, lambda: self._our_units)
        other = Blame(self.meeting.theirs, lambda: self._their_units)
        for found in self.merged.conflicts:
            yield of_objects(found, {"ours": mine.place(found), "theirs": other.place(found)})

    def _soft(self, forth: Order, back: Order) -> Iterator[SoftFinding]:
        yield from (*self.sides.notes, *self.sides.own_order)
        for found in self.merged.soft:
            names = tuple(str(at) for at in (found.at, found.other) if at is not None)
            yield SoftFinding(found.rule, f"{' and '.join(names)} say the same under two names", names)
        if forth.catalog and back.catalog:
            for at in forth.apart or ():
                yield SoftFinding("order", f"{at} depends on which side runs first", (str(at),))

    def _landed(self, migrations: tuple[Migration, ...], origin: Origin) -> Iterator[LandedMigration]:
        names = restamp(self.sides.landed, [each.name for each in migrations])
        for old, new, name in zip_longest(self.originals, migrations, names):
            if old is None:
                yield LandedMigration(name, new.text, Origin.GENERATED)
                continue
            came = origin if new.text != old.text else Origin.THEIRS if name == old.name else Origin.RESTAMPED
            yield LandedMigration(name, new.text, came, old.name, old.text)

    def _stuck(self, stuck: Stuck, result: MergeResult) -> MergeResult:
        """Ask people, or do what they chose: leave the statement out, or put their own in its place."""
        found = does_not_fit(stuck)
        choice = self.choices.of(found)
        if choice is None:
            return replace(result, verdict=Verdict.CONFLICT, conflicts=(found,))
        decision: Decision = LeftOut("Left out: so it was chosen.")
        if choice.choose == SQL:
            decision = Replaced(
                (choice.sql.rstrip().rstrip(";") + ";",), "Chosen in place of what stood here."
            )
        return self._with(stuck.unit, decision, result)

    def _with(self, unit: Unit, decision: Decision, result: MergeResult) -> MergeResult:
        """The merge with one statement of theirs changed."""
        changed = rewrite(unit.migration, {unit.statement: decision})
        meeting = self.meeting.with_theirs(unit.migration, changed)
        theirs = self.lab.extend(self.sides.trunk, meeting.runs_theirs, "theirs")
        if theirs.failure:
            conflicts = (unproved(OrderProof(failure=theirs.failure)),)
            return replace(result, verdict=Verdict.CONFLICT, conflicts=conflicts)
        sides = replace(self.sides, meeting=meeting, theirs=theirs)
        return Proving(self.lab, sides, self.choices, self.originals).run()


def _own_sql(landing: tuple[Migration, ...], chosen: Sequence[tuple[Conflict, str]]) -> Migration:
    """A migration after the last one, under the same rules."""
    parts = [f"-- Chosen for {found.at}.\n{sql.rstrip().rstrip(';')};" for found, sql in chosen]
    text = "\n\n".join(parts) + "\n"
    pattern = landing[-1]
    return replace(
        pattern,
        name=f"{pattern.name}_chosen",
        path="",
        text=text,
        hash=sha256(text.encode()).hexdigest(),
        batches=(Batch(text),),
        down=None,
    )


def _reached(result: MergeResult, order: Order) -> MergeResult:
    """The merge is what `order` gave: wording, and what follows from it, is Postgres's own."""
    return replace(result, proof=replace(result.proof, merged=order.proof.hash))


def _commute(forth: Order, back: Order) -> bool:
    if forth.catalog is None or back.catalog is None:
        return False
    return not forth.apart and not back.proof.deviations


def _rows_differ(difference: str) -> SoftFinding:
    message = f"which rows are left depends on which side runs first: {difference}"
    return SoftFinding("rows-order", message, (difference,))
