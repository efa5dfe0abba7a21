"""From what was typed as A and B to two catalogs, and from a plan to its proof."""

import argparse
import hashlib
import sys
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Self

from braid.command.exits import Stop
from braid.command.live import is_url, label_of, read_live
from braid.command.progress import ProgressLine
from braid.command.reading import open_sandboxes, owner_of, runnable, told
from braid.command.sides import Pair, Proof, Side
from braid.command.sources import Source, base_of, source_of
from sandbox import Sandboxes
from sandbox.binaries import versions
from sandbox.bookkeeping import without_bookkeeping
from sandbox.replays import Replay
from schemata.catalog import Catalog, Kind
from schemata.diff import diff
from schemata.history import Batch, History, Migration, Transaction
from schemata.plan import Plan, plan
from schemata.render.names import qualified

NOTHING = History("sql", "", ())
# Classes of SQLSTATE: data exception, integrity constraint violation (manual, appendix A).
ROWS_DO_NOT_FIT = frozenset({"22", "23"})


class Comparing:
    """Context manager: one comparison, with sandboxes that are opened where something has to run."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._given = given
        self._open = ExitStack()
        self._owner = ""
        self._postgres: int | None = given.postgres

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        # What sandboxes raise becomes a message on the way out.
        return bool(self._open.__exit__(kind, error, trace))

    @cached_property
    def _sandboxes(self) -> Sandboxes:
        return self._open.enter_context(open_sandboxes())

    @cached_property
    def _progress(self) -> ProgressLine:
        return self._open.enter_context(ProgressLine(sys.stderr))

    def pair(self) -> Pair:
        """A and B of the command line. Raises Stop where one of them is of no use."""
        before, after = self._given.before, self._given.after
        first = None if is_url(before) else source_of(before)
        second = None if is_url(after) else base_of(after, first, "B:") if first else source_of(after)
        known = first or second
        self._owner = owner_of(known) if known else "live"
        if first and second:
            return self._replayed(first, second)
        if first:
            return self._half_live(first, after).turned()
        return self._half_live(second, before) if second else self._live(before, after)

    def _live(self, before: str, after: str) -> Pair:
        first, second = _read(before), _read(after)
        self._postgres = self._postgres or _installed(second.catalog.postgres)
        return Pair(first, second, notes=_versions_differ(first.catalog, second.catalog))

    def _replayed(self, first: Source, second: Source) -> Pair:
        before, after = runnable(first, self._given.root), runnable(second, self._given.root)
        self._postgres = self._postgres or after.postgres or before.postgres
        base, head = self._sandboxes.replay_pair(
            before,
            after,
            owner=self._owner,
            postgres=self._postgres,
            deadline_s=self._given.deadline,
            on_progress=self._progress.show,
        )
        sides = _side(first, before, base), _side(second, after, head)
        return Pair(*sides, same_origin=base.origin == head.origin, trunk=head.trunk)

    def _half_live(self, source: Source, url: str) -> Pair:
        """From the live database to what is replayed, on the same version of Postgres if that is here."""
        history, live = runnable(source, self._given.root), _read(url)
        self._postgres = self._postgres or history.postgres or _installed(live.catalog.postgres)
        made = _side(source, history, self._replay(history))
        catalog, left_out = without_bookkeeping(live.catalog, history.layout)
        notes = tuple(f"left out of {live.label}: {at}, which is the tool's own" for at in left_out)
        notes += _versions_differ(live.catalog, made.catalog)
        return Pair(replace(live, catalog=catalog), made, notes=notes)

    def _replay(self, history: History) -> Replay:
        return self._sandboxes.replay(
            history,
            owner=self._owner,
            postgres=self._postgres,
            deadline_s=self._given.deadline,
            on_progress=self._progress.show,
        )

    def proof(self, pair: Pair, planned: Plan) -> Proof:
        """Run the plan on a throw-away copy of the first side and look whether it gives the second.

        Rows that the first side's migrations insert may not fit, as any rows may not: then it is
        run on a copy without rows as well, and what they ran into is told.
        """
        if planned.is_empty:
            return Proof(True)
        wanted, start = pair.after.catalog, pair.before.history or self._copied(pair.before.catalog)
        if start is None:
            return Proof(None, "a copy of the live database could not be made from its schema")
        reached = self._replay(_with(start, planned))
        if reached.failure and reached.failure.sqlstate[:2] in ROWS_DO_NOT_FIT:
            emptied = self._replay(_with(start, planned, *_truncations(pair.before.catalog)))
            return replace(_judged(emptied, wanted), rows=reached.failure.message)
        return _judged(reached, wanted)

    def _copied(self, catalog: Catalog) -> History | None:
        """A history that makes a live database's schema; None where it does not come out the same."""
        empty = self._replay(NOTHING)
        made = _with(NOTHING, plan(empty.catalog, catalog))
        copy = self._replay(made)
        return made if not copy.failure and not _differences(copy.catalog, catalog) else None


def _judged(reached: Replay, wanted: Catalog) -> Proof:
    if reached.failure:
        return Proof(False, f"{reached.failure.message} ({reached.failure.sqlstate})")
    left = _differences(reached.catalog, wanted)
    return Proof(False, f"it does not reach the second: {'; '.join(left[:5])}") if left else Proof(True)


def _with(history: History, planned: Plan, *before: str) -> History:
    """The history and then the plan, each of its statements alone, with those of `before` first."""
    text = "\n\n".join(["RESET ALL;", *before, planned.sql])
    digest = hashlib.sha256(text.encode()).hexdigest()
    step = Migration("the plan", "the plan", text, digest, Transaction.NONE, (Batch(text),))
    return replace(history, migrations=(*history.migrations, step))


def _truncations(catalog: Catalog) -> tuple[str, ...]:
    """One table each: a transaction that empties thousands may run out of room for their locks."""
    return tuple(f"TRUNCATE {qualified(found.address)} CASCADE;" for found in catalog.of_kind(Kind.TABLE))


def _differences(reached: Catalog, wanted: Catalog) -> tuple[str, ...]:
    """What is not as wanted, the order of columns aside: nothing can plan that."""
    return tuple(c.summary for c in diff(reached, wanted, same_origin=False) if not c.soft)


def _read(url: str) -> Side:
    return Side(label_of(url), read_live(url))


def _side(source: Source, history: History, replay: Replay) -> Side:
    failure = replay.failure
    if failure:
        message = f"{failure.migration} fails: {failure.message} ({failure.sqlstate})"
        raise Stop(told(source.label, failure.path, failure.line, message))
    return Side(source.label, replay.catalog, source, history)


def _installed(major: int) -> int | None:
    """The live database's version for the sandbox as well, if this machine has it."""
    return major if major in versions() else None


def _versions_differ(one: Catalog, other: Catalog) -> tuple[str, ...]:
    if one.postgres == other.postgres or not (one.postgres and other.postgres):
        return ()
    told = f"Postgres {one.postgres} and {other.postgres}"
    return (f"the two run {told}, which may spell one definition in two ways",)
