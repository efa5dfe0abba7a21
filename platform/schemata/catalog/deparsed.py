"""Reading SQL that Postgres deparsed: where it may be cut.

Deparsed text quotes names with `"`, strings with `'` (doubled inside, whatever
`E` stands before), and uses no comments and no dollar quotes.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[(\[]|[)\]]|,""")
_WHEN = re.compile(r""" FOR EACH (?:ROW|STATEMENT) WHEN \(|'(?:[^']|'')*'|"(?:[^"]|"")*\"""")


def split_list(text: str) -> list[str]:
    """Expressions of a list, cut at the commas that stand between them."""
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    depth = start = 0
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in "([":
            depth += 1
        elif mark in ")]":
            depth -= 1
        elif mark == "," and depth == 0:
            yield text[start : token.start()].strip()
            start = token.end()
    yield text[start:].strip()


def trigger_condition(definition: str) -> str:
    """The WHEN of a CREATE TRIGGER, without its outermost parentheses."""
    for found in _WHEN.finditer(definition):
        if found.group().startswith(" FOR"):
            return definition[found.end() : _closing(definition, found.end())]
    return ""


def without_parentheses(expression: str) -> str:
    """An expression without the parentheses around all of it, where it has them."""
    if expression.startswith("(") and _closing(expression, 1) == len(expression) - 1:
        return expression[1:-1]
    return expression


def _closing(text: str, start: int) -> int:
    depth = 1
    for token in _TOKEN.finditer(text, start):
        mark = token.group()
        depth += (mark == "(") - (mark == ")")
        if depth == 0:
            return token.start()
    return len(text)
