"""Drizzle: SQL files in the order of `meta/_journal.json`, or one folder per migration.

How drizzle-orm and drizzle-kit run them (drizzle-team/drizzle-orm, `drizzle-orm/src/migrator.ts`
and `pg-core/dialect.ts`; on the branch `beta` `pg-core/async/session.ts`): each file is cut at
`--> statement-breakpoint`, each piece is sent as one query, and all pending migrations run in
one transaction. Braid gives each migration a transaction of its own, as on a database that gets
them one deployment at a time. A piece may lack its semicolon, for the breakpoint ends it.

With a journal the order is the journal's, and a migration runs only where its `when` is later
than the last one that ran: one with an earlier `when` is passed over in silence. The newer
layout, `<timestamp>_<name>/migration.sql` with `snapshot.json`, has no journal: folders run by
name, and each runs once.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemata.findings import Finding, Severity
from schemata.history import Batch, History, Migration, Transaction
from schemata.layouts.candidate import Candidate
from schemata.layouts.found import error, warning
from schemata.layouts.index import Index, joined
from schemata.layouts.sections import batches_at
from schemata.layouts.source import Source, Text, unique
from schemata.layouts.trees import TreeFile

SLUG = "drizzle"
TITLE = "Drizzle"
JOURNAL = "meta/_journal.json"
SCRIPT = "migration.sql"
SNAPSHOT = "snapshot.json"
BREAKPOINT = "--> statement-breakpoint"
POSTGRES = ("postgresql", "postgres", "pg", "cockroach", "cockroachdb")
_DIALECT = re.compile(r'"dialect"\s*:\s*"([^"]*)"')
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: the file's name without `.sql`, and its time in milliseconds."""

    tag: str
    when: int
    line: int


def candidates(index: Index) -> Iterator[Candidate]:
    journals = [file for file in index.named("_journal.json") if file.folder.rpartition("/")[2] == "meta"]
    roots = {file.folder.rpartition("/")[0]: file for file in journals}
    for snapshot in index.named(SNAPSHOT):
        if index.get(joined(snapshot.folder, SCRIPT)):
            roots.setdefault(snapshot.folder.rpartition("/")[0], snapshot)
    for root, described in sorted(roots.items()):
        yield Candidate(SLUG, root, foreign=_foreign(index, described))


def read(source: Source) -> History:
    journal = source.index.get(joined(source.root, JOURNAL))
    migrations = tuple(_by_journal(source, journal) if journal else _by_folder(source))
    unique(source, migrations, lambda migration: migration.name, "name")
    return History(SLUG, source.root, migrations, (), tuple(source.findings))


def _foreign(index: Index, described: TreeFile) -> str:
    head = b"" if described.is_link else index.tree.read(described.path)[:_HEAD_BYTES]
    found = _DIALECT.search(head.decode(errors="replace"))
    return found.group(1) if found and found.group(1) not in POSTGRES else ""


def _by_folder(source: Source) -> Iterator[Migration]:
    for name in source.index.subfolders(source.root):
        file = source.index.get(joined(joined(source.root, name), SCRIPT))
        if not file:
            message = f"This folder has no {SCRIPT}; Drizzle passes over it."
            source.report(warning("migration.missing-file", message, joined(source.root, name)))
        elif text := source.sql(file):
            yield _migration(name, text)


def _by_journal(source: Source, journal: TreeFile) -> Iterator[Migration]:
    entries = _entries(source, journal)
    for entry in entries:
        path = joined(source.root, f"{entry.tag}.sql")
        file = source.index.get(path)
        if not file:
            message = f"The journal names {entry.tag}, but {path} does not exist."
            hint = "Restore the file, or take its entry out of the journal."
            source.report(error("migration.missing-file", message, journal.path, line=entry.line, hint=hint))
        elif text := source.sql(file):
            yield _migration(entry.tag, text)
    _report_late_entries(source, journal, entries)
    _report_unnamed_files(source, {entry.tag for entry in entries})


def _migration(name: str, text: Text) -> Migration:
    return Migration(
        name, text.path, text.text, text.hash, Transaction.TRANSACTION, tuple(_batches(text.text))
    )


def _batches(text: str) -> Iterator[Batch]:
    """The pieces between breakpoints, but for blank ones."""
    return batches_at(text, _pieces(text))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for piece in text.split(BREAKPOINT):
        if piece.strip():
            yield start, start + len(piece)
        start += len(piece) + len(BREAKPOINT)


def _entries(source: Source, journal: TreeFile) -> tuple[Entry, ...]:
    text = source.text(journal)
    if not text:
        return ()
    try:
        return tuple(_read_entries(json.loads(text.text), text.text))
    except json.JSONDecodeError as wrong:
        source.report(_broken(journal.path, wrong.msg, wrong.lineno, wrong.colno))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        source.report(_broken(journal.path, 'it has no list "entries" of {"tag", "when"}', 1, 1))
    return ()


def _read_entries(journal: Any, text: str) -> Iterator[Entry]:
    position, line = 0, 1
    for entry in journal["entries"]:
        tag, when = entry["tag"], entry.get("when", 0)
        if not isinstance(tag, str) or not isinstance(when, int):
            raise TypeError(tag)
        found = max(position, text.find(json.dumps(tag), position))
        line += text.count("\n", position, found)
        position = found
        yield Entry(tag, when, line)


def _broken(path: str, why: str, line: int, column: int) -> Finding:
    message = f"This can't be read as a journal: {why}."
    hint = "A merge may have left it so: it must be JSON again, with every migration once."
    return Finding("drizzle.broken-journal", Severity.ERROR, message, hint, path, line, column)


def _report_late_entries(source: Source, journal: TreeFile, entries: tuple[Entry, ...]) -> None:
    latest: Entry | None = None
    for entry in entries:
        if latest and entry.when <= latest.when:
            source.report(_passed_over(entry, latest, journal.path))
        else:
            latest = entry


def _passed_over(entry: Entry, latest: Entry, path: str) -> Finding:
    message = (
        f'The journal\'s "when" of {entry.tag} is not after that of {latest.tag} before it: '
        f"Drizzle never runs it on a database that already has {latest.tag}."
    )
    return warning("drizzle.passed-over", message, path, line=entry.line, hint='Give it a later "when".')


def _report_unnamed_files(source: Source, tags: set[str]) -> None:
    for file in source.index.in_folder(source.root):
        if file.name.endswith(".sql") and file.name.removesuffix(".sql") not in tags:
            message = "This file is not in the journal, so Drizzle never runs it."
            source.report(warning("migration.ignored-file", message, file.path))
