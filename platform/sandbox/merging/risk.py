"""What landing a merge may cost: hazards of the plan from ours to the merge, and rows that its migrations write.

The plan is Braid's own and not what runs, but it leads the same way: what it can't do without losing a
column, the team's own migrations can't either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.merging.sizing import TablesBefore
from sandbox.merging.values import MergeResult
from schemata.catalog import Address, Catalog, Kind
from schemata.plan import Hazard, HazardKind, plan_with_losses
from schemata.sizes import Standing
from schemata.statements import (
    CONVERTS,
    SplitError,
    Statement,
    Verb,
    Write,
    commands,
    index_made,
    split,
    writes,
)

UNTOLD = "untold"
# What takes as long as a table is large.
BY_SIZE = (HazardKind.REWRITE, HazardKind.LONG_LOCK)


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """One thing to know: a `HazardKind` or `untold`, a sentence, and the object as text (empty where unknown).

    Of what is BY_SIZE `tables` are those of ours that it goes through; none where they are new, None where
    it can't be told which they are.
    """

    kind: str
    message: str
    object: str = ""
    tables: tuple[Standing, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Risk:
    """What was measured. `written` are tables of ours whose rows the migrations write, as addresses in text."""

    costs: tuple[Cost, ...] = ()
    written: tuple[str, ...] = ()


def measure(result: MergeResult) -> Risk | None:
    """The risk of landing it; None while there is no merge to land."""
    if result.before_and_after is None or result.merged is None or result.conflicts:
        return None
    ours, merged = result.before_and_after
    written = tuple(_writes(result))
    costs = {*_planned(result, ours, merged), *(cost for write in written if (cost := _cost(write, ours)))}
    costs |= {*_converted(result)}
    tables = {str(at) for write in written if (at := _table(write, ours)) is not None}
    return Risk(tuple(sorted(costs)), tuple(sorted(tables)))


def _planned(result: MergeResult, ours: Catalog, merged: Catalog) -> Iterator[Cost]:
    there, losses = plan_with_losses(ours, merged, same_origin=True)
    tables, gentle = TablesBefore(ours, merged), _concurrent(result)
    for statement in there.statements:
        yield from (_hazard(each, tables) for each in statement.hazards if not _is_spared(each, gentle))
    yield from (_hazard(each, tables) for each in losses)
    yield from (
        Cost(UNTOLD, f"no plan is known for {what}, so what it costs is not either")
        for what in there.unsupported
    )


def _hazard(found: Hazard, tables: TablesBefore) -> Cost:
    through = tables.of(found.address) if found.kind in BY_SIZE else None
    return Cost(found.kind.value, found.message, str(found.address), through)


def _concurrent(result: MergeResult) -> frozenset[tuple[str, str]]:
    """Table and name of indexes that the team's own statements always make without keeping others waiting."""
    made = [found for each in _statements(result) if each and (found := index_made(each))]
    gentle = {(each.table, each.name) for each in made if each.concurrently and each.name}
    return frozenset(gentle - {(each.table, each.name) for each in made if not each.concurrently})


def _is_spared(found: Hazard, concurrent: frozenset[tuple[str, str]]) -> bool:
    at = found.address
    return found.kind is HazardKind.LONG_LOCK and at.kind is Kind.INDEX and (at.parent, at.name) in concurrent


def _converted(result: MergeResult) -> Iterator[Cost]:
    """A type that is not there any more at the end: what rows lost when they went through it, no plan knows."""
    told = sum(each.name == "type" for change in result.changes for each in change.attributes)
    done = [command for each in _statements(result) if each for command in commands(each)]
    if done.count(CONVERTS) > max(told, 1):
        yield Cost(
            UNTOLD, "types of columns are changed more than once, and what is cut on the way stays cut"
        )


def _writes(result: MergeResult) -> Iterator[Write]:
    for each in _statements(result):
        yield from (Write(Verb.UNTOLD),) if each is None else writes(each)


def _statements(result: MergeResult) -> Iterator[Statement | None]:
    """Of the migrations that land; None for a text that can't be split."""
    for migration in result.migrations:
        try:
            yield from split(migration.sql)
        except SplitError:
            yield None


def _cost(write: Write, ours: Catalog) -> Cost | None:
    """What a write takes from rows that are there before; nothing where the table or column is new."""
    if write.verb is Verb.UNTOLD:
        return Cost(UNTOLD, "a statement runs code of which can't be told what it does to rows")
    at = _table(write, ours)
    if at is None:
        return None
    if write.verb is Verb.DELETE:
        return Cost(HazardKind.DATA_LOSS.value, f"rows of {at} are deleted", str(at))
    old = [name for name in write.columns if Address(Kind.COLUMN, at.schema, name, at.name) in ours.objects]
    if write.verb is Verb.UPDATE and old:
        said = f"values of {', '.join(old)} in {at} are overwritten"
        return Cost(HazardKind.IRREVERSIBLE.value, said, str(at))
    return None


def _table(write: Write, ours: Catalog) -> Address | None:
    """The table or view as ours has it; without a schema in the statement, in `public` or else where it is found."""
    kinds = (Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW)
    if write.schema or not write.table:
        named = (Address(kind, write.schema, write.table) for kind in kinds)
        return next((at for at in named if at in ours.objects), None)
    found = [at for at in ours.objects if at.kind in kinds and at.name == write.table]
    return min(found, key=lambda at: (at.schema != "public", at), default=None)
