"""From a check to its account."""

from braid.command.check import Checked
from braid.command.exits import Exit
from braid.command.printing import told_changes, totals
from braid.command.reports.account import Account, Place, Problem, Ran, Step, sorted_by_severity
from braid.command.sources import Source
from sandbox.replays import ReplayFailure
from schemata.findings import Finding
from schemata.history import History

_FAILED = ("replay.failed", "replay.base-failed")


def account(checked: Checked) -> Account:
    judged, history = checked.judgement, checked.history
    found = tuple(_problem(each, checked) for each in judged.findings)
    return Account(
        "check",
        judged.outcome.value,
        checked.exit is Exit.FINE,
        judged.headline,
        root=checked.head.path_of(history.root) if history else checked.head.folder,
        steps=tuple(_steps(checked, history)) if history else (),
        problems=sorted_by_severity(found),
        effects=_effects(checked),
        seconds=checked.seconds,
    )


def _problem(found: Finding, checked: Checked) -> Problem:
    failure = _failure(checked)
    excerpt = failure.excerpt if failure and found.rule in _FAILED else ""
    return Problem(
        found.rule,
        found.severity,
        found.message,
        found.hint,
        place_in(checked.head, found.path, found.line, found.column),
        object=found.object,
        migration=_name(found.path, checked.history),
        excerpt=excerpt,
    )


def place_in(
    source: Source, path: str, line: int | None, column: int | None = None, note: str = ""
) -> Place | None:
    """A place in the files of `source`, seen from the repository's root; None without a path."""
    return Place(source.path_of(path), line, column, note) if path else None


def _name(path: str, history: History | None) -> str:
    """The migration whose file it is."""
    migrations = history.migrations if history else ()
    return next((each.name for each in migrations if path in (each.path, each.down_path) and path), "")


def _steps(checked: Checked, history: History) -> list[Step]:
    replay, failure = checked.judgement.head, _failure(checked)
    ran = {run.name: run.duration_ms / 1000 for run in replay.runs} if replay else {}
    failed = failure.migration if failure else ""
    return [
        Step(
            each.name,
            checked.head.path_of(each.path),
            Ran.FAILED if each.name == failed else Ran.YES if each.name in ran else Ran.STOPPED,
            ran.get(each.name, 0.0),
        )
        for each in history.migrations
    ]


def _failure(checked: Checked) -> ReplayFailure | None:
    replay = checked.judgement.head
    return replay.failure if replay else None


def _effects(checked: Checked) -> tuple[str, ...]:
    changes = told_changes(checked.judgement.changes)
    if checked.base_history is None:
        return (f"makes {totals(changes)}",) if changes else ()
    return tuple(change.summary or str(change.address) for change in changes)
