"""SQL for databases that ran a branch's migrations as they were there, where something else of it landed.

Such a database is made in a sandbox, a plan leads from there to the schema that landed,
and that plan is run: what is told to people has been done once. Either the team's tool runs what
else has landed first, or, where that fails or would lose what is to stay, the SQL does it all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sandbox.errors import DeadlineExceeded, LimitExceeded
from sandbox.pool import Sandboxes
from sandbox.replays import OnProgress, Replay
from schemata.catalog import Address, Kind
from schemata.changes import Action, Change
from schemata.diff import diff
from schemata.history import Batch, History, Migration, Transaction
from schemata.merge.proof import schema_hash
from schemata.plan import HazardKind, Plan, PlannedStatement, plan
from schemata.statements import changes_data

_UNSAFE = frozenset({HazardKind.DATA_LOSS, HazardKind.IRREVERSIBLE})
_HOLDS_ROWS = frozenset({Kind.TABLE, Kind.COLUMN})


class NoBridge(Exception):
    """No SQL leads there that keeps what such a database holds; the message says why."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """`messages` are sent one after the other, each whole, as `psql -c` does; none where nothing is left to do.

    `runs_missing`: the team's tool runs what it has not run yet before them; else they do that too, and it must not.
    `notes` say which rows can make them fail.
    """

    messages: tuple[str, ...]
    runs_missing: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bridging:
    """From `ran`, the branch's history, to `landed`; `missing` are migrations of the latter that the branch had not.

    `owner`, `postgres` and `deadline_s` as `Sandboxes.replay` takes them.
    """

    sandboxes: Sandboxes
    ran: History
    landed: History
    missing: tuple[Migration, ...]
    owner: str
    postgres: int | None
    deadline_s: float
    on_progress: OnProgress | None = None

    def run(self) -> Bridge:
        """The SQL, proved. Raises NoBridge, and SandboxError where no sandbox can be had."""
        try:
            return self._run()
        except (DeadlineExceeded, LimitExceeded) as error:
            raise NoBridge(f"Braid could not try out a way: {error}") from error

    def _run(self) -> Bridge:
        before, after = self._pair(self.ran, self.landed)
        if self.missing:
            more = replace(self.ran, migrations=(*self.ran.migrations, *self.missing))
            if (there := self._by_way_of(more, before, after)) is not None:
                return self._bridge(*there, more, runs_missing=True)
            self._check_rows()
        return self._bridge(before, after, self.ran, runs_missing=not self.missing)

    def _by_way_of(self, more: History, before: Replay, after: Replay) -> tuple[Replay, Replay] | None:
        """From where the tool has run what is missing; None where it can't, or loses what is to stay.

        A value that goes from one type to a second and then to a third may lose in between what both ends hold.
        """
        start, then = self._pair(self.ran, more)
        if then.failure or not _lost(start, then) <= _lost(before, after):
            return None
        there = self._pair(more, self.landed)
        passed = {change.address for change in _retyped(start, then)}
        again = {change.previous or change.address for change in _retyped(*there)}
        return None if passed & again else there

    def _check_rows(self) -> None:
        """What the missing ones do to rows is in no catalog, so no plan repeats it."""
        for migration in self.missing:
            if any(changes_data(statement) for statement in migration.statements):
                raise NoBridge(
                    f"{migration.name} changes rows and can't be run after the branch's own migrations"
                )

    def _bridge(self, before: Replay, after: Replay, start: History, *, runs_missing: bool) -> Bridge:
        found = plan(
            before.catalog, after.catalog, same_origin=before.origin == after.origin, trunk=after.trunk
        )
        _check_plan(found)
        messages = tuple(_messages(found.statements))
        self._prove(start, messages, schema_hash(after.catalog))
        return Bridge(messages, runs_missing, tuple(_notes(found)))

    def _pair(self, first: History, second: History) -> tuple[Replay, Replay]:
        """Both run from where they part. Raises NoBridge where what people ran, or what landed, fails."""
        pair = self.sandboxes.replay_pair(
            first,
            second,
            owner=self.owner,
            postgres=self.postgres,
            deadline_s=self.deadline_s,
            on_progress=self.on_progress,
        )
        if pair[0].failure:
            raise NoBridge(f"{pair[0].failure.migration} fails: {pair[0].failure.message}")
        return pair

    def _prove(self, start: History, messages: tuple[str, ...], wanted: str) -> None:
        text = "\n".join(messages)
        last = Migration(
            name="bridge",
            path="",
            text=text,
            hash=sha256(text.encode()).hexdigest(),
            transaction=Transaction.MESSAGE,
            batches=tuple(Batch(each) for each in messages),
        )
        proof = self.sandboxes.replay(
            replace(start, migrations=(*start.migrations, last)) if messages else start,
            owner=self.owner,
            postgres=self.postgres,
            deadline_s=self.deadline_s,
            on_progress=self.on_progress,
        )
        if proof.failure:
            raise NoBridge(f"the SQL that Braid knows fails in the sandbox: {proof.failure.message}")
        if schema_hash(proof.catalog) != wanted:
            raise NoBridge("the SQL that Braid knows does not lead all the way")


def _changes(before: Replay, after: Replay) -> tuple[Change, ...]:
    same_origin = before.origin == after.origin
    return diff(before.catalog, after.catalog, same_origin=same_origin, trunk=after.trunk)


def _lost(before: Replay, after: Replay) -> set[Address]:
    """Tables and columns whose rows and values are gone."""
    gone = (each for each in _changes(before, after) if each.action is Action.DROP or each.recreated)
    return {each.address for each in gone if each.address.kind in _HOLDS_ROWS}


def _retyped(before: Replay, after: Replay) -> Iterable[Change]:
    for change in _changes(before, after):
        if change.address.kind is Kind.COLUMN and any(each.name == "type" for each in change.attributes):
            yield change


def _check_plan(found: Plan) -> None:
    if found.unsupported:
        raise NoBridge(f"no statement is known for {', '.join(found.unsupported)}")
    for statement in found.statements:
        for hazard in statement.hazards:
            if hazard.kind in _UNSAFE:
                raise NoBridge(f"it would lose data: {hazard.message}")


def _messages(statements: Sequence[PlannedStatement]) -> Iterable[str]:
    """Statements together as far as they may be."""
    together: list[str] = []
    for statement in statements:
        if statement.alone and together:
            yield "\n".join(together)
            together = []
        if statement.alone:
            yield statement.sql
        else:
            together.append(statement.sql)
    if together:
        yield "\n".join(together)


def _notes(found: Plan) -> Iterable[str]:
    hazards = [each for statement in found.statements for each in statement.hazards]
    return dict.fromkeys(each.message for each in hazards if each.kind is HazardKind.MAY_FAIL)
