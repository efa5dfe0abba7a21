"""Migrations as cards: their SQL cut into statements, each with the time it took."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.core.paginator import Page, Paginator

from apps.checks.access import BranchPage, FailureView, MigrationText, MigrationView
from schemata.findings import Finding
from schemata.statements import SplitError, Statement, split

PAGE_SIZE = 20
LONGEST = 60
FAILED = "replay.failed"
OPEN_CHARACTERS = 5_000


@dataclass(frozen=True, slots=True)
class Segment:
    """One statement with the comments above it; `ms` is None where it did not run."""

    sql: str
    ms: float | None
    failed: bool


@dataclass(frozen=True, slots=True)
class MigrationCard:
    """One migration; `findings` are those that speak of its file, `is_cut` where it is longer than is shown."""

    migration: MigrationView
    segments: tuple[Segment, ...]
    is_cut: bool
    findings: tuple[Finding, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class MigrationList:
    """One page of the migrations as cards."""

    page: Page[MigrationView]
    cards: tuple[MigrationCard, ...]


ReadTexts = Callable[[Iterable[str]], Mapping[str, MigrationText]]


def list_migrations(found: BranchPage, page: str, read_texts: ReadTexts) -> MigrationList:
    """One page of cards, its files read by `read_texts(paths)`; the failed one is open, or else the first few."""
    shown = Paginator(found.migrations, PAGE_SIZE).get_page(page)
    texts = read_texts([migration.path for migration in shown])
    return MigrationList(shown, tuple(_cards(shown, texts, found)))


def _cards(
    migrations: Iterable[MigrationView], texts: Mapping[str, MigrationText], found: BranchPage
) -> Iterator[MigrationCard]:
    characters = 0
    for migration in migrations:
        text = texts[migration.path]
        characters += len(text.sql)
        yield MigrationCard(
            migration=migration,
            segments=segments(migration, text, found.failure),
            is_cut=text.is_cut,
            findings=tuple(f for f in found.findings_by_path.get(migration.path, ()) if f.rule != FAILED),
            is_open=migration.failed or (not found.failure and characters <= OPEN_CHARACTERS),
        )


def segments(
    migration: MigrationView, text: MigrationText, failure: FailureView | None
) -> tuple[Segment, ...]:
    """The file in pieces, one a statement; in one piece where it can't be split or was cut."""
    if not text.sql:
        return ()
    pieces = (text.sql,) if text.is_cut else _pieces(text.sql)
    broken = failure.statement if failure and migration.failed else None
    times = migration.statements_ms
    cut = [
        Segment(piece, times[index] if index < len(times) else None, index == broken)
        for index, piece in enumerate(pieces)
    ]
    return _shortened(cut)


def _shortened(found: list[Segment]) -> tuple[Segment, ...]:
    """A script of thousands of statements stays readable: its end is one piece, but for where it failed."""
    failed = next((index for index, segment in enumerate(found) if segment.failed), 0)
    kept = max(LONGEST, failed + 1)
    rest = found[kept:]
    if len(rest) < 2:
        return tuple(found)
    times = [segment.ms for segment in rest if segment.ms is not None]
    end = Segment("\n".join(segment.sql for segment in rest), sum(times) if times else None, False)
    return (*found[:kept], end)


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
