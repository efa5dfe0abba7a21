"""`braid merge`: two sides and their base, merged and proved as the server does it."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.command import outputs
from braid.command.exits import Exit, Stop
from braid.command.progress import ProgressLine
from braid.command.reading import open_sandboxes, owner_of, refusal, runnable
from braid.command.reports.account import Account
from braid.command.resolutions import read_resolutions
from braid.command.sources import Source, base_of, source_of
from braid.command.style import Style
from braid.command.writing import write_tree
from sandbox import Sandboxes
from sandbox.errors import SandboxError
from sandbox.merging import MergeResult, Verdict, merge_histories
from sandbox.merging.document import document, values
from sandbox.merging.files import landed_files, merged_schema, of_the_database
from schemata.findings import Finding
from schemata.history import History
from schemata.landing import LandingError, Trees
from schemata.layouts.named import history_of
from schemata.merge.resolutions import Resolution, ResolutionError
from schemata.prisma import MergedSchema, merge_schemas

_EXITS = {
    Verdict.CLEAN: Exit.FINE,
    Verdict.REWRITTEN: Exit.FINE,
    Verdict.CONFLICT: Exit.BLOCKED,
    Verdict.BROKEN: Exit.UNUSABLE,
}
_SIDES = ("base", "ours", "theirs")


@dataclass(frozen=True, slots=True)
class Sides:
    """The three sources and their histories."""

    sources: tuple[Source, Source, Source]
    base: History
    ours: History
    theirs: History


@dataclass(frozen=True, slots=True)
class Merged:
    """What was merged and what came of it; every report is made from this (`outputs.Found`)."""

    sides: Sides
    result: MergeResult
    schema: MergedSchema | None
    seconds: float

    @property
    def exit(self) -> Exit:
        return _EXITS[self.result.verdict]

    def text(self, style: Style) -> str:
        from braid.command.merge_report import report

        return report(self.result, self.schema, style)

    def document(self) -> str:
        return document(self.result, self.schema)

    def account(self) -> Account:
        from braid.command.reports.of_merge import account

        return account(self)


def run(given: argparse.Namespace) -> Exit:
    """Merge, print, and say how it ended."""
    if given.batch:
        return _batch(given)
    chosen = read_resolutions(given.resolutions)
    sides = _read_sides(given)
    outputs.clear(given.output)
    merged = merge(sides, chosen, given)
    if given.out and merged.exit is Exit.FINE:
        write_out(Path(given.out), sides, merged.result, merged.schema)
    outputs.write(merged, given.format, given.output)
    return merged.exit


def merge(sides: Sides, chosen: Mapping[str, Resolution], given: argparse.Namespace) -> Merged:
    """Merge and prove; `given` has the options of a replay, and of resolutions if any are chosen. Raises Stop."""
    began = time.monotonic()
    try:
        result = _result(sides, chosen, given)
    except ResolutionError as error:
        raise Stop(f"{given.resolutions}: {error}") from None
    schema = merged_schema(sides.base, sides.ours, sides.theirs, result, chosen)
    return Merged(sides, result, schema, time.monotonic() - began)


def _result(sides: Sides, chosen: Mapping[str, Resolution], given: argparse.Namespace) -> MergeResult:
    with ProgressLine(sys.stderr) as progress, open_sandboxes() as sandboxes:
        return merge_histories(
            sandboxes,
            sides.base,
            sides.ours,
            sides.theirs,
            owner=owner_of(sides.sources[1]),
            resolutions=of_the_database(chosen),
            postgres=given.postgres or sides.ours.postgres,
            deadline_s=given.deadline,
            on_progress=progress.show,
        )


def write_out(out: Path, sides: Sides, result: MergeResult, schema: MergedSchema | None) -> None:
    """Write ours' tree with what lands into `out`. Raises Stop."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Stop(f"--out {out} is not empty; name a new folder")
    base, ours, theirs = (source.tree for source in sides.sources)
    trees = Trees(base, ours, theirs)
    try:
        landed = landed_files(trees, sides.base, sides.ours, sides.theirs, result, schema)
        write_tree(out, ours, landed.changes)
    except LandingError as error:
        raise Stop(f"--out {out}: {error}") from None
    except OSError as error:
        raise Stop(f"--out {out}: {error.strerror}") from None
    for problem in landed.problems:
        print(f"braid: {problem}", file=sys.stderr)


