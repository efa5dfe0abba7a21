"""What a teammate does whose database ran migrations under the names that they had on the branch.

Such a database has all that the base has and what the branch added, but not what
landed on the target meanwhile; its tool has the old names in its books. Where a tool
keeps one row for each migration the rows get the new names and the tool runs the rest.
Where it only keeps the last position the rest is run by hand first.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemata.history import History, Migration
from schemata.render.names import literal


class Language(StrEnum):
    SHELL = "shell"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class Step:
    """One command to run, in its order; SQL with its semicolon, on one line."""

    language: Language
    text: str

    def shown(self, database: str = '"$DATABASE_URL"') -> str:
        """As a line for a shell, where SQL goes through psql."""
        return (
            self.text if self.language is Language.SHELL else f"psql {database} -c {shlex.quote(self.text)}"
        )


@dataclass(frozen=True, slots=True)
class Mending:
    """`steps` for a database that ran the old names. `anew`, where it is not empty, says why there are none."""

    steps: tuple[Step, ...] = ()
    anew: str = ""

    @property
    def is_needed(self) -> bool:
        return bool(self.steps or self.anew)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A migration of the branch as it was there, and the same text as it landed.

    `order` and `was_order` are what Drizzle's journal says of when it was made, in milliseconds.
    """

    was: Migration
    now: Migration
    was_order: int = 0
    order: int = 0


def mend(history: History, renamed: Sequence[Renamed], missing: Sequence[Migration]) -> Mending:
    """How to bring a database over. `history` is the landed one, `missing` what the branch did not have of it."""
    if not renamed:
        return Mending()
    make = _WAYS.get(history.layout)
    # Names only move up, so the last goes first: no row ever gets the name of another.
    steps = tuple(make(history, tuple(reversed(renamed)), missing)) if make else ()
    if not steps:
        return Mending(
            anew=f"Braid knows no command by which {history.layout} takes another name for what it ran"
        )
    return Mending(steps)


Renames = tuple[Renamed, ...]
Way = Callable[[History, Renames, Sequence[Migration]], Iterator[Step]]


def _sql(table: str, setting: str, where: str) -> Step:
    return Step(Language.SQL, f"UPDATE {table} SET {setting} WHERE {where};")  # noqa: S608 - literals are quoted


def _shell(text: str) -> Step:
    return Step(Language.SHELL, text)


def _prisma(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        yield _shell(f"npx prisma migrate resolve --applied {shlex.quote(each.now.name)}")
        where = f"migration_name = {literal(each.was.name)}"
        yield Step(Language.SQL, f"DELETE FROM _prisma_migrations WHERE {where};")  # noqa: S608 - quoted
    if missing:
        yield _shell("npx prisma migrate deploy")


def _drizzle(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    if not all(each.order and each.was_order for each in renamed):
        return
    yield from _by_hand(missing)
    for each in renamed:
        where = f"hash = {literal(each.was.hash)} AND created_at = {each.was_order}"
        yield _sql("drizzle.__drizzle_migrations", f"created_at = {each.order}", where)


def _golang(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    """One row that says the newest version only."""
    yield from _by_hand(missing)
    newest = _number(renamed[0].now.name)
    text = f"UPDATE schema_migrations SET version = {newest}, dirty = false;"  # noqa: S608 - a number
    yield Step(Language.SQL, text)


def _by_hand(missing: Sequence[Migration]) -> Iterator[Step]:
    for each in missing:
        yield _shell(f'psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f {shlex.quote(each.path)}')


def _dbmate(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        now, was = (literal(_digits(side.name)) for side in (each.now, each.was))
        yield _sql("schema_migrations", f"version = {now}", f"version = {was}")
    if missing:
        yield _shell("dbmate up")


def _goose(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        now, was = (_number(side.name) for side in (each.now, each.was))
        yield _sql("goose_db_version", f"version_id = {now}", f"version_id = {was}")
    if missing:
        yield _shell("goose up -allow-missing")


def _diesel(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        now, was = (literal(side.name.partition("_")[0].replace("-", "")) for side in (each.now, each.was))
        yield _sql("__diesel_schema_migrations", f"version = {now}", f"version = {was}")
    if missing:
        yield _shell("diesel migration run")


def _supabase(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        now, was = (literal(side.name.partition("_")[0]) for side in (each.now, each.was))
        yield _sql("supabase_migrations.schema_migrations", f"version = {now}", f"version = {was}")
    if missing:
        yield _shell("supabase migration up --include-all")


def _flyway(history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        now, was = (literal(_below(history.root, side.path)) for side in (each.now, each.was))
        version = literal(each.now.name[1:].partition("__")[0].replace("_", "."))
        yield _sql("flyway_schema_history", f"version = {version}, script = {now}", f"script = {was}")
    if missing:
        yield _shell("flyway migrate -outOfOrder=true")


def _below(root: str, path: str) -> str:
    return path.removeprefix(f"{root}/") if root else path


def _digits(name: str) -> str:
    found = re.match(r"[0-9]+", name)
    return found.group() if found else name


def _number(name: str) -> int:
    return int(_digits(name))


_WAYS: dict[str, Way] = {
    "prisma": _prisma,
    "drizzle": _drizzle,
    "golang-migrate": _golang,
    "dbmate": _dbmate,
    "goose": _goose,
    "diesel": _diesel,
    "supabase": _supabase,
    "flyway": _flyway,
}
