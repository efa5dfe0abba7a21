"""What landing a merge may cost: hazards of the plan from ours to the merge, and rows that its migrations write.

The plan is Braid's own and not what runs, but it leads the same way: what it can't do without losing a
column, the team's own migrations can't either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.merging.calling import taking_code
from sandbox.merging.sizing import TablesBefore
from sandbox.merging.values import MergeResult
from sandbox.merging.writing import RowsBefore
from schemata.catalog import Catalog, Column, Kind
from schemata.plan import Hazard, HazardKind, plan_with_losses
from schemata.plan.casting import is_checked
from schemata.sizes import Standing
from schemata.statements import (
    CONVERTS,
    SplitError,
    Statement,
    Verb,
    Write,
    columns_added,
    commands,
    index_made,
    overwritten,
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
    rows = RowsBefore(ours, merged, filter(None, _statements(result)))
    costs = {*_planned(result, ours, merged), *(cost for write in written for cost in _costs(write, rows))}
    costs |= {*_converted(result), *_called(result, ours, merged)}
    tables = {str(at) for write in written for at in rows.tables(write) or ()}
    return Risk(tuple(sorted(costs)), tuple(sorted(tables)))


def _planned(result: MergeResult, ours: Catalog, merged: Catalog) -> Iterator[Cost]:
    there, losses = plan_with_losses(ours, merged, same_origin=True)
    tables, gentle = TablesBefore(ours, merged), _Gentle.of(result)
    for statement in there.statements:
        yield from (_hazard(each, tables) for each in statement.hazards if not gentle.spares(each, merged))
    yield from (_hazard(each, tables) for each in losses)
    yield from (
        Cost(UNTOLD, f"no plan is known for {what}, so what it costs is not either")
        for what in there.unsupported
    )


def _hazard(found: Hazard, tables: TablesBefore) -> Cost:
    through = tables.of(found.address) if found.kind in BY_SIZE else None
    return Cost(found.kind.value, found.message, str(found.address), through)


@dataclass(frozen=True, slots=True)
class _Gentle:
    """What the team's own statements make without keeping others waiting, as names of a table and of its part.

    `indexes` are always made CONCURRENTLY; `columns` are added without a value for the rows that are there,
    and get their default later.
    """

    indexes: frozenset[tuple[str, str]]
    columns: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, result: MergeResult) -> "_Gentle":
        statements = [each for each in _statements(result) if each]
        made = [found for each in statements if (found := index_made(each))]
        added = [found for each in statements for found in columns_added(each)]
        is_converted = any(CONVERTS in commands(each) for each in statements)
        return cls(
            frozenset({(each.table, each.name) for each in made if each.concurrently and each.name})
            - {(each.table, each.name) for each in made if not each.concurrently},
            frozenset({(each.table, each.name) for each in added if each.is_empty and not is_converted})
            - {(each.table, each.name) for each in added if not each.is_empty},
        )

    def spares(self, found: Hazard, merged: Catalog) -> bool:
        at = found.address
        if found.kind is HazardKind.LONG_LOCK and at.kind is Kind.INDEX:
            return (at.parent, at.name) in self.indexes
        column = merged.objects.get(at)
        if found.kind is not HazardKind.REWRITE or not isinstance(column, Column):
            return False
        return (at.parent, at.name) in self.columns and not is_checked(column.type, merged)


def _converted(result: MergeResult) -> Iterator[Cost]:
    """A type that is not there any more at the end: what rows lost when they went through it, no plan knows."""
    told = sum(each.name == "type" for change in result.changes for each in change.attributes)
    done = [command for each in _statements(result) if each for command in commands(each)]
    if done.count(CONVERTS) > max(told, 1):
        yield Cost(
            UNTOLD, "types of columns are changed more than once, and what is cut on the way stays cut"
        )


def _called(result: MergeResult, *catalogs: Catalog) -> Iterator[Cost]:
    statements = [each for each in _statements(result) if each]
    for what in taking_code(statements, *catalogs):
        yield Cost(UNTOLD, f"{what}, of which can't be told what it does to rows")


def _writes(result: MergeResult) -> Iterator[Write]:
    for each in _statements(result):
        yield from (Write(Verb.UNTOLD),) if each is None else (*writes(each), *overwritten(each))


def _statements(result: MergeResult) -> Iterator[Statement | None]:
    """Of the migrations that land; None for a text that can't be split."""
    for migration in result.migrations:
        try:
            yield from split(migration.sql)
        except SplitError:
            yield None


def _costs(write: Write, rows: RowsBefore) -> Iterator[Cost]:
    """What a write takes from rows that are there before; nothing where the table or column is new."""
    if write.verb is Verb.UNTOLD:
        yield Cost(UNTOLD, "a statement runs code of which can't be told what it does to rows")
    if write.verb not in (Verb.DELETE, Verb.UPDATE):
        return
    found = rows.tables(write)
    if found is None:
        yield Cost(UNTOLD, f"rows of {write.table} are written, of which can't be told what it was before")
    for at in found or ():
        old = ", ".join(rows.columns(write, at))
        if write.verb is Verb.DELETE:
            yield Cost(HazardKind.DATA_LOSS.value, f"rows of {at} are deleted", str(at))
        elif old:
            said = f"values of {old} in {at} are overwritten"
            yield Cost(HazardKind.IRREVERSIBLE.value, said, str(at))
