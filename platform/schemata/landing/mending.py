"""What a teammate does whose database ran migrations under the names that they had on the branch.

Such a database has all that the base has and what the branch added, but not what
landed on the target meanwhile; its tool has the old names in its books. Where a tool
keeps one row for each migration the rows get the new names and the tool runs the rest.
Where it only keeps the last position the rest is run by hand first. Where another text landed than
was run, SQL that was proved before makes up for the difference (`Proved`).
"""

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemata.history import History, Migration
from schemata.render.names import literal

# Without an address psql would take whatever database is its default: then nothing may run.
PSQL = 'psql "${DATABASE_URL:?}"'
# psql refuses the parameter by which Prisma names a schema, ?schema=public.
PSQL_OF_PRISMA = ': "${DATABASE_URL:?}" && psql "${DATABASE_URL%%[?&]schema=*}"'


class Language(StrEnum):
    SHELL = "shell"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class Step:
    """One command to run, in its order; SQL with its semicolon, on one line. `psql` is how a shell sends that."""

    language: Language
    text: str
    psql: str = PSQL

    def shown(self) -> str:
        """As a line for a shell."""
        return self.text if self.language is Language.SHELL else f"{self.psql} -c {_quoted(self.text)}"


def _quoted(sql: str) -> str:
    """For a shell, in the quotes that leave it as people write it, where these do."""
    is_plain = not set(sql) & set('"$`\\!')
    return f'"{sql}"' if "'" in sql and is_plain else shlex.quote(sql)


@dataclass(frozen=True, slots=True)
class Mending:
    """`steps` for a database that ran the branch. `anew`, where it is not empty, says why there are none.

    `notes` say what in its rows may keep them from going through. `is_proved`: Braid has run their SQL.
    """

    steps: tuple[Step, ...] = ()
    anew: str = ""
    notes: tuple[str, ...] = ()
    is_proved: bool = False

    @property
    def is_needed(self) -> bool:
        return bool(self.steps or self.anew)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A migration of the branch as it was there, None for one that it had not, and as it landed.

    `order` and `was_order` are what Drizzle's journal says of when it was made, in milliseconds.
    """

    was: Migration | None
    now: Migration
    was_order: int = 0
    order: int = 0

    @property
    def is_rewritten(self) -> bool:
        return self.was is None or self.was.hash != self.now.hash


@dataclass(frozen=True, slots=True)
class Proved:
    """SQL that was run: each of `messages` is sent whole. `first`: before the tool's books; it runs no more then."""

    messages: tuple[str, ...]
    first: bool
    notes: tuple[str, ...] = ()


class _Unknown(Exception):
    """The tool's books can't be brought over by commands that are known."""


def mend(
    history: History, renamed: Sequence[Renamed], missing: Sequence[Migration], proved: Proved | None = None
) -> Mending:
    """How to bring a database over. `history` is the landed one, `missing` what the branch did not have of it.

    `proved` is needed where a text landed that the branch did not have.
    """
    if not renamed and not (proved and proved.messages):
        return Mending()
    make = _WAYS.get(history.layout)
    if make is None:
        return Mending(
            anew=f"Braid knows no command by which {history.layout} takes another name for what it ran"
        )
    # Names only move up, so the last goes first: no row ever gets the name of another.
    try:
        books = tuple(make(history, tuple(reversed(renamed)), missing))
    except _Unknown as error:
        return Mending(anew=str(error))
    if proved is None:
        return Mending(books)
    psql = PSQL_OF_PRISMA if history.layout == "prisma" else PSQL
    sql = tuple(Step(Language.SQL, each, psql) for each in proved.messages)
    return Mending((*sql, *books) if proved.first else (*books, *sql), "", proved.notes, is_proved=True)


Renames = tuple[Renamed, ...]
Way = Callable[[History, Renames, Sequence[Migration]], Iterator[Step]]


def _sql(table: str, setting: str, where: str) -> Step:
    return Step(Language.SQL, f"UPDATE {table} SET {setting} WHERE {where};")  # noqa: S608 - literals are quoted


