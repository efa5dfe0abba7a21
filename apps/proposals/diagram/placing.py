"""Where each table of the diagram stands: in columns, what is referenced left of what refers to it.

Cycles of keys are broken where they are met, and each column is sorted by the middle of its
neighbours so that few lines cross: plenty for some dozens of tables.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.proposals.diagram.entities import Diagram, Entity

# Pixels of the drawing; CHAR is the width of one character of its monospaced text.
CHAR, LINE, HEAD, PAD = 7.25, 20, 28, 10
GAP_X, GAP_Y, MARGIN = 72, 22, 12
NARROWEST, LONGEST_NAME, LONGEST_TYPE = 120, 30, 22
SWEEPS = 4
TALLEST = 14


@dataclass(frozen=True, slots=True)
class Box:
    """A table with its place; all in pixels."""

    entity: Entity
    x: float
    y: float
    width: float
    height: float


def place(diagram: Diagram) -> tuple[Mapping[str, Box], float, float]:
    """The boxes by the tables' names, and the width and height of the whole."""
    entities = {entity.name: entity for entity in diagram.entities}
    neighbours = _neighbours(diagram)
    columns = _ordered(_columns(entities, diagram), neighbours)
    boxes: dict[str, Box] = {}
    heights = [_height_of(names, entities) for names in columns]
    x, tallest = float(MARGIN), max(heights, default=0.0)
    for names, height in zip(columns, heights, strict=True):
        width = max(width_of(entities[name]) for name in names)
        y = MARGIN + (tallest - height) / 2
        for name in names:
            boxes[name] = Box(entities[name], x, y, width, height_of(entities[name]))
            y += boxes[name].height + GAP_Y
        x += width + GAP_X
    return boxes, x - GAP_X + MARGIN, tallest + 2 * MARGIN


def width_of(entity: Entity) -> float:
    rows = [len(shown_name(row.name)) + len(shown_type(row.type)) + 7 for row in entity.rows]
    chars = max([len(shown_name(entity.name)) + 4, *rows])
    return max(NARROWEST, chars * CHAR + 2 * PAD)


def height_of(entity: Entity) -> float:
    lines = len(entity.rows) + bool(entity.hidden and entity.is_changed)
    return HEAD + lines * LINE + (6 if lines else 0)


def shown_name(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def shown_type(text: str) -> str:
    return text if len(text) <= LONGEST_TYPE else text[: LONGEST_TYPE - 1] + "…"


def _height_of(names: Sequence[str], entities: Mapping[str, Entity]) -> float:
    return sum(height_of(entities[name]) for name in names) + GAP_Y * max(len(names) - 1, 0)


def _neighbours(diagram: Diagram) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for link in diagram.links:
        if link.source != link.target:
            found[link.source].append(link.target)
            found[link.target].append(link.source)
    return found


def _columns(entities: Mapping[str, Entity], diagram: Diagram) -> list[list[str]]:
    """The names by their depth below what they refer to; a column that grows too tall goes on in another."""
    targets: dict[str, set[str]] = defaultdict(set)
    for link in diagram.links:
        targets[link.source].add(link.target)
    depths: dict[str, int] = {}
    for name in sorted(entities):
        _find_depth(name, targets, depths, ())
    by_depth: dict[int, list[str]] = defaultdict(list)
    for name in sorted(entities):
        by_depth[depths[name]].append(name)
    return [
        names[start : start + TALLEST]
        for _, names in sorted(by_depth.items())
        for start in range(0, len(names), TALLEST)
    ]


def _find_depth(
    name: str, targets: Mapping[str, set[str]], depths: dict[str, int], path: tuple[str, ...]
) -> int:
    """One more than the deepest that it refers to; a key that closes a cycle does not count."""
    if name not in depths:
        below = [
            _find_depth(each, targets, depths, (*path, name))
            for each in sorted(targets.get(name, ()))
            if each != name and each not in path
        ]
        depths[name] = max(below, default=-1) + 1
    return depths[name]


def _ordered(columns: list[list[str]], neighbours: Mapping[str, Sequence[str]]) -> list[list[str]]:
    for sweep in range(SWEEPS):
        place = {name: n / len(names) for names in columns for n, name in enumerate(names)}
        for names in columns if sweep % 2 else reversed(columns):
            names.sort(key=lambda name: (_middle(name, neighbours, place), name))
            place.update({name: n / len(names) for n, name in enumerate(names)})
    return columns


def _middle(name: str, neighbours: Mapping[str, Sequence[str]], place: Mapping[str, float]) -> float:
    places = [place[each] for each in neighbours.get(name, ())]
    return sum(places) / len(places) if places else place[name]
