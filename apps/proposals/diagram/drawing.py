"""The diagram as SVG for a page: its colours come from the page's stylesheet, its signs from the marks.

Every name is escaped, and hidden characters are spelled out: names are a team's own text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from apps.checks.pages.names import spell_out
from apps.proposals.diagram.entities import Diagram, Entity, Link, Mark, Row
from apps.proposals.diagram.placing import (
    CHAR,
    HEAD,
    LINE,
    PAD,
    Box,
    place,
    shown_name,
    shown_type,
)

SIGNS = {Mark.NONE: "", Mark.ADDED: "+", Mark.DROPPED: "−", Mark.ALTERED: "~", Mark.RENAMED: ">"}
BEND, LOOP = 36, 22
BASELINE = 14


@dataclass(frozen=True, slots=True)
class Drawing:
    """`svg` is empty where no table changes; the numbers are of tables that were left out to keep it readable."""

    svg: SafeString
    changed_left_out: int = 0
    near_left_out: int = 0


def draw(diagram: Diagram) -> Drawing:
    """One <svg>; a screen reader hears its title and description."""
    if not diagram.entities:
        return Drawing(mark_safe(""))
    boxes, width, height = place(diagram)
    parts = [
        f'<svg class="entities" role="img" aria-labelledby="entities-title entities-desc" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        'xmlns="http://www.w3.org/2000/svg">',
        '<title id="entities-title">Entity diagram of what changes</title>',
        f'<desc id="entities-desc">{_text(describe(diagram))}</desc>',
        *(_link(link, boxes[link.source], boxes[link.target]) for link in diagram.links),
        *(line for box in boxes.values() for line in _box(box)),
        "</svg>",
    ]
    svg = mark_safe("\n".join(parts))  # noqa: S308 - every name was escaped
    return Drawing(svg, *diagram.left_out)


def describe(diagram: Diagram) -> str:
    """The same in words: each changed table with what happened to it, and its changed keys."""
    changed = [each for each in diagram.entities if each.is_changed]
    said = [f"{each.name} {each.mark.value}{_columns(each)}" for each in changed]
    said += [
        f"key from {link.source} to {link.target} {link.mark.value}" for link in diagram.links if link.mark
    ]
    return "; ".join(said) + "."


def _columns(entity: Entity) -> str:
    told = [f"{row.name} {row.mark.value}" for row in entity.rows if row.mark and row.mark != entity.mark]
    return f" ({', '.join(told)})" if told else ""


def _box(box: Box) -> Iterator[str]:
    entity = box.entity
    kind = f"entity-{entity.mark.value}" if entity.mark else "entity-near"
    yield f'<g class="entity {kind}"><title>{_text(entity.name)}</title>'
    yield (
        f'<rect class="entity-box" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="6"/>'
    )
    sign = f"{SIGNS[entity.mark]} " if entity.mark else ""
    yield _words("entity-name", box.x + PAD, box.y + 18, sign + shown_name(spell_out(entity.name)))
    if entity.rows or entity.hidden:
        yield (
            f'<path class="entity-rule" d="M{box.x:.1f} {box.y + HEAD:.1f}h{box.width:.1f}"/>'
            if entity.is_changed
            else ""
        )
    for number, row in enumerate(entity.rows):
        yield from _row(row, box, box.y + HEAD + number * LINE)
    if entity.hidden and entity.is_changed:
        y = box.y + HEAD + len(entity.rows) * LINE + BASELINE + 2
        more = f"{entity.hidden} more column{'' if entity.hidden == 1 else 's'}"
        yield _words("entity-more", box.x + PAD, y, more)
    yield "</g>"


def _row(row: Row, box: Box, y: float) -> Iterator[str]:
    """The sign, the name, the key at the right and the type before it."""
    kind = f" row-{row.mark.value}" if row.mark else ""
    yield f'<g class="entity-row{kind}">'
    if row.mark:
        yield (
            f'<rect class="row-back" x="{box.x + 1:.1f}" y="{y + 1:.1f}" width="{box.width - 2:.1f}" '
            f'height="{LINE}"/>'
        )
        yield _words("row-sign", box.x + PAD, y + BASELINE + 1, SIGNS[row.mark])
    yield _words("row-name", box.x + PAD + 2 * CHAR, y + BASELINE + 1, shown_name(spell_out(row.name)))
    right = box.x + box.width - PAD
    if row.key:
        yield _words("row-key", right, y + BASELINE + 1, row.key)
    kind_x = right - 3 * CHAR
    yield _words("row-type", kind_x, y + BASELINE + 1, shown_type(spell_out(row.type)))
    yield "</g>"


def _link(link: Link, source: Box, target: Box) -> str:
    kind = f" link-{link.mark.value}" if link.mark else ""
    start = source.y + _row_middle(link, source)
    end = target.y + HEAD / 2
    said = f"{link.source} ({', '.join(link.columns)}) references {link.target}"
    path = f'<path d="{_curve(source, start, target, end)}"/>'
    sign = _words("link-sign", source.x - 9, start - 4, SIGNS[link.mark]) if link.mark else ""
    return f'<g class="link{kind}"><title>{_text(said)}</title>{path}{sign}</g>'


def _curve(source: Box, start: float, target: Box, end: float) -> str:
    """From the left side of who refers to the right side of what it refers to; beside one another, a bow."""
    right = target.x + target.width
    if right < source.x:
        bend = max(BEND, (source.x - right) / 2)
        return (
            f"M{source.x:.1f} {start:.1f}C{source.x - bend:.1f} {start:.1f} "
            f"{right + bend:.1f} {end:.1f} {right:.1f} {end:.1f}"
        )
    edge, other = source.x + source.width, right
    out = max(edge, other) + LOOP
    return f"M{edge:.1f} {start:.1f}C{out:.1f} {start:.1f} {out:.1f} {end:.1f} {other:.1f} {end:.1f}"


def _row_middle(link: Link, box: Box) -> float:
    """Below the head of its box, where the first column of the key stands."""
    numbers = [n for n, row in enumerate(box.entity.rows) if row.name in link.columns]
    return HEAD + numbers[0] * LINE + LINE / 2 if numbers else HEAD / 2


def _words(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _text(text: str) -> str:
    return escape(spell_out(text))
