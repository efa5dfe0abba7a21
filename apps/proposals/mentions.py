"""Whom a text speaks to: `@name` outside of code, as in a text of owners (`people`)."""

import re
from collections.abc import Iterator

from apps.proposals.markdown import parse
from apps.proposals.people import People, Person

# Whoever writes more names than this means nobody in particular.
MOST = 20
_NAME = re.compile(r"(?<![\w@./-])@[\w](?:[\w.+-]*\w)?")


def mentioned(text: str, people: People) -> tuple[Person, ...]:
    """The members whom the Markdown text names, each once; a name that could mean several means none of them."""
    if "@" not in text:
        return ()
    found = (person for name in _names(text) for person in people.find(name))
    return tuple(dict.fromkeys(found))[:MOST]


def _names(text: str) -> Iterator[str]:
    for block in parse(text):
        for token in block.children or ():
            if token.type == "text":
                yield from _NAME.findall(token.content)
