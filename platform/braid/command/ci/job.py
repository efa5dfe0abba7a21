"""One job: get the commits, check the branch, merge it with its base, and tell what came of it."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from braid.command.check import Checked, check
from braid.command.ci.checkout import Checkout
from braid.command.ci.elsewhere import Elsewhere
from braid.command.ci.events import Event, Forge, Told, named
from braid.command.ci.github import GitHub
from braid.command.ci.gitlab import GitLab
from braid.command.exits import Exit, Stop
from braid.command.meeting import sides_to_merge
from braid.command.merge import Merged, merge
from braid.command.reports import junit, markdown, sarif
from braid.command.reports.account import Account, Problem
from braid.command.sources import Source
from braid.command.style import Style
from sandbox.merging import Verdict
from schemata.findings import Severity

REPORTS = {"braid.sarif": sarif.render, "braid.junit.xml": junit.render, "braid.md": markdown.render}
NOT_JUDGED = "not-judged"
_OUTCOMES = {
    Verdict.CLEAN: "passed",
    Verdict.REWRITTEN: "rewritten",
    Verdict.CONFLICT: "collides",
    Verdict.BROKEN: "broken",
}


def run(given: argparse.Namespace) -> Exit:
    """Do all of it; the exit code is that of `braid check`, and where that is 0 that of `braid merge`."""
    # A folder that can't be written is known before the work begins, and no older report stays in it.
    _save(given.reports)
    forge = _forge(os.environ)
    told = _told(forge, given)
    forge.tell(told)
    _save(given.reports, *told.accounts)
    return told.exit


def _forge(variables: Mapping[str, str]) -> Forge:
    if variables.get("GITHUB_ACTIONS") == "true":
        return GitHub(variables)
    return GitLab(variables) if variables.get("GITLAB_CI") else Elsewhere()


def _save(folder: str | None, *accounts: Account) -> None:
    """Write the reports, empty ones where there is nothing to tell yet. Raises Stop."""
    if folder is None:
        return
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name, render in REPORTS.items():
            text = render(*accounts) if accounts else ""
            (Path(folder) / name).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise Stop(f"--reports {folder}: {error.strerror}") from None


def _told(forge: Forge, given: argparse.Namespace) -> Told:
    """What was found, as far as the job came."""
    style, texts, found = Style(sys.stdout), [], []
    try:
        for each in _steps(forge, given):
            if isinstance(each, str):
                texts.append(f"{each}\n")
            else:
                found.append(each)
                texts.append(each.text(style))
    except Stop as stop:
        accounts = (*(each.account() for each in found), _stopped(stop))
        return Told(NOT_JUDGED, stop.code, "\n".join([*texts, f"braid: {stop}"]), accounts)
    last = found[-1]
    word = last.judgement.outcome.value if isinstance(last, Checked) else _OUTCOMES[last.result.verdict]
    return Told(word, last.exit, "\n".join(texts), tuple(each.account() for each in found))


def _stopped(stop: Stop) -> Account:
    problem = Problem("ci.stopped", Severity.ERROR, str(stop))
    return Account("ci", NOT_JUDGED, False, "the branch could not be judged", problems=(problem,))


def _steps(forge: Forge, given: argparse.Namespace) -> Iterator[str | Checked | Merged]:
    """Lines that say what is done, then what was found: the check, and the merge if the base has moved on."""
    began = time.monotonic()
    checkout = Checkout(given.folder)
    event = forge.event()
    if given.base:
        event = replace(event, base=named(given.base), note="")
    commits = checkout.sides(event)
    yield _header(event, *commits)
    head = checkout.source(event.head.label, commits[0])
    base = checkout.source(event.base.label, commits[1]) if event.base else None
    checked = check(head, base, given, began)
    yield checked
    if base and checked.exit is Exit.FINE:
        fork = commits[2]
        if not fork:
            yield "not merged: the two have no commit in common"
        elif fork not in commits[:2]:
            yield from _merged(checkout.source(fork[:12], fork), base, head, given)


def _header(event: Event, head: str, base: str, fork: str) -> str:
    if event.base is None:
        return f"braid: {event.head.label} ({head[:12]}): {event.note}"
    parted = f"parted at {fork[:12]}" if fork else "with no commit in common"
    return f"braid: {event.head.label} ({head[:12]}) against {event.base.label} ({base[:12]}), {parted}"


def _merged(fork: Source, base: Source, head: Source, given: argparse.Namespace) -> Iterator[Merged]:
    sides = sides_to_merge(fork, base, head, given.root)
    if sides:
        yield merge(sides, {}, given)
