"""The place where a replay stopped, line by line, with the caret told apart."""

from dataclasses import dataclass

from apps.checks.access import FailureView


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    text: str
    is_caret: bool


def excerpt_lines(failure: FailureView | None) -> tuple[ExcerptLine, ...]:
    if failure is None:
        return ()
    return tuple(ExcerptLine(line, line.strip() == "^") for line in failure.excerpt.splitlines())
