"""The lexical rules of Postgres (scan.l) as far as they decide where a statement ends.

One regular expression per question, all possessive: time and memory are linear
in the text, and nothing recurses however deep the SQL nests. `runs` is for
finding where a statement ends, `pieces` for looking at its words.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_START = r"A-Za-z_\x80-\U0010ffff"
_WORD = rf"(?![eE]')[{_START}][{_START}0-9$]*+"
_NUMBER = r"\$?[0-9][A-Za-z0-9_.]*+"
BLANKS = " \t\n\r\f\v"
_OTHER = rf"[^;()\-/'\"${_START}0-9\0{BLANKS}]++"
_LINE_COMMENT = r"--[^\r\n]*+"
# A string goes on after blanks that hold a newline, in the mode it started in.
_GOES_ON = rf"'(?:[ \t\f\v]|{_LINE_COMMENT})*+[\r\n](?:[{BLANKS}]|{_LINE_COMMENT}[\r\n])*+'"

_ESCAPE = rf"[eE]'(?:[^'\\]++|\\.|''|{_GOES_ON})*+"
_STRING = r"'(?:[^']++|'')*+"
_QUOTED = r'"(?:[^"]++|"")*+'

_PIECE = re.compile(
    rf"""
      (?P<end>;)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<comment>{_LINE_COMMENT})
    | (?P<block>/\*)
    | {_ESCAPE}(?:(?P<escape>')|(?P<open_escape>))
    | {_STRING}(?:(?P<string>')|(?P<open_string>))
    | {_QUOTED}(?:(?P<quoted>")|(?P<open_quoted>))
    | (?P<dollar>\$(?:[{_START}][{_START}0-9]*+)?\$)
    | (?P<null>\0)
    | (?P<space>[{BLANKS}]++)
    | (?P<code>(?:{_WORD}|{_NUMBER}|{_OTHER}|[{BLANKS}]++)++ | .)
    """,
    re.VERBOSE | re.DOTALL,
)
# Code and whole strings, with parentheses up to two deep: most of most statements in
# one step. Deeper ones are counted piece by piece, so a failed try never looks past
# the third open parenthesis and the whole stays linear.
_FLAT = rf"{_WORD}|{_NUMBER}|[{BLANKS}]++|{_OTHER}|{_ESCAPE}'|{_STRING}'|{_QUOTED}\"|-(?!-)|/(?!\*)"
_INNER = rf"\((?:{_FLAT}|;)*+\)"
_RUN = re.compile(rf"(?:{_FLAT}|\((?:{_FLAT}|;|{_INNER})*+\))++", re.DOTALL)

_BLOCK_EDGE = re.compile(r"/\*|\*/")
_WORDS = re.compile(_WORD)

_UNTERMINATED = {
    "open_escape": "unterminated quoted string",
    "open_string": "unterminated quoted string",
    "open_quoted": "unterminated quoted identifier",
    "null": "a NUL byte, which no SQL text can hold",
}


class ScanError(Exception):
    """The text stops making sense at `offset`, characters from its start."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Piece(NamedTuple):
    """A stretch of text of one sort: end, open, close, comment, space, quoted or code."""

    sort: str
    start: int
    end: int


def pieces(text: str, start: int = 0) -> Iterator[Piece]:
    """The text from `start` on, without a gap, as pieces. Raises ScanError."""
    position = start
    while position < len(text):
        piece = _piece_at(text, position)
        yield piece
        position = piece.end


def runs(text: str, start: int = 0) -> Iterator[Piece]:
    """As `pieces`, but with code, blanks, strings and shallow parentheses as one piece of code."""
    position = start
    while position < len(text):
        match = _RUN.match(text, position)
        piece = Piece("code", position, match.end()) if match else _piece_at(text, position)
        yield piece
        position = piece.end


def words(text: str, piece: Piece) -> list[str]:
    """The keywords and names in a piece of code, in lower case."""
    return [word.lower() for word in _WORDS.findall(text, piece.start, piece.end)]


def tokens(text: str) -> tuple[str, ...]:
    """A statement's text without blanks and comments: strings and quoted names whole, code in words and marks.

    Texts with the same tokens say the same. One that can't be scanned is one token.
    """
    found: list[str] = []
    try:
        for piece in pieces(text):
            if piece.sort == "code":
                found += text[piece.start : piece.end].split()
            elif piece.sort not in ("space", "comment"):
                found.append(text[piece.start : piece.end])
    except ScanError:
        return (text,)
    return tuple(found)


def without_strings(text: str) -> str:
    """The text without comments and strings, as words apart; what can't be scanned stays as it is."""
    return " ".join(each for each in tokens(text) if not each.startswith(("'", "e'", "E'")))


def code_start(text: str) -> int:
    """Where the first word stands, after blanks and comments; the text's length where there is none."""
    try:
        return next((p.start for p in pieces(text) if p.sort not in ("space", "comment")), len(text))
    except ScanError as error:
        return error.offset


def _piece_at(text: str, position: int) -> Piece:
    match = _PIECE.match(text, position)
    assert match is not None, "the last branch takes any character"
    sort = match.lastgroup or ""
    if sort in _UNTERMINATED:
        raise ScanError(_UNTERMINATED[sort], position)
    if sort == "block":
        return Piece("comment", position, _end_of_block(text, position))
    if sort == "dollar":
        return Piece("quoted", position, _end_of_dollar(text, match))
    if sort in ("escape", "string"):
        return Piece("quoted", position, match.end())
    return Piece(sort, position, match.end())


def _end_of_block(text: str, start: int) -> int:
    """End of a comment in which others may nest."""
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise ScanError("unterminated /* comment", start)


def _end_of_dollar(text: str, opening: re.Match[str]) -> int:
    closing = text.find(opening.group(), opening.end())
    if closing < 0:
        raise ScanError("unterminated dollar-quoted string", opening.start())
    return closing + len(opening.group())
