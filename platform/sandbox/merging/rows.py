"""What both orders do to rows: tables are filled first, then either order runs, then they are compared."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.merging.lab import Lab, State
from sandbox.merging.values import RowsProof
from sandbox.replays import ReplayFailure
from sandbox.seeding import contents, fill
from schemata.catalog import Catalog
from schemata.history import History, Migration
from schemata.merge.histories import Meeting
from schemata.rows import Contents, NotCompared, RowDifference, compare, seed
from schemata.statements import changes_data

Migrations = tuple[Migration, ...]


def may_change_rows(migrations: Iterable[Migration]) -> bool:
    """Whether any statement does more to rows than the schema before and after it tells."""
    return any(changes_data(statement) for each in migrations for statement in each.statements)


@dataclass(slots=True)
class Seeded:
    """A clone of the base with rows in its tables, of which more are made to run migrations in.

    `session` are the settings that the base left behind for what runs after it.
    """

    lab: Lab
    database: str
    session: dict[str, str]
    rows: int
    unfilled: tuple[str, ...]

    def fails(self, migrations: Migrations) -> ReplayFailure | None:
        """How `migrations` fail on these rows, if they do."""
        with self._after(migrations) as (_, failure):
            return failure

    def contents(self, migrations: Migrations, catalog: Catalog) -> "Contents | ReplayFailure":
        """What all tables hold after `migrations`, which lead to `catalog`."""
        with self._after(migrations) as (database, failure):
            if failure:
                return failure
            replaying = self.lab.replaying
            return contents(replaying.server, database, catalog, None, replaying.watch())

    @contextmanager
    def _after(self, migrations: Migrations) -> "Iterator[tuple[str, ReplayFailure | None]]":
        database = self.lab.replaying.databases.clone(self.database)
        try:
            history = History(self.lab.layout, "", migrations)
            outcome = self.lab.replaying.run_in(
                database, history, range(len(migrations)), self.session, "rows"
            )
            yield database, outcome.failure
        finally:
            self.lab.drop(database)


@contextmanager
def seeded(lab: Lab, base: State, toward: Collection[Catalog]) -> Iterator[Seeded]:
    """Fill a clone of `base` with rows that suit the catalogs in `toward` as well; what could not be is named."""
    database, session = lab.clone(base)
    try:
        replaying = lab.replaying
        filled = fill(replaying.server, database, seed(lab.catalog(base), toward=toward), replaying.watch())
        replaying.databases.wait_until_left(database)
        unfilled = tuple(f"{each.table}: no rows could be made ({each.reason})" for each in filled.skipped)
        yield Seeded(lab, database, session, filled.rows, unfilled)
    finally:
        lab.drop(database)


@dataclass(frozen=True, slots=True)
class Collision:
    """Migrations that run on these rows alone, but not after the other side's."""

    failure: ReplayFailure


def compare_rows(
    found: Seeded, meeting: Meeting, landing: Migrations, catalog: Catalog, *, back_runs: bool
) -> RowsProof | Collision:
    """Run both orders on filled tables and compare what is in them.

    `landing` is theirs as it lands after ours. A failure that a side has by itself on these rows is
    noted and no collision. Where theirs, then ours runs on empty tables (`back_runs`) but not on these,
    that is a difference.
    """
    first = (*meeting.runs_ours, *landing)
    forth = found.contents(first, catalog)
    if isinstance(forth, ReplayFailure):
        alone = found.fails(meeting.runs_ours) or found.fails(meeting.runs_theirs)
        if alone is None:
            return Collision(forth)
        note = f"a side fails on seeded rows by itself: {alone.migration}: {alone.message}"
        return RowsProof(0, (), (*found.unfilled, note))
    back = found.contents((*meeting.runs_theirs, *meeting.ours), catalog)
    if isinstance(back, ReplayFailure):
        said = f"theirs, then ours fails: {back.message}"
        if back_runs:
            return RowsProof(len(forth), (said,), found.unfilled)
        return RowsProof(len(forth), (), (*found.unfilled, said))
    compared = compare(forth, back)
    if compared.differences:
        again = found.contents(first, catalog)
        noise = None if isinstance(again, ReplayFailure) else again
        compared = compare(forth, back, noise=noise)
    uncompared = (*found.unfilled, *map(_uncompared, compared.not_compared))
    return RowsProof(len(forth), tuple(map(_difference, compared.differences)), uncompared)


def _difference(found: RowDifference) -> str:
    if found.column is not None:
        return f"{found.table} column {found.column}"
    if found.first_rows == found.second_rows:
        return f"{found.table}: other values side by side"
    return f"{found.table}: {found.first_rows} rows or {found.second_rows}"


def _uncompared(found: NotCompared) -> str:
    column = f" column {found.column}" if found.column is not None else ""
    return f"{found.table}{column}: {found.reason}"
