"""The objects of a diff as cards: what happened to each, its SQL before and after, line by line.

Only the objects of the page that is shown are compared, so a diff of thousands costs no more than its list.
"""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from apps.checks.access import ChangeView, ObjectChanges
from apps.checks.pages.lines import Line, compare, whole

PAGE_SIZE = 40
OPEN_LINES = 400
CARD_LINES = 600
ACTIONS = {"add": "added", "drop": "dropped", "alter": "altered", "rename": "renamed"}


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """One change: a sentence, and lines where its SQL says more. `facts` are attributes that no SQL shows."""

    action: str
    summary: str
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str, str], ...]
    cut: int


@dataclass(frozen=True, slots=True)
class ObjectCard:
    """One object with its changes; `is_open` while the page stays readable at a glance."""

    action: str
    kind: str
    name: str
    changes: tuple[ChangeCard, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class ChangeList:
    """One page of the diff. `query` narrows it to objects whose name or kind holds every word."""

    page: Page[ObjectCard]
    query: str
    total: int


def list_changes(objects: tuple[ObjectChanges, ...], query: str, page: str) -> ChangeList:
    wanted = query.casefold().split()
    found = [o for o in objects if all(word in o.address.casefold() for word in wanted)]
    shown = Paginator(found, PAGE_SIZE).get_page(page)
    shown.object_list = _cards(tuple(shown.object_list))
    return ChangeList(shown, query, len(objects))


def _cards(objects: tuple[ObjectChanges, ...]) -> list[ObjectCard]:
    """Cards stay open until OPEN_LINES lines stand on the page."""
    cards: list[ObjectCard] = []
    lines = 0
    for changed in objects:
        changes = _changes(changed)
        height = sum(len(c.lines) + len(c.facts) + 2 for c in changes)
        cards.append(_card(changed, changes, is_open=not cards or lines + height <= OPEN_LINES))
        lines += height
    return cards


def _card(changed: ObjectChanges, changes: tuple[ChangeCard, ...], *, is_open: bool) -> ObjectCard:
    name = changed.address.removeprefix(f"{changed.kind} ")
    return ObjectCard(ACTIONS.get(changed.action, changed.action), changed.kind, name, changes, is_open)


def _changes(changed: ObjectChanges) -> tuple[ChangeCard, ...]:
    """A new or dropped object is shown whole; of any other, change by change."""
    if changed.action in ("add", "drop"):
        return (_whole(changed),)
    return tuple(_change(change) for change in changed.changes)


def _whole(changed: ObjectChanges) -> ChangeCard:
    """The definitions of the object and its parts as one text, the object itself first."""
    kind = "added" if changed.action == "add" else "removed"
    parts = sorted(changed.changes, key=lambda c: c.address != changed.address)
    lines = [line for part in parts for line in whole(kind, part.after or part.before)]
    return ChangeCard(
        ACTIONS[changed.action], "", tuple(lines[:CARD_LINES]), (), max(len(lines) - CARD_LINES, 0)
    )


def _change(change: ChangeView) -> ChangeCard:
    lines = () if change.before == change.after else compare(change.before, change.after)
    return ChangeCard(
        action=ACTIONS.get(change.action, change.action),
        summary=change.summary,
        lines=lines[:CARD_LINES],
        facts=() if lines else change.attributes,
        cut=max(len(lines) - CARD_LINES, 0),
    )
