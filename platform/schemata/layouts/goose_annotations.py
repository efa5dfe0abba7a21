"""goose's own reading of a file, line by line (pressly/goose, `internal/sqlparser/parser.go`)."""

from dataclasses import dataclass, field
from io import StringIO

from schemata.history import Batch

_KNOWN = ("up", "down", "statementbegin", "statementend", "no transaction", "envsub on", "envsub off")


class GooseError(Exception):
    """goose would refuse the file; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class GooseScript:
    """The statements of both directions as goose sends them."""

    up: tuple[Batch, ...]
    down: tuple[Batch, ...]
    has_transaction: bool
    substitutes: bool


@dataclass(slots=True)
class _Reader:
    """Where the reading stands: the direction, an open block, and where the open statement began."""

    text: str
    direction: str = ""
    in_block: bool = False
    start: int = -1
    start_line: int = 0
    up: list[Batch] = field(default_factory=list)
    down: list[Batch] = field(default_factory=list)
    has_transaction: bool = True
    substitutes: bool = False

    def annotate(self, annotation: str, line: int, begin: int) -> None:
        if annotation in ("up", "down"):
            self._turn(annotation, line)
        elif annotation == "statementbegin":
            if not self.direction or self.in_block:
                raise GooseError("StatementBegin must stand after Up or Down, and not in another block", line)
            self.in_block = True
        elif annotation == "statementend":
            if not self.in_block:
                raise GooseError("StatementEnd has no StatementBegin before it", line)
            self.in_block = False
            self.finish(begin)
        elif annotation == "no transaction":
            self.has_transaction = False
        else:
            self.substitutes = self.substitutes or annotation == "envsub on"

    def _turn(self, direction: str, line: int) -> None:
        expected = "" if direction == "up" else "up"
        if self.direction != expected or self.in_block:
            raise GooseError(f"'-- +goose {direction.capitalize()}' stands in the wrong place", line)
        self.expect_no_rest()
        self.direction = direction

    def expect_no_rest(self) -> None:
        if self.start >= 0:
            raise GooseError(
                "the statement that begins here has no semicolon at the end of its last line", self.start_line
            )

    def take(self, line: str, number: int, begin: int) -> None:
        bare = line.strip()
        if self.start < 0 and (not bare or bare.startswith("--")):
            return
        if not self.direction:
            raise GooseError("a statement stands before '-- +goose Up'", number)
        if self.start < 0:
            self.start, self.start_line = begin, number
        if not self.in_block and _ends_statement(line):
            self.finish(begin + len(line))

    def finish(self, end: int) -> None:
        if self.start >= 0:
            batch = Batch(self.text[self.start : end], self.start, self.start_line)
            (self.up if self.direction == "up" else self.down).append(batch)
        self.start = -1


def parse(text: str) -> GooseScript:
    """A file as goose reads it. Raises GooseError where goose would refuse it."""
    reader = _Reader(text)
    begin, number = 0, 0
    for number, line in enumerate(StringIO(text), 1):
        if line.strip().startswith("--") and "+goose" in line:
            reader.annotate(_annotation(line, number), number, begin)
        else:
            reader.take(line, number, begin)
        begin += len(line)
    if not reader.direction:
        raise GooseError("there is no '-- +goose Up'", 1)
    if reader.in_block:
        raise GooseError("a StatementBegin has no StatementEnd", number)
    if reader.direction == "down":
        # goose doesn't read this section on its way up, so it doesn't miss a semicolon there.
        reader.finish(len(text))
    reader.expect_no_rest()
    return GooseScript(tuple(reader.up), tuple(reader.down), reader.has_transaction, reader.substitutes)


def _annotation(line: str, number: int) -> str:
    if line[0] in " \t":
        raise GooseError("an annotation must begin in the first column", number)
    annotation = line.replace("--", "").replace("+goose", "", 1).strip().lower()
    if annotation not in _KNOWN:
        raise GooseError(f"'{line.strip()}' is not an annotation that goose knows", number)
    return annotation


def _ends_statement(line: str) -> bool:
    """Whether the last word before a comment ends in a semicolon."""
    last = ""
    for word in line.split():
        if word.startswith("--"):
            break
        last = word
    return last.endswith(";")
