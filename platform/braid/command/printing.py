"""What several reports say alike: findings, changes and numbers as lines for a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

from braid.command.style import Style
from schemata.changes import Action, Change
from schemata.findings import Finding, Severity

_MARKS = {Action.ADD: "+", Action.DROP: "-", Action.RENAME: ">", Action.ALTER: "~"}


def plain(text: str, kept: str = "\n") -> str:
    """The text without a repository's own control characters, which no reader of a report wants."""
    return "".join(ch if ch in kept or ch.isprintable() else "\ufffd" for ch in text)


def printable(text: str, style: Style) -> str:
    """The text as it may reach a terminal, with the colours of `style`."""
    return plain(text, "\n\x1b" if style.is_on else "\n")


def written(text: str, stream: TextIO) -> None:
    """Write SQL: byte for byte into a file or pipe, without control characters on a terminal."""
    stream.write(plain(text, "\n\t") if stream.isatty() else text)


def finding_lines(finding: Finding, style: Style) -> Iterator[str]:
    """What was found, where, and what to do about it."""
    colour = {Severity.ERROR: style.red, Severity.WARNING: style.yellow}.get(finding.severity, style.dim)
    where = place(finding.path, finding.line, finding.column)
    yield f"  {colour(finding.severity.value)}  {finding.message}"
    if where:
        yield f"    {style.dim(where)}"
    for line in finding.hint.split("\n") if finding.hint else ():
        yield f"    {line}"


def change_line(change: Change, style: Style) -> str:
    """`+ table public.users added`."""
    colours = {Action.ADD: style.green, Action.DROP: style.red}
    mark = colours.get(change.action, style.yellow)(_MARKS[change.action])
    return f"{mark} {change.summary or change.address}"


def told_changes(changes: Sequence[Change]) -> tuple[Change, ...]:
    """What a branch itself does, without what another change says already (a column of a new table)."""
    return tuple(change for change in changes if change.covered_by is None and not change.behind)


def totals(changes: Sequence[Change]) -> str:
    """`3 tables, 1 index`."""
    kinds = Counter(change.address.kind.value for change in changes)
    return ", ".join(counted(number, kind) for kind, number in kinds.most_common())


def place(path: str, line: int | None, column: int | None = None) -> str:
    """`path:line:column`, as far as it is known."""
    return ":".join(str(part) for part in (path, line, column) if part)


def counted(number: int, noun: str) -> str:
    """`1 index`, `2 indexes`, `3 policies`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
