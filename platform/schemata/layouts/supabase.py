"""Supabase: `supabase/migrations/<timestamp>_<name>.sql`, by file name.

How the Supabase CLI runs them (supabase/cli, `pkg/migration/{list,file,apply}.go`): files match
`^[0-9]+_.*\\.sql$`, others are passed over; each is cut into statements, which are sent in one
pipeline and so share its implicit transaction. CREATE INDEX CONCURRENTLY and the like commit at
once and are allowed only until the first other statement (Postgres refuses them later in a
pipeline), so Braid sends such leading statements alone and the rest as one message.
"""

import re
from collections.abc import Iterator

from schemata.history import Batch, History, Migration, Transaction
from schemata.layouts.candidate import Candidate
from schemata.layouts.found import warning
from schemata.layouts.index import Index
from schemata.layouts.sections import batches_at
from schemata.layouts.source import Source, Text, unique
from schemata.statements import Statement

SLUG = "supabase"
TITLE = "Supabase"
_NAME = re.compile(r"([0-9]+)_(.*)\.sql")
_OLD_INIT = re.compile(r"([0-9]{14})_init\.sql")
_ALONE = re.compile(
    r"(create\s+(unique\s+)?index\s+concurrently|drop\s+index\s+concurrently|reindex\b.*\bconcurrently|vacuum)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAY_BE_ALONE = re.compile(r"concurrently|vacuum", re.IGNORECASE)


def candidates(index: Index) -> Iterator[Candidate]:
    for folder in sorted({file.folder for file in index.sql()}):
        is_usual = folder == "supabase/migrations" or folder.endswith("/supabase/migrations")
        if is_usual and any(_NAME.fullmatch(file.name) for file in index.in_folder(folder)):
            yield Candidate(SLUG, folder)


def read(source: Source) -> History:
    migrations = tuple(_migrations(source))
    unique(source, migrations, lambda migration: migration.name.partition("_")[0])
    return History(SLUG, source.root, migrations, (), tuple(source.findings))


def _migrations(source: Source) -> Iterator[Migration]:
    for position, file in enumerate(source.index.in_folder(source.root)):
        if not file.name.endswith(".sql"):
            continue
        if not _NAME.fullmatch(file.name) or (position == 0 and _is_old_init(file.name)):
            message = "This file is passed over by the Supabase CLI because of its name."
            source.report(
                warning("migration.ignored-file", message, file.path, hint="<timestamp>_<name>.sql")
            )
        elif text := source.sql(file):
            yield _migration(file.name.removesuffix(".sql"), text)


def _is_old_init(name: str) -> bool:
    match = _OLD_INIT.fullmatch(name)
    return bool(match) and int(name[:14]) < 20211209000000


def _migration(name: str, text: Text) -> Migration:
    batches = tuple(_batches(text.text))
    return Migration(name, text.path, text.text, text.hash, Transaction.MESSAGE, batches)


def _batches(text: str) -> Iterator[Batch]:
    whole = Batch(text)
    rest = 0
    for statement in _leading(whole) if _MAY_BE_ALONE.search(text) else ():
        yield Batch(statement.text, statement.offset, statement.line, statement.column)
        rest = _after(text, statement)
    if rest == 0:
        yield whole
    elif text[rest:].strip():
        yield from batches_at(text, [(rest, len(text))])


def _leading(whole: Batch) -> Iterator[Statement]:
    for statement in whole.statements:
        if not _ALONE.match(statement.text):
            return
        yield statement


def _after(text: str, statement: Statement) -> int:
    """Where the text goes on behind the statement's semicolon, or its end."""
    return text.find(";", statement.end) + 1 or len(text)
