"""Diesel: `migrations/<version>_<name>/up.sql` and `down.sql`, by version.

How diesel runs them (diesel-rs/diesel, `diesel_migrations/src/file_based_migrations.rs`,
`migrations_internals/src/lib.rs`, `migration_harness.rs`): a version is the folder's name up to
the first underscore without its dashes, and versions are compared as text. `up.sql` is sent whole
by `batch_execute`, in a transaction unless `metadata.toml` has `run_in_transaction = false` (or
lacks the key, whose default there is false). An empty file is an error, and so is a folder
without `up.sql`; hidden folders are passed over.
"""

import tomllib
from collections.abc import Iterator

from schemata.findings import Finding
from schemata.history import Batch, History, Migration, Transaction
from schemata.layouts.candidate import Candidate, foreign_by_sql
from schemata.layouts.found import error
from schemata.layouts.index import Index, joined
from schemata.layouts.numbering import first_text
from schemata.layouts.source import Source, Text, unique

SLUG = "diesel"
TITLE = "Diesel"
UP, DOWN, METADATA = "up.sql", "down.sql", "metadata.toml"


def candidates(index: Index) -> Iterator[Candidate]:
    roots: dict[str, list[str]] = {}
    for file in index.named(UP):
        if file.folder.rpartition("/")[2][:1].isdigit():
            roots.setdefault(file.folder.rpartition("/")[0], []).append(file.path)
    for root, paths in sorted(roots.items()):
        files = tuple(first for path in sorted(paths)[:3] if (first := index.get(path)))
        yield Candidate(SLUG, root, foreign=foreign_by_sql(first_text(index, files)))


def read(source: Source) -> History:
    names = (name for name in source.index.subfolders(source.root) if not name.startswith("."))
    migrations = tuple(_migrations(source, sorted(names, key=lambda name: (_version(name), name))))
    unique(source, migrations, lambda migration: _version(migration.name))
    return History(SLUG, source.root, migrations, (), tuple(source.findings))


def _version(name: str) -> str:
    return name.partition("_")[0].replace("-", "")


def _migrations(source: Source, names: list[str]) -> Iterator[Migration]:
    for name in names:
        folder = joined(source.root, name)
        file = source.index.get(joined(folder, UP))
        text = source.sql(file) if file else None
        if text and text.text:
            yield _migration(source, name, folder, text)
        elif text or not file:
            source.report(_refused(folder, "an empty" if text else "no"))


def _migration(source: Source, name: str, folder: str, up: Text) -> Migration:
    file = source.index.get(joined(folder, DOWN))
    down = source.text(file) if file else None
    rule = Transaction.TRANSACTION if _has_transaction(source, folder) else Transaction.MESSAGE
    return Migration(
        name,
        up.path,
        up.text,
        up.hash,
        rule,
        (Batch(up.text),),
        (Batch(down.text),) if down else None,
        down.path if down else "",
        down.text if down else "",
    )


def _has_transaction(source: Source, folder: str) -> bool:
    """Diesel falls back to a transaction where the file can't be read, and to none where the key is missing."""
    file = source.index.get(joined(folder, METADATA))
    text = source.text(file) if file else None
    if not text:
        return True
    try:
        return tomllib.loads(text.text).get("run_in_transaction", False) is True
    except tomllib.TOMLDecodeError:
        return True


def _refused(folder: str, what: str) -> Finding:
    message = f"This folder has {what} {UP}; Diesel refuses it."
    return error("migration.missing-file", message, folder, hint="Delete the folder, or write its up.sql.")
