"""A text that a regular expression or LIKE pattern of a check accepts.

Postgres's regular expressions (manual, 9.7.3) and Python's agree on what checks
are made of: literals, classes, groups, branches and counts.
"""

import re
import warnings
from collections.abc import Callable
from typing import Any

_TREES: Any = re._parser  # type: ignore[attr-defined]
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. "
_LONGEST = 200
_CLASSES = {
    "[:alpha:]": "a-zA-Z",
    "[:digit:]": "0-9",
    "[:alnum:]": "a-zA-Z0-9",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:space:]": r"\s",
    "[:xdigit:]": "0-9a-f",
    r"\m": r"\b",
    r"\M": r"\b",
    r"\y": r"\b",
}


class _TooLongError(Exception):
    """A pattern asks for more than a text of a few words."""


def matching(pattern: str, number: int) -> str | None:
    """A text in which `pattern` is found, another for another `number` where it leaves a choice; None: not known.

    It is not tried here: some patterns take for ever, and Postgres can be stopped.
    """
    for theirs, ours in _CLASSES.items():
        pattern = pattern.replace(theirs, ours)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Writer(number).sequence(_TREES.parse(pattern))
    except (re.error, KeyError, IndexError, RecursionError, OverflowError, _TooLongError):
        return None


def like(pattern: str, number: int) -> str:
    """A text that the LIKE pattern accepts."""
    out, escaped = [], False
    for mark in pattern:
        if not escaped and mark == "\\":
            escaped = True
            continue
        wild = {"%": str(number), "_": str(number % 10)}.get(mark) if not escaped else None
        out.append(wild if wild is not None else mark)
        escaped = False
    return "".join(out)


class _Writer:
    """Writes one text of a parsed pattern; `number` is spent digit by digit on its choices."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.spent = 0

    def sequence(self, tree: Any) -> str:
        return "".join(self._node(str(operation), value) for operation, value in tree)

    def _node(self, operation: str, value: Any) -> str:
        self.spent += 1
        if self.spent > _LONGEST:
            raise _TooLongError
        return _NODES[operation](self, value)

    def _draw(self, count: int) -> int:
        self.number, drawn = divmod(self.number, count)
        return drawn

    def literal(self, value: Any) -> str:
        return chr(value)

    def not_literal(self, value: Any) -> str:
        return next(each for each in _ALPHABET if ord(each) != value)

    def any(self, value: Any) -> str:
        return _ALPHABET[self._draw(26)]

    def one_of(self, value: Any) -> str:
        negated = str(value[0][0]) == "NEGATE"
        members = value[1:] if negated else value
        allowed = [each for each in _ALPHABET if _is_member(each, members) != negated]
        if not allowed and not negated:
            return self._outside(members)
        return allowed[self._draw(len(allowed))]

    def _outside(self, members: Any) -> str:
        operation, value = str(members[0][0]), members[0][1]
        return chr(value[0] if operation == "RANGE" else value)

    def branch(self, value: Any) -> str:
        return self.sequence(value[1][self._draw(len(value[1]))])

    def group(self, value: Any) -> str:
        return self.sequence(value[-1])

    def repeat(self, value: Any) -> str:
        least, most, tree = value
        # More than the least where that is allowed, so that texts can differ.
        count = max(int(least), min(int(most), 5)) if int(least) <= _LONGEST else 0
        return "".join(self.sequence(tree) for _ in range(count))

    def nothing(self, value: Any) -> str:
        return ""


def _is_member(mark: str, members: Any) -> bool:
    return any(_fits(mark, str(operation), value) for operation, value in members)


def _fits(mark: str, operation: str, value: Any) -> bool:
    if operation == "LITERAL":
        return ord(mark) == int(value)
    if operation == "RANGE":
        return int(value[0]) <= ord(mark) <= int(value[1])
    kind = str(value)
    tests: dict[str, Callable[[str], bool]] = {
        "DIGIT": str.isdigit,
        "WORD": lambda each: each.isalnum() or each == "_",
        "SPACE": str.isspace,
    }
    test = tests[kind.rpartition("_")[2]]
    return test(mark) is not ("NOT" in kind)


_NODES: dict[str, Callable[[_Writer, Any], str]] = {
    "LITERAL": _Writer.literal,
    "NOT_LITERAL": _Writer.not_literal,
    "ANY": _Writer.any,
    "IN": _Writer.one_of,
    "BRANCH": _Writer.branch,
    "SUBPATTERN": _Writer.group,
    "MAX_REPEAT": _Writer.repeat,
    "MIN_REPEAT": _Writer.repeat,
    "AT": _Writer.nothing,
    "ASSERT": _Writer.nothing,
    "ASSERT_NOT": _Writer.nothing,
}
