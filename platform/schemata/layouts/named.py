"""Histories from names and SQL alone, for whoever has migrations but no files.

The migrations are laid out in memory as their tool would have them and read by that tool's own
reader, so they are cut and run as they would be from a repository. The order is the given one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemata.findings import Finding, Severity
from schemata.history import History, Migration, SourceFile, Transaction
from schemata.layouts.finding import READERS
from schemata.layouts.found import FoundLayout, Limits, error
from schemata.layouts.index import Index
from schemata.layouts.source import Source, whole
from schemata.layouts.trees import MemoryTree

PLAIN = "sql"
# Where the file of a migration stands below the folder of its layout.
PATHS = {
    PLAIN: "{name}",
    "prisma": "{name}/migration.sql",
    "drizzle": "{name}/migration.sql",
    "flyway": "{name}.sql",
    "dbmate": "{name}.sql",
    "golang-migrate": "{name}.up.sql",
    "goose": "{name}.sql",
    "diesel": "{name}/up.sql",
    "supabase": "{name}.sql",
}
# A text has no place beside it for these to be found in.
_OF_FILES = ("prisma.no-schema",)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def history_of(
    layout: str,
    named: Sequence[tuple[str, str]],
    *,
    schema: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> History:
    """The history of migrations given as (name, sql), in the given order.

    `layout` is a reader's slug, or `sql` for files that are each sent whole as one message; names
    are those that the reader gives its migrations, with or without the file's ending. `schema`
    are the files of the schema by path. Never raises: what is wrong is an error among the
    history's findings, and then a migration may be missing.
    """
    if layout not in PATHS:
        return History(layout, "", (), findings=(_unknown(layout),))
    files, refused = _laid_out(layout, named)
    history = _read(layout, files, limits or Limits())
    by_path = {migration.path: migration for migration in history.migrations}
    migrations = tuple(by_path[path] for path in files if path in by_path)
    said = tuple(finding for finding in history.findings if finding.rule not in _OF_FILES)
    missing = tuple(_missing(layout, files, by_path, said))
    return History(
        layout, "", migrations, _schema_files(schema or {}), (*refused, *said, *missing), history.postgres
    )


def _laid_out(layout: str, named: Iterable[tuple[str, str]]) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """The files by path in the given order, and what can't be one."""
    files: dict[str, bytes] = {}
    refused: list[Finding] = []
    for given, sql in named:
        path = PATHS[layout].format(name=_bare(layout, given))
        problem = _problem(layout, given, sql, path in files)
        if problem:
            refused.append(problem)
        else:
            files[path] = sql.encode()
    return files, tuple(refused)


def _bare(layout: str, name: str) -> str:
    """The name without the ending of its file, which some lists have."""
    bare = name.removesuffix(PATHS[layout].removeprefix("{name}"))
    return bare.removesuffix(".sql") if layout == "drizzle" else bare


def _problem(layout: str, name: str, sql: str, is_twice: bool) -> Finding | None:
    parts = name.split("/")
    if not name or {"", ".", ".."} & set(parts) or _CONTROL.search(name) or not _encodes(name):
        return error("migration.bad-name", f"{name!r} can't be the name of a migration.")
    if len(parts) > 1 and layout != PLAIN and _bare(layout, name).count("/"):
        return error("migration.bad-name", f"{name!r} is a path; a migration's name is meant.")
    if is_twice:
        return error("migration.duplicate-version", f"{name!r} is named twice.", name)
    if not _encodes(sql):
        return error("migration.not-utf8", "This text can't be encoded as UTF-8.", name)
    return None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(layout: str, files: Mapping[str, bytes], limits: Limits) -> History:
    if len(files) > limits.migrations:
        message = f"There are {len(files):,} migrations; Braid reads up to {limits.migrations:,}."
        return History(layout, "", (), findings=(error("history.too-long", message),))
    tree = MemoryTree(files)
    source = Source(Index(tree, "", limits), FoundLayout(layout, ""))
    history: History = _read_plain(source, tree) if layout == PLAIN else READERS[layout].read(source)
    return history


def _read_plain(source: Source, tree: MemoryTree) -> History:
    texts = [text for file in tree.files() if (text := source.sql(file))]
    migrations = tuple(whole(text.path, text, Transaction.MESSAGE) for text in texts)
    return History(PLAIN, "", migrations, (), tuple(source.findings))


def _missing(
    layout: str, files: Iterable[str], read: Mapping[str, Migration], said: Iterable[Finding]
) -> Iterator[Finding]:
    """What the tool would never run, where nothing says so yet."""
    blamed = {finding.path for finding in said if finding.severity is Severity.ERROR}
    has_baseline = any(finding.rule == "flyway.baseline" for finding in said)
    for path in files:
        folder = path.rpartition("/")[0]
        if path not in read and not has_baseline and not blamed & {path, folder}:
            title = READERS[layout].TITLE if layout in READERS else layout
            message = f"{title} runs no migration of this name: {path!r}."
            yield error("migration.bad-name", message, path)


def _schema_files(schema: Mapping[str, str]) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(path, schema[path]) for path in sorted(schema))


def _unknown(layout: str) -> Finding:
    known = ", ".join(PATHS)
    return error("layout.settings", f"{layout!r} is not a layout that Braid knows; there are {known}.")
