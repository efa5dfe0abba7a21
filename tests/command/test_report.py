"""The text for people, without a sandbox: colours, order, totals."""

import io
from typing import Any

import pytest

from braid.command.check import Checked
from braid.command.report import report
from braid.command.sources import Source
from braid.command.style import Style
from sandbox.judge import Judgement, Outcome
from schemata.findings import Finding, Severity
from schemata.history import History, migration_of
from schemata.layouts import FolderTree


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def checked(judgement: Judgement) -> Checked:
    history = History("prisma", "prisma/migrations", (migration_of("1_a", "SELECT 1;"),))
    return Checked(Source("here", FolderTree(".")), None, history, None, judgement, 0.25)


def text(judgement: Judgement, stream: Any = None) -> str:
    stream = stream or io.StringIO()
    stream.write(report(checked(judgement), Style(stream)))
    return str(stream.getvalue())


def test_errors_come_first_and_hints_below() -> None:
    findings = (
        Finding("a.notice", Severity.NOTICE, "by the way"),
        Finding("a.error", Severity.ERROR, "this blocks", "do this\nand that", "x.sql", 3, 7),
        Finding("a.warning", Severity.WARNING, "take care", path="y.sql"),
    )
    lines = text(Judgement(Outcome.FAILED, "x", findings)).splitlines()
    at = {
        words: next(i for i, line in enumerate(lines) if words in line) for words in ("blocks", "care", "way")
    }
    assert at["blocks"] < at["care"] < at["way"]
    assert lines[at["blocks"] + 1 : at["blocks"] + 4] == ["    x.sql:3:7", "    do this", "    and that"]


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" in text(Judgement(Outcome.PASSED, "fine"), Terminal())
    assert "\x1b[" not in text(Judgement(Outcome.PASSED, "fine"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Style(Terminal()).is_on
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not Style(Terminal()).is_on


def test_the_last_line_is_the_verdict() -> None:
    assert text(Judgement(Outcome.PASSED, "no change to the schema")).splitlines()[-1] == (
        "passed: no change to the schema (0.2 s)"
    )
