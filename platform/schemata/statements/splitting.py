"""Cutting SQL text into statements, as psql does.

A semicolon ends a statement unless it stands in a string, a comment,
parentheses or the body of a `BEGIN ATOMIC` function. pglast's own splitters
were tried first: the one on the parser gives up on the whole file at one
syntax error, the one on the scanner drops statements without a keyword and
cuts `BEGIN ATOMIC` bodies. Tests hold this one to the parser's answer wherever
the parser has one.
"""

import re
from collections.abc import Iterator

from schemata.statements.scanner import BLANKS, Piece, ScanError, pieces, runs, words
from schemata.statements.statement import Statement

_ROUTINE = re.compile(r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)
_EMPTY = re.compile(rf"[;{BLANKS}]++")
_ATOMIC = re.compile(r"\batomic\b", re.IGNORECASE)


class SplitError(Exception):
    """A file that can't be cut into statements, and where it stops making sense.

    `line` and `column` count from 1, `offset` counts characters from 0.
    """

    def __init__(self, message: str, line: int, column: int, offset: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column
        self.offset = offset


def split(text: str, *, offset: int = 0, line: int = 1, column: int = 1) -> tuple[Statement, ...]:
    """The statements of `text`, without terminators, comments around them and empty ones.

    `offset`, `line` and `column` say where the text itself begins in its file.
    Raises SplitError where a string or a comment does not end.
    """
    place = _Place(text, offset, line, column)
    try:
        return tuple(place.statement(start, end) for start, end in _spans(text))
    except ScanError as error:
        at = place.statement(error.offset, error.offset)
        raise SplitError(error.message, at.line, at.column, at.offset) from None


class _Place:
    """Follows line and column through a text; asked in order, each newline is counted once."""

    def __init__(self, text: str, offset: int, line: int, column: int) -> None:
        self._text = text
        self._base = offset
        self._seen = 0
        self._line = line
        self._line_start = 1 - column

    def statement(self, start: int, end: int) -> Statement:
        newlines = self._text.count("\n", self._seen, start)
        if newlines:
            self._line += newlines
            self._line_start = self._text.rindex("\n", self._seen, start) + 1
        self._seen = start
        column = start - self._line_start + 1
        return Statement(self._text[start:end], self._line, column, self._base + start)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every statement that isn't empty."""
    position = _skip_empty(text, 0)
    while position < len(text):
        start, end, position = _next_span(text, position)
        if start < end:
            yield start, end
        position = _skip_empty(text, position)


def _skip_empty(text: str, position: int) -> int:
    match = _EMPTY.match(text, position)
    return match.end() if match else position


def _next_span(text: str, position: int) -> tuple[int, int, int]:
    """Start and end of the statement at `position` or after, and where to go on."""
    start, end, after = _cut(text, runs(text, position), position)
    if _ROUTINE.match(text, start) and _ATOMIC.search(text, start, end):
        return _cut(text, _outside_bodies(text, pieces(text, start)), start)
    return start, end, after


def _cut(text: str, stream: Iterator[Piece], position: int) -> tuple[int, int, int]:
    depth, start, end = 0, -1, position
    for piece in stream:
        if piece.sort == "end" and depth == 0:
            return (end if start < 0 else start), end, piece.end
        if piece.sort in ("open", "close"):
            depth = max(0, depth + (1 if piece.sort == "open" else -1))
        if piece.sort not in ("comment", "space"):
            first, last = _without_blanks(text, piece)
            if first < last:
                start, end = (first if start < 0 else start), last
    return (end if start < 0 else start), end, len(text)


def _without_blanks(text: str, piece: Piece) -> tuple[int, int]:
    if piece.sort != "code":
        return piece.start, piece.end
    run = text[piece.start : piece.end]
    return piece.end - len(run.lstrip(BLANKS)), piece.start + len(run.rstrip(BLANKS))


def _outside_bodies(text: str, stream: Iterator[Piece]) -> Iterator[Piece]:
    """The same pieces, with the semicolons of `BEGIN ATOMIC ... END` turned into code."""
    depth, last = 0, ""
    for piece in stream:
        for word in words(text, piece) if piece.sort == "code" else ():
            depth += _nesting(depth, last, word)
            last = word
        yield piece._replace(sort="code") if depth and piece.sort == "end" else piece


def _nesting(depth: int, last: str, word: str) -> int:
    if depth == 0:
        return int(last == "begin" and word == "atomic")
    return {"case": 1, "end": -1}.get(word, 0)
