"""Parts of a file as batches, with their place in it."""

from schemata.history import Batch


def line_of(text: str, offset: int) -> int:
    """The line of an offset, counted from 1."""
    return text.count("\n", 0, offset) + 1


def batch_at(text: str, start: int, end: int) -> Batch:
    """The text from `start` to `end` as one message."""
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    return Batch(text[start:end], start, line_of(text, start), column)
