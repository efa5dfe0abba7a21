"""Text of a schema file -> tokens; their texts joined are the file again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
    (?P<newline>\r\n|\n|\r)
  | (?P<space>[^\S\r\n]+)
  | (?P<doc>///[^\r\n]*)
  | (?P<comment>//[^\r\n]*|/\*.*?\*/)
  | (?P<string>"(?:\\.|[^"\\\r\n])*")
  | (?P<number>-?\d+(?:\.\d+)?(?![\w-]))
  | (?P<word>\w[\w-]*)
  | (?P<mark>@@|[@{}()\[\],:=?!.])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
TRIVIA = frozenset({"newline", "space", "doc", "comment"})


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (a group of TOKEN), exact text, and line from 1."""

    kind: str
    text: str
    line: int

    def is_mark(self, text: str) -> bool:
        return self.kind == "mark" and self.text == text


def tokenize(text: str) -> Iterator[Token]:
    line = 1
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        yield Token(kind, match.group(), line)
        if kind == "newline":
            line += 1
        elif kind == "comment":
            line += len(re.findall(r"\r\n|\n|\r", match.group()))


def joined(tokens: list[Token]) -> str:
    return "".join(token.text for token in tokens)
