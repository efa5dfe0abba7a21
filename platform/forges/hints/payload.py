"""JSON that anybody may have written: read with limits, and asked for one value at a time."""

import json
from collections.abc import Mapping
from typing import Any

from forges.hints.values import Unreadable

MOST_TEXT = 1000
BIGGEST = 2**63
# A body of 25 MB may hold some hundred thousand values, or eight million empty lists that take 600 MB.
MOST_VALUES = 2_000_000


class Payload:
    """An object of the body. What is missing, or of another type than asked for, is empty."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    @classmethod
    def read(cls, body: bytes) -> "Payload":
        """Raises Unreadable for what is no JSON object in UTF-8, or holds more values than any forge sends."""
        if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
            raise Unreadable("The body holds more than a delivery does.")
        try:
            found = json.loads(body.decode(), parse_constant=_refuse, parse_int=_number, parse_float=_number)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"The body is no JSON that can be read: {error.__class__.__name__}.") from None
        if not isinstance(found, dict):
            raise Unreadable("The body is no JSON object.")
        return cls(found)

    def at(self, *path: str) -> "Payload":
        """The object at the end of a path; an empty one where there is none."""
        found: object = self._values
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return Payload(found if isinstance(found, dict) else {})

    def items(self, name: str) -> tuple["Payload", ...]:
        """The objects of a list."""
        found = self._values.get(name)
        return (
            tuple(Payload(each) for each in found if isinstance(each, dict))
            if isinstance(found, list)
            else ()
        )

    def text(self, name: str) -> str:
        """A string, or a number as one; without what no name, ref or hash has."""
        found = self._values.get(name)
        if isinstance(found, bool) or not isinstance(found, (str, int)):
            return ""
        shown = str(found)
        return shown if len(shown) <= MOST_TEXT and shown.isprintable() else ""

    def number(self, name: str) -> int | None:
        """A number that may be one of a pull request."""
        found = self._values.get(name)
        is_number = isinstance(found, int) and not isinstance(found, bool)
        return found if is_number and 0 < found < BIGGEST else None  # type: ignore[operator]

    def flag(self, name: str) -> bool:
        return self._values.get(name) is True

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None


def _number(text: str) -> int:
    """Integers that a database takes; fractions and longer ones are nothing that a hint needs."""
    return int(text) if len(text) < 20 and text.lstrip("-").isdigit() else 0


def _refuse(text: str) -> None:
    raise ValueError(text)
