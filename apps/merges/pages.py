"""The radar arranged for a template: a matrix of signs, a line for each collision. Touches no database."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from apps.merges.access import Pair, Radar, Standing
from apps.repositories.models import Branch

# A table of more branches can't be read at a glance; those with most collisions are on the first page.
PAGE_SIZE = 24
SHOWN = 3

# Sign, and what it says; the sign alone is never the only way to tell.
SIGNS = {
    Standing.COLLIDES: ("cross", "collides"),
    Standing.BROKEN: ("alert", "does not replay"),
    Standing.ERROR: ("alert", "Braid's error"),
    Standing.INHERITED: ("dash", "collides only as with the default branch"),
    Standing.REWRITTEN: ("edit", "merges, rewritten"),
    Standing.ORDER: ("arrow", "merges, the order matters"),
    Standing.CLEAN: ("check", "merges"),
    Standing.WAITING: ("clock", "not merged yet"),
    Standing.APART: ("", "nothing in common"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One crossing; `pair` is None where the two have nothing in common, `is_self` on the diagonal."""

    standing: Standing
    icon: str
    text: str
    column: Branch
    pair: Pair | None = None
    is_self: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    branch: Branch
    cells: tuple[Cell, ...]
    collisions: int
    unclear: str


@dataclass(frozen=True, slots=True)
class Line:
    """A collision in words; `other` is whom a branch collides with. `more` counts the objects that are not shown."""

    pair: Pair
    other: Branch
    objects: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """`columns` are the default branch and the branches of this page; every other pair is on another page."""

    columns: tuple[Branch, ...]
    rows: tuple[Row, ...]
    page: Page[Branch]
    lines: tuple[Line, ...]
    legend: tuple[tuple[str, str, str], ...]
    is_active: bool


def matrix_of(radar: Radar, page: str) -> Matrix:
    found = Paginator(radar.branches, PAGE_SIZE).get_page(page)
    shown = tuple(found.object_list)
    columns = (radar.default, *shown) if radar.default else shown
    return Matrix(
        columns=columns,
        rows=tuple(_row(radar, branch, columns) for branch in shown),
        page=found,
        lines=lines_of(radar.collisions),
        legend=tuple((standing.value, *SIGNS[standing]) for standing in Standing if standing in _told(radar)),
        is_active=radar.is_active,
    )


def lines_of(pairs: Sequence[Pair], branch: Branch | None = None) -> tuple[Line, ...]:
    """Seen from `branch`, where one is given."""
    return tuple(
        Line(
            pair,
            pair.other(branch) if branch else pair.ours,
            pair.objects[:SHOWN],
            max(0, len(pair.objects) - SHOWN),
        )
        for pair in pairs
    )


def _told(radar: Radar) -> set[Standing]:
    return {pair.standing for pair in radar.pairs.values()} | {Standing.APART}


def _row(radar: Radar, branch: Branch, columns: Sequence[Branch]) -> Row:
    cells = tuple(_cell(radar, branch, column) for column in columns)
    everywhere = (*radar.branches, *([radar.default] if radar.default else []))
    pairs = (radar.between(branch, other) for other in everywhere if other is not branch)
    collisions = sum(pair is not None and pair.standing is Standing.COLLIDES for pair in pairs)
    return Row(branch, cells, collisions, radar.unclear.get(branch.pk, ""))


def _cell(radar: Radar, branch: Branch, column: Branch) -> Cell:
    pair = radar.between(branch, column)
    standing = pair.standing if pair else Standing.APART
    icon, text = SIGNS[standing]
    if pair and pair.objects:
        more = f" and {len(pair.objects) - 1} more" if len(pair.objects) > 1 else ""
        text = f"{text} on {pair.objects[0]}{more}"
    if pair and pair.is_active:
        icon, text = "spinner", f"{text}; being merged now" if pair.headline else "being merged now"
    return Cell(standing, icon, text, column, pair, branch is column)
