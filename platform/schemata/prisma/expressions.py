"""Reading what stands on one member's line: attributes, arguments and values."""

import json

from schemata.prisma.syntax import (
    Argument,
    Array,
    Attribute,
    Call,
    Expression,
    Literal,
    Number,
    Object,
    Path,
)
from schemata.prisma.tokens import Token, joined

MAX_DEPTH = 50


class Unreadable(Exception):
    """The line is outside the grammar; `line` counts from 1, 0 where only the member's line is known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Reader:
    """A cursor over one member's tokens that skips spaces, newlines and inner comments."""

    def __init__(self, tokens: list[Token]) -> None:
        self.all = tokens
        self.position = 0
        self.depth = 0

    def next(self) -> Token | None:
        position = self.position
        while position < len(self.all):
            token = self.all[position]
            inner_comment = self.depth > 0 and token.kind in ("comment", "doc")
            if token.kind not in ("space", "newline") and not inner_comment:
                self.position = position
                return token
            position += 1
        return None

    def take(self) -> Token:
        token = self.next()
        if token is None:
            raise Unreadable("the line ends too early")
        self.position += 1
        return token

    def takes(self, mark: str) -> bool:
        token = self.next()
        found = token is not None and token.is_mark(mark)
        self.position += found
        return found

    def expects(self, mark: str) -> None:
        if not self.takes(mark):
            token = self.next()
            found = f"{token.text!r}" if token else "the end of the line"
            raise Unreadable(f"expected {mark!r}, found {found}", token.line if token else 0)

    def at_word(self) -> bool:
        token = self.next()
        return token is not None and token.kind == "word"

    def word(self, wanted: str) -> str:
        token = self.next()
        if token is None or token.kind not in ("word", "number"):
            found = f"{token.text[:40]!r}" if token else "the end of the line"
            raise Unreadable(f"expected {wanted}, found {found}", token.line if token else 0)
        return self.take().text

    def path(self) -> str:
        parts = [self.word("a name")]
        while self.takes("."):
            parts.append(self.word("a name"))
        return ".".join(parts)

    def comment(self) -> str:
        """The comment that ends the line, or nothing; anything else there is unreadable."""
        token = self.next()
        if token is None:
            return ""
        if token.kind in ("comment", "doc"):
            self.position += 1
            if self.next() is None:
                return token.text
            token = self.take()
        raise Unreadable(f"unexpected {token.text[:40]!r}", token.line)

    def attributes(self) -> tuple[Attribute, ...]:
        found: list[Attribute] = []
        while self.takes("@"):
            found.append(self.attribute("@"))
        return tuple(found)

    def attribute(self, signs: str) -> Attribute:
        """One attribute whose signs were just taken."""
        start = self.position - 1
        name = self.path()
        token = self.next()
        arguments = self.arguments() if token is not None and token.is_mark("(") else ()
        text = joined(self.all[start : self.position])
        return Attribute(name, arguments, text.strip())

    def arguments(self) -> tuple[Argument, ...]:
        self.expects("(")
        self.enter()
        found: list[Argument] = []
        while not self.takes(")"):
            found.append(self.argument())
            if not self.takes(","):
                self.expects(")")
                break
        self.depth -= 1
        return tuple(found)

    def argument(self) -> Argument:
        mark = self.position
        token = self.next()
        if token is not None and token.kind == "word":
            name = self.take().text
            if self.takes(":"):
                return Argument(name, self.value())
        self.position = mark
        return Argument("", self.value())

    def value(self) -> Expression:
        token = self.next()
        if token is None:
            raise Unreadable("a value is missing")
        if token.kind == "string":
            return Literal(_unescaped(self.take()))
        if token.kind == "number":
            return Number(self.take().text)
        if self.takes("["):
            return self.array()
        if self.takes("{"):
            return self.object()
        name = self.path()
        after = self.next()
        if after is not None and after.is_mark("("):
            return Call(name, self.arguments())
        return Path(name)

    def array(self) -> Array:
        self.enter()
        items: list[Expression] = []
        while not self.takes("]"):
            items.append(self.value())
            if not self.takes(","):
                self.expects("]")
                break
        self.depth -= 1
        return Array(tuple(items))

    def object(self) -> Object:
        self.enter()
        fields: list[Argument] = []
        while not self.takes("}"):
            name = self.word("a field")
            self.expects(":")
            fields.append(Argument(name, self.value()))
            if not self.takes(","):
                self.expects("}")
                break
        self.depth -= 1
        return Object(tuple(fields))

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"brackets are nested deeper than {MAX_DEPTH}")

    def assigned(self) -> Expression | None:
        """`= value`; Prisma's grammar wants a value, an empty one is read as None."""
        self.expects("=")
        token = self.next()
        return None if token is None or token.kind in ("comment", "doc") else self.value()


def _unescaped(token: Token) -> str:
    try:
        value = json.loads(token.text)
    except ValueError:
        raise Unreadable(f"{token.text[:40]} is not a string that JSON can read", token.line) from None
    return str(value)
