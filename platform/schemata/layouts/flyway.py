"""Flyway: `V<version>__<description>.sql`, then `R__<description>.sql`.

How Flyway runs them (flyway/flyway, `internal/resource/ResourceNameParser.java`,
`api/MigrationVersion.java`, `internal/resolver/sql/`, `database/postgresql/PostgreSQLParser.java`):
versions are numbers between dots or underscores (`1.10` after `1.9`, `1.0` is `1`), folders below a
location are entered, repeatable ones run last by description. A baseline `B<version>__` stands
for all versions up to its own on a new database. `U<version>__` undoes. Flyway cuts the file
itself, takes off a byte order mark, and sends each statement alone in one transaction; a file with
a statement that Postgres refuses in a transaction (CREATE INDEX CONCURRENTLY, VACUUM...) or with
`executeInTransaction=false` in its `.sql.conf` runs without, and a file that holds both kinds is
an error unless `mixed` is set.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemata.findings import Finding, Severity
from schemata.history import Batch, History, Migration, Transaction
from schemata.layouts.candidate import Candidate, foreign_by_name, foreign_by_sql
from schemata.layouts.found import notice, warning
from schemata.layouts.index import Index
from schemata.layouts.numbering import first_text
from schemata.layouts.sections import batches_at, line_of
from schemata.layouts.source import BOM, Source, Text, unique
from schemata.layouts.trees import TreeFile

SLUG = "flyway"
TITLE = "Flyway"
_VERSIONED = re.compile(r"([VUB])([0-9]+(?:[._][0-9]+)*)__(.+)\.sql", re.IGNORECASE)
_REPEATABLE = re.compile(r"R__(.+)\.sql", re.IGNORECASE)
_CALLBACK = re.compile(r"(before|after)[A-Z]\w*\.sql")
_LOCATION = re.compile(r"(^|.*/)(db/migrations?|flyway/sql)(?=/|$)")
_NO_TRANSACTION = re.compile(r"^\s*executeInTransaction\s*=\s*false\s*$", re.MULTILINE | re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\$\{[^}\n]+\}")
# Flyway's own list, as of version 11 and a Postgres from 12 on.
_ALONE = re.compile(
    r"(create|drop)\s+(database|tablespace|subscription)\b|alter\s+system\b"
    r"|(create|drop)(\s+unique)?\s+index\s+concurrently\b|reindex(\s+verbose)?\s+(schema|database|system)\b"
    r"|vacuum\b|discard\s+all\b",
    re.IGNORECASE,
)
_HAS_ALONE = re.compile(
    r"concurrently|vacuum|reindex|database|tablespace|subscription|alter\s+system|discard", re.I
)


@dataclass(frozen=True, slots=True)
class Name:
    """A file's name as Flyway reads it; no version where it is repeatable."""

    prefix: str
    version: tuple[int, ...]
    description: str
    file: TreeFile


def candidates(index: Index) -> Iterator[Candidate]:
    roots: dict[str, list[TreeFile]] = {}
    for file in index.sql():
        if file.name[0] == "V" and _VERSIONED.fullmatch(file.name):
            roots.setdefault(_location(file.folder), []).append(file)
    for root, files in sorted(roots.items()):
        if not any(root.startswith(f"{other}/") for other in roots if not foreign_by_name(root)):
            yield Candidate(SLUG, root, foreign=foreign_by_sql(first_text(index, tuple(files))))


def read(source: Source) -> History:
    names = [name for file in source.index.below(source.root) if (name := _parsed(file))]
    undo = {name.version: name for name in names if name.prefix == "U"}
    versioned = _since_baseline(source, names)
    repeatable = sorted((name for name in names if name.prefix == "R"), key=lambda name: name.description)
    made = tuple((name, _migration(source, name, undo)) for name in [*versioned, *repeatable])
    migrations = tuple(migration for _, migration in made if migration)
    keys = {
        migration: (name.version, name.prefix == "R" and name.description)
        for name, migration in made
        if migration
    }
    unique(source, migrations, keys.__getitem__)
    _report_callbacks(source)
    return History(SLUG, source.root, migrations, (), tuple(source.findings))


