"""Text from outside with the characters spelled out that a reader can't see, or that turn what stands beside them.

A table called `users` with a zero-width space, or a name with U+202E in it, must not pass for another.
"""

import re
import unicodedata
from functools import lru_cache

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_suspect = re.compile(r"[^\x20-\x7e]")
_suspect_but_for_lines = re.compile(r"[^\x20-\x7e\t\r\n]")


def spell_out(name: str) -> str:
    """A name on one line: every hidden character becomes `‹U+202E›`."""
    return _suspect.sub(_spelled, name)


def spell_out_lines(text: str) -> str:
    """The same for a text that keeps its lines and tabs."""
    return _suspect_but_for_lines.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    return _spell(match.group())


@lru_cache(maxsize=4096)
def _spell(char: str) -> str:
    return f"‹U+{ord(char):04X}›" if unicodedata.category(char) in HIDDEN else char
