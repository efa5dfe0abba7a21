"""An account as Markdown: a job's summary, or a comment.

What comes from a repository is escaped throughout, so it can't bring links, images or markup.
"""

from collections.abc import Iterator

from braid.command.printing import plain
from braid.command.reports.account import Account, Problem, place_text

# A job's summary may have 1 MiB; nobody reads so many rows anyway.
_SHOWN = 100
_MEANING = str.maketrans({ch: f"\\{ch}" for ch in "\\`*_[]<>|~&!#@$"})
_LONGEST = 400


def render(*accounts: Account) -> str:
    return "\n".join(line for account in accounts for line in _lines(account)) + "\n"


def _lines(account: Account) -> Iterator[str]:
    mark = "✅" if account.is_good else "❌"
    where = f" in {_text(account.root)}" if account.root else ""
    yield f"### {mark} braid {account.command}{where}: {account.outcome}\n"
    yield f"{_text(account.headline)}\n"
    if account.problems:
        yield "| | where | what |\n| --- | --- | --- |"
        yield from map(_row, account.problems[:_SHOWN])
        yield _more(len(account.problems), "problems")
    if account.effects:
        yield from (f"- {_text(each)}" for each in account.effects[:_SHOWN])
        yield _more(len(account.effects), "changes")


def _row(problem: Problem) -> str:
    places = [_text(place_text(each)) for each in (problem.place, *problem.others) if each]
    said = "<br>".join(_text(part) for part in (problem.message, problem.hint) if part)
    return f"| {problem.severity.value} | {'<br>'.join(places)} | {said} |"


def _more(number: int, what: str) -> str:
    return f"\nand {number - _SHOWN} more {what}\n" if number > _SHOWN else ""


def _text(text: str) -> str:
    """One line without meaning; a text of thousands of characters is cut."""
    line = " ".join(plain(text).split())
    return (
        (line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…")
        .translate(_MEANING)
        .replace("://", ":\\//")
    )
