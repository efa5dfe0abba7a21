"""Text of a schema file -> syntax tree. Never fails: what it can't read is kept and named as a problem."""

import re

from schemata.prisma import expressions
from schemata.prisma.syntax import (
    BLOCK_KINDS,
    Argument,
    Block,
    BlockAttribute,
    Document,
    EnumValue,
    Field,
    FieldType,
    Literal,
    Member,
    Problem,
    Property,
    Unparsed,
)
from schemata.prisma.tokens import TRIVIA, Token, joined, tokenize

MARKER = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(\s|$)")


def parse(text: str) -> Document:
    """The document whose `text` is `text` again, byte for byte.

    A byte order mark stays in the first block's leading trivia. Problems come
    in the order of their lines.
    """
    return _Parser(list(tokenize(text))).document()


class _Parser:
    """A cursor over the tokens of one file."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.problems: list[Problem] = []

    def document(self) -> Document:
        blocks: list[Block] = []
        leading = self.trivia()
        while self.position < len(self.tokens):
            if self.opens_block():
                blocks.append(self.block(leading))
                leading = self.trivia()
            else:
                leading += self.stray_line() + self.trivia()
        problems = tuple(sorted(self.problems, key=lambda problem: problem.line))
        return Document(tuple(blocks), leading, problems)

    def trivia(self) -> str:
        """Everything up to the next token that means something, the byte order mark included."""
        start = self.position
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            if token.kind not in TRIVIA and token.text != "\ufeff":
                break
            self.position += 1
        return joined(self.tokens[start : self.position])

    def meaningful(self, count: int) -> list[Token]:
        """The next tokens on this line, spaces aside."""
        found: list[Token] = []
        # By index: a slice would copy the rest of the file at every line.
        for place in range(self.position, len(self.tokens)):
            token = self.tokens[place]
            if token.kind == "newline" or len(found) == count:
                break
            if token.kind != "space":
                found.append(token)
        return found

    def opens_block(self) -> bool:
        found = self.meaningful(3)
        return (
            len(found) == 3
            and found[0].kind == found[1].kind == "word"
            and found[0].text in BLOCK_KINDS
            and found[2].is_mark("{")
        )

    def stray_line(self) -> str:
        """A line outside every block: kept, and a problem."""
        first = self.tokens[self.position]
        text = joined(self.line())
        self.problems.append(Problem(first.line, _stray_message(text)))
        return text

    def line(self) -> list[Token]:
        """Tokens through the end of this line; a bracket left open carries on to its close."""
        start, depth = self.position, 0
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            if token.kind == "mark":
                depth += (token.text in "([") - (token.text in ")]")
                if token.text == "}" and depth > 0 and self.starts_line():
                    break
            self.position += 1
            if token.kind == "newline" and depth <= 0:
                break
            if token.kind == "newline" and self.opens_block():
                break
        return self.tokens[start : self.position]

    def starts_line(self) -> bool:
        places = range(self.position - 1, -1, -1)
        before = (self.tokens[place] for place in places if self.tokens[place].kind != "space")
        first = next(before, None)
        return first is None or first.kind == "newline"

    def block(self, leading: str) -> Block:
        kind, name, _brace = self.meaningful(3)
        header = self.rest_of_line()
        members: list[Member] = []
        while True:
            before = self.trivia()
            if self.position >= len(self.tokens) or self.opens_block():
                self.unclosed(kind, name)
                return Block(leading, kind.text, name.text, header, tuple(members), before, "", kind.line)
            if self.tokens[self.position].is_mark("}"):
                closing = self.close()
                return Block(
                    leading, kind.text, name.text, header, tuple(members), before, closing, kind.line
                )
            members.append(self.member(kind.text, before))

    def unclosed(self, kind: Token, name: Token) -> None:
        where = (
            f"before line {self.tokens[self.position].line}"
            if self.position < len(self.tokens)
            else "at the end"
        )
        message = f"{kind.text} {name.text} is not closed {where}: a }} is missing"
        self.problems.append(Problem(kind.line, message))

    def rest_of_line(self) -> str:
        start = self.position
        while self.position < len(self.tokens):
            self.position += 1
            if self.tokens[self.position - 1].kind == "newline":
                break
        return joined(self.tokens[start : self.position])

    def close(self) -> str:
        """The brace, and what is left of its line when that is only trivia."""
        start = self.position
        self.position += 1
        while self.position < len(self.tokens) and self.tokens[self.position].kind in TRIVIA:
            self.position += 1
            if self.tokens[self.position - 1].kind == "newline":
                break
        return joined(self.tokens[start : self.position])

    def member(self, block_kind: str, leading: str) -> Member:
        tokens = self.line()
        line, text = tokens[0].line, joined(tokens)
        try:
            return _read_member(block_kind, leading, text, line, tokens)
        except expressions.Unreadable as error:
            self.problems.append(Problem(error.line or line, _member_message(text, error)))
            return Unparsed(leading, text, line)


def _stray_message(text: str) -> str:
    if MARKER.match(text):
        return "a merge conflict marker is left in the file"
    return f"this line belongs to no block: {text.strip()[:60]!r}"


def _member_message(text: str, error: expressions.Unreadable) -> str:
    return "a merge conflict marker is left in the file" if MARKER.match(text) else str(error)


def _read_member(block_kind: str, leading: str, text: str, line: int, tokens: list[Token]) -> Member:
    reader = expressions.Reader(tokens)
    if reader.takes("@@"):
        attribute = reader.attribute("@@")
        return BlockAttribute(leading, text, line, attribute, reader.comment())
    name = reader.word("a name")
    if block_kind in ("datasource", "generator"):
        return Property(leading, text, line, name, reader.assigned(), reader.comment())
    if block_kind == "enum":
        attributes = reader.attributes()
        return EnumValue(leading, text, line, name, attributes, reader.comment())
    kind = _read_type(reader)
    attributes = reader.attributes()
    return Field(leading, text, line, name, kind, attributes, reader.comment())


def _read_type(reader: expressions.Reader) -> FieldType | None:
    reader.takes(":")
    if not reader.at_word():
        return None
    name, native = reader.word("a type"), ""
    if name == "Unsupported":
        native = _native_name(reader.arguments())
    is_list = reader.takes("[")
    if is_list:
        reader.expects("]")
    is_optional = reader.takes("?")
    reader.takes("!")
    return FieldType(name, is_list, is_optional, native)


def _native_name(arguments: tuple[Argument, ...]) -> str:
    values = [argument.value for argument in arguments]
    if len(values) == 1 and isinstance(values[0], Literal):
        return values[0].value
    raise expressions.Unreadable('Unsupported wants one string: Unsupported("tsvector")')
