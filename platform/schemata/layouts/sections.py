"""Parts of a file as batches, with their place in it."""

from collections.abc import Iterable, Iterator

from schemata.history import Batch


def line_of(text: str, offset: int) -> int:
    """The line of an offset, counted from 1. Counts from the start: not for use in a loop."""
    return text.count("\n", 0, offset) + 1


def batches_at(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Batch]:
    """Each span, from start to end, as one message. Spans come in order, so each newline is counted once."""
    seen, line, line_start = 0, 1, 0
    for start, end in spans:
        newlines = text.count("\n", seen, start)
        if newlines:
            line += newlines
            line_start = text.rindex("\n", seen, start) + 1
        seen = start
        yield Batch(text[start:end], start, line, start - line_start + 1)
