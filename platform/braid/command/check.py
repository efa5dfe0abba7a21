"""`braid check`: layout, replay, catalog, diff and findings, as the server does them."""

import argparse
import sys
import time
from dataclasses import dataclass, replace

from braid.command import outputs
from braid.command.exits import Exit
from braid.command.progress import ProgressLine
from braid.command.reading import open_sandboxes, owner_of, read_history
from braid.command.reports.account import Account
from braid.command.sources import Source, base_of, fork_of, source_of
from braid.command.style import Style
from sandbox.judge import Judgement, Outcome, judge, unusable
from schemata.findings import Finding, Severity
from schemata.history import History
from schemata.layouts import LayoutError, presumed_fork

_EXITS = {
    Outcome.PASSED: Exit.FINE,
    Outcome.FAILED: Exit.BLOCKED,
    Outcome.UNUSABLE: Exit.UNUSABLE,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked and what came of it; every report is made from this (`outputs.Found`)."""

    head: Source
    base: Source | None
    history: History | None
    base_history: History | None
    judgement: Judgement
    seconds: float

    @property
    def exit(self) -> Exit:
        return _EXITS[self.judgement.outcome]

    def text(self, style: Style) -> str:
        from braid.command.report import report

        return report(self, style)

    def document(self) -> str:
        from braid.command.document import document

        return document(self)

    def account(self) -> Account:
        from braid.command.reports.of_check import account

        return account(self)


def run(given: argparse.Namespace) -> Exit:
    """Check, print, and say how it ended."""
    began = time.monotonic()
    head = source_of(given.folder)
    base = base_of(given.base, head) if given.base is not None else None
    outputs.clear(given.output)
    checked = check(head, base, given, began)
    outputs.write(checked, given.format, given.output)
    return checked.exit


def check(head: Source, base: Source | None, given: argparse.Namespace, began: float) -> Checked:
    """Judge `head` against `base`; `given` has the options of a replay (`arguments.add_replaying`)."""
    try:
        history = read_history(head, given.root)
    except LayoutError as error:
        return Checked(head, base, None, None, unusable(error.finding), time.monotonic() - began)
    base_history, problem = _base_history(base, given.root)
    fork = _fork(base, head, base_history, history, given.root)
    judged = _judged(history, base_history, fork, given, head)
    if problem:
        judged = replace(judged, findings=(*judged.findings, problem))
    return Checked(head, base, history, base_history, judged, time.monotonic() - began)


def _base_history(base: Source | None, root: str | None) -> tuple[History | None, Finding | None]:
    """The base's history; where it has none, all of the head counts as new, and a notice says so."""
    if base is None:
        return None, None
    try:
        return read_history(base, root), None
    except LayoutError as error:
        message = f"{base.label} has no history to compare with, so everything counts as new. {error.finding.message}"
        return None, Finding("history.base-unusable", Severity.NOTICE, message)


def _fork(
    base: Source | None, head: Source, base_history: History | None, history: History, root: str | None
) -> History | None:
    if base is None or base_history is None:
        return None
    fork = fork_of(base, head)
    if fork:
        return _base_history(fork, root)[0]
    is_known = head.repository is not None and base.commit and head.repository is base.repository
    return None if is_known else presumed_fork(base_history, history)


def _judged(
    history: History, base: History | None, fork: History | None, given: argparse.Namespace, head: Source
) -> Judgement:
    with ProgressLine(sys.stderr) as progress, open_sandboxes() as sandboxes:
        return judge(
            sandboxes,
            base,
            history,
            fork=fork,
            owner=owner_of(head),
            postgres=given.postgres or history.postgres,
            deadline_s=given.deadline,
            on_progress=progress.show,
        )
