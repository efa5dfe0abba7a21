"""goose: `<version>_<name>.sql` with `-- +goose` annotations, by number.

How goose runs them (pressly/goose, `internal/sqlparser/parser.go`, `migration_sql.go`,
`migration.go`): a statement ends with the line that ends in a semicolon, whatever that semicolon
stands in, or it is what stands between StatementBegin and StatementEnd. Each is sent as one
query; all in one transaction, unless the file says NO TRANSACTION. A last statement without its
semicolon is an error, as is a file without `-- +goose Up` or an annotation that goose doesn't
know. Go migrations are programs: Braid can't run them and says so.
"""

import re
from collections.abc import Iterator

from schemata.history import Batch, History, Migration, Transaction
from schemata.layouts.candidate import Candidate, foreign_by_sql
from schemata.layouts.found import error, warning
from schemata.layouts.goose_annotations import GooseError, parse
from schemata.layouts.index import Index
from schemata.layouts.numbering import first_text, has_mark, numbered_folders
from schemata.layouts.source import Source, Text, unique
from schemata.layouts.trees import TreeFile

SLUG = "goose"
TITLE = "goose"
_UP = re.compile(r"^--[ \t]*\+goose[ \t]+up[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_NUMBER = re.compile(r"([0-9]+)_.*\.(sql|go)")


def candidates(index: Index) -> Iterator[Candidate]:
    for folder, files in numbered_folders(index).items():
        if has_mark(index, files, _UP):
            yield Candidate(SLUG, folder, foreign=foreign_by_sql(first_text(index, files)))


def read(source: Source) -> History:
    files = source.index.in_folder(source.root)
    numbered = sorted((file for file in files if _NUMBER.fullmatch(file.name)), key=_version)
    migrations = tuple(_migrations(source, numbered))
    unique(source, migrations, lambda migration: _number(migration.name + ".sql"))
    for file in files:
        if file.name.endswith(".sql") and not _NUMBER.fullmatch(file.name):
            message = "This name does not begin with a version and an underscore; goose refuses it."
            source.report(error("migration.bad-name", message, file.path))
    return History(SLUG, source.root, migrations, (), tuple(source.findings))


def _migrations(source: Source, files: list[TreeFile]) -> Iterator[Migration]:
    for file in files:
        if file.name.endswith("_test.go"):
            continue
        if file.name.endswith(".go"):
            message = "This is a migration written in Go, which Braid can't run; it goes on without it."
            source.report(warning("goose.go-migration", message, file.path))
        elif text := source.sql(file):
            yield from _made(source, text)


def _made(source: Source, text: Text) -> Iterator[Migration]:
    try:
        script = parse(text.text)
    except GooseError as wrong:
        source.report(
            error("goose.bad-annotation", f"goose refuses this file: {wrong}.", text.path, line=wrong.line)
        )
        return
    if script.substitutes:
        message = "This file substitutes environment variables (ENVSUB ON); Braid runs it without."
        source.report(warning("goose.substitution", message, text.path))
    name = text.path.rpartition("/")[2].removesuffix(".sql")
    rule = Transaction.TRANSACTION if script.has_transaction else Transaction.MESSAGE
    yield Migration(name, text.path, text.text, text.hash, rule, script.up, _down(script.down))


def _down(batches: tuple[Batch, ...]) -> tuple[Batch, ...] | None:
    return batches or None


def _version(file: TreeFile) -> int:
    return _number(file.name)


def _number(name: str) -> int:
    return int(name.partition("_")[0])
