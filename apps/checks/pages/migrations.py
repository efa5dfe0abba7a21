"""Migrations as cards: their SQL cut into statements, each with the time it took."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.core.paginator import Page, Paginator

from apps.checks.access import BranchPage, FailureView, MigrationView
from schemata.findings import Finding
from schemata.statements import SplitError, Statement, split

PAGE_SIZE = 20
OPEN_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Segment:
    """One statement with the comments above it; `ms` is None where it did not run."""

    sql: str
    ms: float | None
    failed: bool


@dataclass(frozen=True, slots=True)
class MigrationCard:
    """One migration; `findings` are those that speak of its file."""

    migration: MigrationView
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    is_open: bool


def list_migrations(found: BranchPage, page: str) -> Page[MigrationCard]:
    """One page of cards; the failed one is open, and the first ones until the page grows long."""
    shown = Paginator(found.migrations, PAGE_SIZE).get_page(page)
    shown.object_list = list(_cards(tuple(shown.object_list), found))
    return shown


def _cards(migrations: tuple[MigrationView, ...], found: BranchPage) -> Iterator[MigrationCard]:
    characters = 0
    for migration in migrations:
        characters += len(migration.sql)
        is_open = migration.failed or characters <= OPEN_CHARACTERS
        findings = found.findings_by_path.get(migration.path, ())
        yield MigrationCard(migration, segments(migration, found.failure), findings, is_open)


def segments(migration: MigrationView, failure: FailureView | None) -> tuple[Segment, ...]:
    """The file in pieces, one a statement; in one piece where it can't be split or was cut."""
    if not migration.sql:
        return ()
    pieces = (migration.sql,) if migration.is_cut else _pieces(migration.sql)
    broken = failure.statement if failure and migration.failed else None
    times = migration.statements_ms
    return tuple(
        Segment(piece, times[index] if index < len(times) else None, index == broken)
        for index, piece in enumerate(pieces)
    )


def _pieces(sql: str) -> tuple[str, ...]:
    try:
        statements = split(sql)
    except SplitError:
        return (sql,)
    cuts = [0, *(_end(sql, a, b) for a, b in pairwise(statements)), len(sql)]
    return tuple(sql[start:end].strip("\n") for start, end in pairwise(cuts))


def _end(sql: str, statement: Statement, following: Statement) -> int:
    """Where a statement's piece ends: after its terminator's line, or where the next one starts on that line."""
    newline = sql.find("\n", statement.offset + len(statement.text))
    return following.offset if newline < 0 or newline > following.offset else newline + 1
