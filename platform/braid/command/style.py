"""Colours for a terminal that can show them, and for nothing else."""

import os
from io import StringIO
from typing import TextIO


class Style:
    """Wraps text in a colour, or leaves it alone (https://no-color.org)."""

    def __init__(self, stream: TextIO) -> None:
        dumb = os.environ.get("TERM") == "dumb"
        self.is_on = stream.isatty() and not os.environ.get("NO_COLOR") and not dumb

    def red(self, text: str) -> str:
        return self._in("31", text)

    def green(self, text: str) -> str:
        return self._in("32", text)

    def yellow(self, text: str) -> str:
        return self._in("33", text)

    def bold(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.is_on else text


NO_STYLE = Style(StringIO())
