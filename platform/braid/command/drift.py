"""`braid drift`: where a Prisma schema file and its replayed migrations disagree."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TextIO

from braid.command.document import FORMAT, finding_values, side_values
from braid.command.exits import Exit, Stop
from braid.command.printing import counted, finding_lines, place, printable
from braid.command.progress import ProgressLine
from braid.command.reading import open_sandboxes, owner_of, readable
from braid.command.sources import Source, source_of
from braid.command.style import Style
from sandbox.drifting import Drift, find_drift
from schemata.findings import Finding, Severity
from schemata.history import History, SourceFile

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Drifted:
    """What was compared and what came of it."""

    source: Source
    history: History
    drift: Drift
    seconds: float

    @property
    def outcome(self) -> str:
        if not self.drift.comparable:
            return "unusable"
        return "drifts" if self.count(Severity.ERROR) else "agrees"

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.drift.findings)


_EXITS = {"agrees": Exit.FINE, "drifts": Exit.BLOCKED, "unusable": Exit.UNUSABLE}


def run(given: argparse.Namespace) -> Exit:
    """Compare, print, and say how it ended."""
    began = time.monotonic()
    source = source_of(given.folder)
    history = _history(source, given)
    with ProgressLine(sys.stderr) as progress, open_sandboxes() as sandboxes:
        found = find_drift(
            sandboxes,
            history,
            owner=owner_of(source),
            postgres=given.postgres or history.postgres,
            deadline_s=given.deadline,
            on_progress=progress.show,
        )
    drifted = Drifted(source, history, found, time.monotonic() - began)
    if given.json:
        print(_document(drifted))
    else:
        _report(drifted, sys.stdout, given.all)
    return _EXITS[drifted.outcome]


def _history(source: Source, given: argparse.Namespace) -> History:
    history = readable(source, given.root)
    if history.layout != "prisma":
        raise Stop(f"{source.label}: drift compares Prisma's schema files; this is {history.layout}")
    if given.schema:
        return replace(history, schema_files=_named_schema(source, given.schema.strip("/")))
    if not history.schema_files:
        raise Stop(f"{source.label}: no .prisma file beside {history.root}; name one with --schema")
    return history


def _named_schema(source: Source, path: str) -> tuple[SourceFile, ...]:
    """The file, or all .prisma files of the folder, that --schema names."""
    below = sorted(file.path for file in source.tree.files(path) if file.path.endswith(".prisma"))
    try:
        return tuple(SourceFile(each, source.tree.read(each).decode()) for each in below or [path])
    except OSError:
        raise Stop(f"{source.label}: --schema {path} is not there") from None
    except UnicodeDecodeError:
        raise Stop(f"{source.label}: --schema {path} is not UTF-8") from None


def _document(drifted: Drifted) -> str:
    replay = drifted.drift.replay
    return json.dumps(
        {
            "format": FORMAT,
            "outcome": drifted.outcome,
            "head": side_values(drifted.source, drifted.history),
            "schema": [file.path for file in drifted.history.schema_files],
            "errors": drifted.count(Severity.ERROR),
            "notices": drifted.count(Severity.NOTICE),
            "findings": [finding_values(finding) for finding in drifted.drift.findings],
            "postgres": replay.postgres if replay else None,
            "duration_ms": round(drifted.seconds * 1000, 1),
        },
        indent=2,
        ensure_ascii=False,
    )


def _report(drifted: Drifted, stream: TextIO, show_all: bool) -> None:
    style = Style(stream)
    errors = [each for each in drifted.drift.findings if each.severity is Severity.ERROR]
    notices = [each for each in drifted.drift.findings if each.severity is not Severity.ERROR]
    parts = (
        _header(drifted, style),
        (line for each in errors for line in finding_lines(each, style)),
        _outside(notices, style, show_all),
        _ending(drifted, style),
    )
    stream.write(printable("\n\n".join("\n".join(part) for part in map(list, parts) if part), style) + "\n")


def _header(drifted: Drifted, style: Style) -> Iterator[str]:
    files = drifted.history.schema_files
    shown = files[0].path if len(files) == 1 else counted(len(files), "schema file")
    against = counted(len(drifted.history.migrations), "migration")
    yield f"{style.bold(drifted.source.label)}  {shown} against {against} in {drifted.history.root or '.'}"


def _outside(notices: list[Finding], style: Style, show_all: bool) -> Iterator[str]:
    """By kind, for there may be many: a few of each, unless all are asked for."""
    ordered = sorted(notices, key=lambda each: each.rule)
    for rule, group in groupby(ordered, key=lambda each: each.rule):
        found = list(group)
        shown = found if show_all else found[:_SHOWN]
        yield style.dim(f"  outside the schema language: {_kind(rule)} ({len(found)})")
        for each in shown:
            where = place(each.path, each.line)
            yield f"    {each.message}{style.dim(f'  {where}') if where else ''}"
        if len(found) > len(shown):
            yield style.dim(f"    and {len(found) - len(shown)} more (--all)")


def _kind(rule: str) -> str:
    return rule.rpartition(".")[2].replace("-", " ")


def _ending(drifted: Drifted, style: Style) -> Iterator[str]:
    colour = style.green if drifted.outcome == "agrees" else style.red
    errors, notices = drifted.count(Severity.ERROR), drifted.count(Severity.NOTICE)
    told = f"{counted(errors, 'error')}, {notices:,} outside the language"
    yield f"{style.bold(colour(drifted.outcome))}: {told} {style.dim(f'({drifted.seconds:.1f} s)')}"
