"""The objects of a diff as cards: what happened to each in sentences, and its SQL before and after, line by line.

Only the objects of the page that is shown are compared, so a diff of thousands costs no more than its list.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from apps.checks.access import ChangeView, ObjectChanges
from apps.checks.pages.lines import Line, compare, whole
from schemata.catalog import Kind
from schemata.diff.matching import IRREPLACEABLE

PAGE_SIZE = 40
OPEN_LINES = 160
CARD_LINES = 600
# What people look for first; everything else by name, sequences last.
KINDS_FIRST = ("table", "view", "materialized view", "enum")
KINDS_LAST = ("sequence",)
ACTIONS = {"alter": "altered", "rename": "renamed", "add": "added", "drop": "dropped"}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as a sentence. `is_lost`: made anew, without what it held.

    `facts` are (attribute, before, after), given where no SQL shows the change.
    """

    action: str
    summary: str
    is_lost: bool
    facts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ObjectCard:
    """One object. `cut` counts lines that are not shown; `is_open` while the page stays readable at a glance.

    `is_behind`: only the default branch changed it; `is_first_behind` of those on the page.
    """

    action: str
    kind: str
    name: str
    previous: str
    changes: tuple[ChangeLine, ...]
    lines: tuple[Line, ...]
    cut: int
    is_open: bool
    is_behind: bool = False
    is_first_behind: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class ChangeList:
    """One page of the diff as cards. `query` narrows it to objects whose name or kind holds every word."""

    page: Page[ObjectChanges]
    cards: tuple[ObjectCard, ...]
    query: str
    total: int


def list_changes(objects: tuple[ObjectChanges, ...], query: str, page: str) -> ChangeList:
    wanted = query.casefold().split()
    found = [o for o in objects if all(word in _search_text(o) for word in wanted)]
    shown = Paginator(sorted(found, key=_rank), PAGE_SIZE).get_page(page)
    return ChangeList(shown, _cards(shown), query, len(objects))


def _rank(changed: ObjectChanges) -> tuple[bool, int, int, str, str]:
    """The branch's own before what it lacks; changed objects before new and dropped ones; then tables first."""
    known = KINDS_FIRST.index(changed.kind) if changed.kind in KINDS_FIRST else len(KINDS_FIRST)
    kind = known + (changed.kind in KINDS_LAST)
    return changed.is_behind, tuple(ACTIONS).index(changed.action), kind, changed.kind, changed.address


def _search_text(changed: ObjectChanges) -> str:
    return f"{changed.address} {changed.previous}".casefold()


def _cards(objects: Iterable[ObjectChanges]) -> tuple[ObjectCard, ...]:
    """Cards stay open until OPEN_LINES lines stand on the page."""
    cards: list[ObjectCard] = []
    height = 0
    for changed in objects:
        lines = _lines(changed)
        changes = _sentences(changed, has_sql=bool(lines))
        height += 0 if changed.is_behind else len(lines) + len(changes) + 2
        cards.append(
            ObjectCard(
                action=ACTIONS[changed.action],
                kind=changed.kind,
                name=changed.name,
                previous=changed.previous,
                changes=changes,
                lines=lines[:CARD_LINES],
                cut=max(len(lines) - CARD_LINES, 0),
                is_open=not changed.is_behind and (not cards or height <= OPEN_LINES),
                is_behind=changed.is_behind,
                is_first_behind=changed.is_behind and not (cards and cards[-1].is_behind),
                address=changed.address,
            )
        )
    return tuple(cards)


def _lines(changed: ObjectChanges) -> tuple[Line, ...]:
    if changed.action == "add":
        return whole("added", changed.after)
    if changed.action == "drop":
        return whole("removed", changed.before)
    return compare(changed.before, changed.after)


def _sentences(changed: ObjectChanges, *, has_sql: bool) -> tuple[ChangeLine, ...]:
    """What happened, but for what the card's heading or its SQL says already."""
    is_whole = changed.action in ("add", "drop")
    told = (c for c in changed.changes if not c.is_covered and not (is_whole and not c.is_recreated))
    return tuple(_sentence(change, has_sql=has_sql) for change in told)


def _sentence(change: ChangeView, *, has_sql: bool) -> ChangeLine:
    facts = () if has_sql else change.attributes
    is_lost = change.is_recreated and Kind(change.kind) in IRREPLACEABLE
    return ChangeLine(ACTIONS[change.action], change.summary, is_lost, facts)
