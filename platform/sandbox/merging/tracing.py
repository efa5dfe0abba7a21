"""What each statement of a side's migrations does to the catalog, seen by running them one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.merging.bench import Bench, single
from sandbox.merging.lab import Lab, State
from schemata.catalog import Catalog
from schemata.history import Migration
from schemata.statements import Statement

# Statements of these kinds change rows and nothing else, so the catalog need not be read after them.
ROWS_ONLY = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
BRACKETS = frozenset({"begin", "start", "commit", "end"})
MANY = 400


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement, or a whole migration where its statements can't run one by one (`statement` is -1 then)."""

    migration: Migration
    statement: int
    before: Catalog
    after: Catalog

    @property
    def part(self) -> Statement | None:
        return self.migration.statements[self.statement] if self.statement >= 0 else None

    @property
    def line(self) -> int:
        return self.part.line + self.part.lead.count("\n") if self.part else 1

    @property
    def changes_catalog(self) -> bool:
        return self.before is not self.after and self.before != self.after


def trace(lab: Lab, start: State, migrations: Sequence[Migration], phase: str) -> tuple[Unit, ...]:
    """Run `migrations` on a clone of `start`, statement by statement, and read the catalog after each.

    A migration that only runs as a whole (a temporary table, a savepoint), or has
    very many statements, is one unit.
    """
    with Bench(lab, start, phase) as bench:
        return tuple(unit for each in migrations for unit in _units(bench, each))


def _units(bench: Bench, migration: Migration) -> list[Unit]:
    length, before = len(bench.done), bench.catalog
    if len(migration.statements) <= MANY:
        units = _by_statement(bench, migration)
        if units is not None:
            return units
    bench.restore(bench.done[:length])
    bench.run(migration)
    return [Unit(migration, -1, before, bench.catalog)]


def _by_statement(bench: Bench, migration: Migration) -> list[Unit] | None:
    """None where a statement can't run by itself."""
    units = []
    for index, statement in enumerate(migration.statements):
        before = bench.catalog
        if not is_bracket(statement) and bench.run(
            single(migration, index), reads=statement.kind not in ROWS_ONLY
        ):
            return None
        units.append(Unit(migration, index, before, bench.catalog))
    return units


def is_bracket(statement: Statement) -> bool:
    """Whether it only begins or ends a transaction around others, which matters to none of them alone."""
    words = statement.text[len(statement.lead) :].split(None, 1)
    return statement.kind == "TransactionStmt" and words[0].rstrip(";").lower() in BRACKETS
