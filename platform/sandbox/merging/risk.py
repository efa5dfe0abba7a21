"""What landing a merge may cost: hazards of the plan from ours to the merge, and rows that its migrations write.

The plan is Braid's own and not what runs, but it leads the same way: what it can't do without losing a
column, the team's own migrations can't either.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.merging.values import MergeResult
from schemata.catalog import Address, Catalog, Kind
from schemata.plan import Hazard, HazardKind, plan_with_losses
from schemata.statements import CONVERTS, SplitError, Statement, Verb, Write, commands, split, writes

UNTOLD = "untold"


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """One thing to know: a `HazardKind` or `untold`, a sentence, and the object as text (empty where unknown)."""

    kind: str
    message: str
    object: str = ""


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
    costs = {*_planned(ours, merged), *(cost for write in written if (cost := _cost(write, ours)))}
    costs |= {*_converted(result)}
    tables = {str(at) for write in written if (at := _table(write, ours)) is not None}
    return Risk(tuple(sorted(costs)), tuple(sorted(tables)))


def _planned(ours: Catalog, merged: Catalog) -> Iterator[Cost]:
    there, losses = plan_with_losses(ours, merged, same_origin=True)
    for statement in there.statements:
        yield from map(_hazard, statement.hazards)
    yield from map(_hazard, losses)
    yield from (
        Cost(UNTOLD, f"no plan is known for {what}, so what it costs is not either")
        for what in there.unsupported
    )


def _hazard(found: Hazard) -> Cost:
    return Cost(found.kind.value, found.message, str(found.address))


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