def _added(table: str, columns: str, values: str) -> Step:
    return Step(Language.SQL, f"INSERT INTO {table} ({columns}) VALUES ({values});")  # noqa: S608 - quoted


def _shell(text: str) -> Step:
    return Step(Language.SHELL, text)


def _prisma(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        applied = _shell(f"npx prisma migrate resolve --applied {shlex.quote(each.now.name)}")
        steps = [applied, *(_forgotten(each.was) if each.was else ())]
        # A name that is in the books already can't be applied again.
        yield from reversed(steps) if each.was and each.was.name == each.now.name else steps
    if missing:
        yield _shell("npx prisma migrate deploy")


def _forgotten(was: Migration) -> Iterator[Step]:
    where = f"migration_name = {literal(was.name)}"
    text = f"DELETE FROM _prisma_migrations WHERE {where};"  # noqa: S608 - quoted
    yield Step(Language.SQL, text, PSQL_OF_PRISMA)


def _drizzle(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    if not all(each.order and (each.was_order or each.was is None) for each in renamed):
        raise _Unknown("Braid knows no command by which drizzle takes another name for what it ran")
    yield from _by_hand(missing)
    table = "drizzle.__drizzle_migrations"
    for each in renamed:
        now = literal(each.now.hash)
        if each.was is None:
            yield _added(table, "hash, created_at", f"{now}, {each.order}")
            continue
        text = f"hash = {now}, " if each.is_rewritten else ""
        where = f"hash = {literal(each.was.hash)} AND created_at = {each.was_order}"
        yield _sql(table, f"{text}created_at = {each.order}", where)


def _golang(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    """One row that says the newest version only."""
    yield from _by_hand(missing)
    newest = max((_number(each.now.name) for each in renamed), default=0)
    if newest:
        text = f"UPDATE schema_migrations SET version = {newest}, dirty = false;"  # noqa: S608 - a number
        yield Step(Language.SQL, text)


def _by_hand(missing: Sequence[Migration]) -> Iterator[Step]:
    for each in missing:
        yield _shell(f"{PSQL} -v ON_ERROR_STOP=1 -f {shlex.quote(each.path)}")


def _versions(table: str, column: str, version: Callable[[str], str], renamed: Renames) -> Iterator[Step]:
    """A table with a row for each migration, of which only the version matters."""
    for each in renamed:
        now = version(each.now.name)
        if each.was is None:
            yield _added(table, column, now)
        elif now != version(each.was.name):
            yield _sql(table, f"{column} = {now}", f"{column} = {version(each.was.name)}")


def _dbmate(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    yield from _versions("schema_migrations", "version", lambda name: literal(_digits(name)), renamed)
    if missing:
        yield _shell("dbmate up")


def _goose(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        if each.was is None:
            yield _added("goose_db_version", "version_id, is_applied", f"{_number(each.now.name)}, true")
    known = tuple(each for each in renamed if each.was)
    yield from _versions("goose_db_version", "version_id", lambda name: str(_number(name)), known)
    if missing:
        yield _shell("goose up -allow-missing")


def _diesel(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    def version(name: str) -> str:
        return literal(name.partition("_")[0].replace("-", ""))

    yield from _versions("__diesel_schema_migrations", "version", version, renamed)
    if missing:
        yield _shell("diesel migration run")


def _supabase(_history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    table = "supabase_migrations.schema_migrations"
    yield from _versions(table, "version", lambda name: literal(name.partition("_")[0]), renamed)
    if missing:
        yield _shell("supabase migration up --include-all")


def _flyway(history: History, renamed: Renames, missing: Sequence[Migration]) -> Iterator[Step]:
    for each in renamed:
        if each.was is None:
            raise _Unknown(f"Flyway has no command that notes {each.now.name} as run")
        now, was = (literal(_below(history.root, side.path)) for side in (each.now, each.was))
        version = literal(each.now.name[1:].partition("__")[0].replace("_", "."))
        if now != was:
            yield _sql("flyway_schema_history", f"version = {version}, script = {now}", f"script = {was}")
    if any(each.is_rewritten for each in renamed):
        # It holds the sum of each script that ran against the script that is there.
        yield _shell("flyway repair")
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