def _read_sides(given: argparse.Namespace) -> Sides:
    ours = source_of(given.ours)
    base, theirs = base_of(given.base, ours), base_of(given.theirs, ours)
    sources = (base, ours, theirs)
    return sides_of(sources, [runnable(source, given.root, given.layout) for source in sources])


def sides_of(sources: tuple[Source, Source, Source], read: Sequence[History]) -> Sides:
    """Base, ours and theirs. Raises Stop where their layouts differ."""
    layouts = {history.layout for history in read}
    if len(layouts) > 1:
        raise Stop(f"the sides have different layouts ({', '.join(sorted(layouts))}); they can't be merged")
    return Sides(sources, *read)


def _batch(given: argparse.Namespace) -> Exit:
    """One result a line for one case a line; the exit code is the worst of what went wrong."""
    worst = Exit.FINE
    with open_sandboxes() as sandboxes:
        for case in _cases(given.batch):
            found = _case(sandboxes, case, given)
            worst = max(worst, Exit.NOT_JUDGED if found.get("verdict") is None else Exit.FINE)
            print(json.dumps(found, ensure_ascii=False), flush=True)
    return worst


def _cases(name: str) -> Iterator[dict[str, Any]]:
    try:
        with Path(name).open(encoding="utf-8") if name != "-" else sys.stdin as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parsed(name, number, line)
    except OSError as error:
        raise Stop(f"{name}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Stop(f"{name}: not UTF-8: {error}") from None


def _parsed(name: str, number: int, line: str) -> dict[str, Any]:
    try:
        case = json.loads(line)
        for side in _SIDES:
            for each in case[side]["migrations"]:
                if not isinstance(each["name"], str) or not isinstance(each["sql"], str):
                    raise TypeError("a migration's name and sql are texts")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Stop(f"{name}:{number}: not a case ({error}); docs/command.md says what one is") from None
    return dict(case)


def _case(sandboxes: Sandboxes, case: dict[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"id": case.get("id")}
    histories = [_history_of(case, side) for side in _SIDES]
    for side, history in zip(_SIDES, histories, strict=True):
        refused = refusal(history)
        if refused:
            return found | {"verdict": Verdict.BROKEN.value, "broken": _refused(side, refused)}
    base, ours, theirs = histories
    try:
        result = merge_histories(
            sandboxes, base, ours, theirs, owner="batch", postgres=given.postgres, deadline_s=given.deadline
        )
    except SandboxError as error:
        return found | {"verdict": None, "error": str(error)}
    except Exception as error:  # noqa: BLE001 (one case that we can't do must not end all the others)
        return found | {"verdict": None, "error": f"internal error: {type(error).__name__}: {error}"}
    return found | values(result, _schema_of(case))


def _history_of(case: dict[str, Any], side: str) -> History:
    named = [(each["name"], each["sql"]) for each in case[side]["migrations"]]
    return history_of(str(case.get("layout", "sql")), named)


def _refused(side: str, found: Finding) -> dict[str, Any]:
    """The team's own tool would not run the side's files."""
    where = {"file": found.path, "statement": None, "line": found.line}
    return {"side": side, "migration": "", **where, "message": found.message}


def _schema_of(case: dict[str, Any]) -> MergedSchema | None:
    files = [case[side].get("schema") or {} for side in _SIDES]
    return merge_schemas(*files) if any(files) else None


__all__ = ["run"]
