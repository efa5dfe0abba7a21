"""Two texts side by side, the lines that differ marked; below each other where a terminal is narrow."""

import difflib
from collections.abc import Iterator, Sequence

from braid.command.style import Style

_NARROW = 90
_INDENT = "    "


def beside(old: str, new: str, style: Style, width: int) -> Iterator[str]:
    """Lines of at most `width` characters, old on the left and new on the right."""
    left, right = old.rstrip().splitlines(), new.rstrip().splitlines()
    if width < _NARROW:
        yield from _below(left, right, style)
        return
    half = (width - len(_INDENT) - 3) // 2
    for mark, mine, other in _rows(left, right):
        text = f"{_INDENT}{_cut(mine, half):<{half}} {mark} {_cut(other, half)}".rstrip()
        yield text if mark == " " else style.yellow(text)


def _rows(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """A mark (blank where both are the same) and the two lines."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        mine, other = left[a:b], right[c:d]
        for place in range(max(len(mine), len(other))):
            pair = (mine[place] if place < len(mine) else "", other[place] if place < len(other) else "")
            yield (" " if tag == "equal" else "|", *pair)


def _below(left: Sequence[str], right: Sequence[str], style: Style) -> Iterator[str]:
    for line in difflib.ndiff(left, right):
        if not line.startswith("?"):
            text = f"{_INDENT}{line}"
            yield style.red(text) if line.startswith("-") else style.green(text) if line[0] == "+" else text


def _cut(line: str, width: int) -> str:
    plain = line.expandtabs(4)
    return plain if len(plain) <= width else plain[: width - 1] + "…"