def _location(folder: str) -> str:
    """The folder that Flyway is pointed at, where the path has one of the usual names."""
    match = _LOCATION.match(folder)
    return match.group(0) if match else folder


def _parsed(file: TreeFile) -> Name | None:
    if match := _VERSIONED.fullmatch(file.name):
        return Name(match.group(1).upper(), _version(match.group(2)), match.group(3), file)
    if match := _REPEATABLE.fullmatch(file.name):
        return Name("R", (), match.group(1), file)
    return None


def _version(text: str) -> tuple[int, ...]:
    parts = [int(part) for part in re.split(r"[._]", text)]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _since_baseline(source: Source, names: list[Name]) -> list[Name]:
    """The versioned migrations that a new database gets, in order."""
    versioned = sorted((name for name in names if name.prefix == "V"), key=lambda name: name.version)
    baselines = [name for name in names if name.prefix == "B"]
    if not baselines:
        return versioned
    baseline = max(baselines, key=lambda name: name.version)
    covered = sum(name.version <= baseline.version for name in versioned)
    message = f"This baseline stands for {covered} older migrations on a new database."
    source.report(notice("flyway.baseline", message, baseline.file.path))
    return [baseline, *(name for name in versioned if name.version > baseline.version)]


def _migration(source: Source, name: Name, undo: dict[tuple[int, ...], Name]) -> Migration | None:
    text = source.sql(name.file, strips_bom=True)
    if not text:
        return None
    _report_placeholders(source, text)
    batch = _without_bom(text.text)
    down_name = undo.get(name.version) if name.prefix == "V" else None
    down = source.sql(down_name.file, strips_bom=True) if down_name else None
    return Migration(
        name.file.name.removesuffix(".sql"),
        text.path,
        text.text,
        text.hash,
        _transaction(source, text, batch),
        (batch,),
        (_without_bom(down.text),) if down else None,
        down.path if down else "",
        down.text if down else "",
    )


def _without_bom(text: str) -> Batch:
    return next(batches_at(text, [(1 if text.startswith(BOM) else 0, len(text))]))


def _transaction(source: Source, text: Text, batch: Batch) -> Transaction:
    settings = source.index.get(f"{text.path}.conf")
    configured = source.text(settings) if settings else None
    if configured and _NO_TRANSACTION.search(configured.text):
        return Transaction.NONE
    if not _HAS_ALONE.search(text.text):
        return Transaction.TRANSACTION
    alone = [statement for statement in batch.statements if _ALONE.match(statement.text)]
    if not alone:
        return Transaction.TRANSACTION
    if len(alone) < len(batch.statements):
        source.report(_mixed(text.path, alone[0].line, alone[0].column))
    return Transaction.NONE


def _mixed(path: str, line: int, column: int) -> Finding:
    message = (
        "This file mixes statements that can run in a transaction with one that can't; "
        "Flyway refuses that unless `mixed` is set."
    )
    hint = "Move the statement to a migration of its own."
    return Finding("flyway.mixed", Severity.WARNING, message, hint, path, line, column)


def _report_placeholders(source: Source, text: Text) -> None:
    found = _PLACEHOLDER.search(text.text)
    if found:
        message = f"This file has the placeholder {found.group()}, which Braid has no value for."
        line = line_of(text.text, found.start())
        source.report(warning("flyway.placeholder", message, text.path, line=line))


def _report_callbacks(source: Source) -> None:
    for file in source.index.below(source.root):
        if _CALLBACK.fullmatch(file.name.partition("__")[0].removesuffix(".sql") + ".sql"):
            message = "This is a callback of Flyway's; Braid runs migrations only."
            source.report(warning("flyway.callback", message, file.path))
