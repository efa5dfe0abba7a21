"""Two texts as the lines of a diff, with the words that differ marked.

Pure: strings in, frozen lines out. A template prints them; escaping is the template's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

CONTEXT = 2
LONGEST_MARKED = 2_000
WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; `marked` where the other side says something else."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff. `kind` is `added`, `removed`, `same`, or `gap` for lines left out."""

    kind: str
    parts: tuple[Part, ...]


def compare(before: str, after: str, context: int = CONTEXT) -> tuple[Line, ...]:
    """The lines of both texts in diff order; unchanged lines further than `context` from a change become one gap.

    Texts with the same lines give nothing.
    """
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return ()
    lines: list[Line] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    blocks = matcher.get_opcodes()
    for position, (tag, i, j, k, m) in enumerate(blocks):
        if tag == "equal":
            lines.extend(_same(old[i:j], context, first=position == 0, last=position == len(blocks) - 1))
        else:
            lines.extend(_changed(old[i:j], new[k:m]))
    return tuple(lines)


def whole(kind: str, text: str) -> tuple[Line, ...]:
    """Every line of a text that only one side has."""
    return tuple(_line(kind, line) for line in text.splitlines())


def _line(kind: str, text: str) -> Line:
    return Line(kind, (Part(text, False),))


def _same(lines: list[str], context: int, *, first: bool, last: bool) -> Iterator[Line]:
    # The first line names the object.
    head = 1 if first else context
    tail = 0 if last else context
    if len(lines) <= head + tail + 1:
        yield from (_line("same", line) for line in lines)
        return
    yield from (_line("same", line) for line in lines[:head])
    yield _line("gap", f"{len(lines) - head - tail} unchanged lines")
    yield from (_line("same", line) for line in lines[len(lines) - tail :])


def _changed(old: list[str], new: list[str]) -> Iterator[Line]:
    """Removed lines, then added ones; lines at the same place are compared word by word."""
    pairs = min(len(old), len(new))
    marked = [_mark(a, b) for a, b in zip(old, new, strict=False)]
    yield from (Line("removed", removed) for removed, _ in marked)
    yield from (_line("removed", line) for line in old[pairs:])
    yield from (Line("added", added) for _, added in marked)
    yield from (_line("added", line) for line in new[pairs:])


def _mark(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    if len(before) + len(after) > LONGEST_MARKED:
        return (Part(before, False),), (Part(after, False),)
    old, new = WORDS.findall(before), WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return (Part(before, False),), (Part(after, False),)
    removed: list[Part] = []
    added: list[Part] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        removed.append(Part("".join(old[i:j]), tag != "equal"))
        added.append(Part("".join(new[k:m]), tag != "equal"))
    return _filled(removed), _filled(added)


def _filled(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.text)
