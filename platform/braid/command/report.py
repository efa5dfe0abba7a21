"""The check as text for people: what is new, what it changes, what was found, how it ended."""

from collections.abc import Iterator

from braid.command.check import Checked
from braid.command.printing import (
    change_line,
    counted,
    finding_lines,
    place,
    printable,
    told_changes,
    totals,
)
from braid.command.style import Style
from sandbox.judge import Outcome
from sandbox.replays import MigrationRun, ReplayFailure
from schemata.findings import Severity

_FAILED = ("replay.failed", "replay.base-failed")
_SHOWN = 200


def report(checked: Checked, style: Style) -> str:
    """All parts that have something to say, a blank line between them."""
    parts = (
        _header(checked, style),
        _new(checked, style),
        _changes(checked, style),
        _findings(checked, style),
    )
    texts = ["\n".join(part) for part in (*map(list, parts), [_verdict(checked, style)]) if part]
    return printable("\n\n".join(texts), style) + "\n"


def _header(checked: Checked, style: Style) -> Iterator[str]:
    history = checked.history
    if history is None:
        return
    place = f" in {history.root}" if history.root else ""
    yield f"{style.bold(checked.head.label)}  {history.layout}{place}, {counted(len(history.migrations), 'migration')}"
    replay = checked.judgement.head
    postgres = f"Postgres {replay.postgres}" if replay else ""
    base = f"against {checked.base.label}, {checked.judgement.shared} shared" if checked.base else ""
    line = ", ".join(part for part in (base, postgres) if part)
    if line:
        yield style.dim(line)


def _new(checked: Checked, style: Style) -> Iterator[str]:
    """The migrations that the base does not have, with their times; without a base only a failed one."""
    replay = checked.judgement.head
    if replay is None:
        return
    if checked.base_history is not None:
        known = {migration.name for migration in checked.base_history.migrations}
        known |= {replay.failure.migration} if replay.failure else set()
        for run in replay.runs[checked.judgement.shared :]:
            if run.name not in known:
                yield _run_line(run, style)
    if replay.failure:
        yield from _failure(replay.failure, style)


def _run_line(run: MigrationRun, style: Style) -> str:
    time = "known" if run.cached else f"{run.duration_ms:.0f} ms"
    return f"  {style.green('ok')}  {run.name}  {style.dim(time)}"


def _failure(failure: ReplayFailure, style: Style) -> Iterator[str]:
    yield f"  {style.red('failed')}  {style.bold(failure.migration)}"
    yield f"    {place(failure.path, failure.line, failure.column)}"
    for line in failure.excerpt.split("\n") if failure.excerpt else ():
        yield f"    {line}"
    yield f"    {style.red(failure.message)} {style.dim(f'({failure.sqlstate})')}"
    for more in (failure.detail, failure.hint):
        if more:
            yield f"    {more}"


def _changes(checked: Checked, style: Style) -> Iterator[str]:
    changes = told_changes(checked.judgement.changes)
    if not changes:
        return
    if checked.base_history is None:
        yield f"  makes {totals(changes)}"
        return
    for change in changes[:_SHOWN]:
        yield f"  {change_line(change, style)}"
    if len(changes) > _SHOWN:
        yield f"  and {len(changes) - _SHOWN} more (all of them with --format json)"


def _findings(checked: Checked, style: Style) -> Iterator[str]:
    """All findings but the replay's failure, which is shown with its statement already."""
    is_shown = checked.judgement.head is not None and checked.judgement.head.failure is not None
    order = list(Severity)
    found = sorted(checked.judgement.findings, key=lambda finding: order.index(finding.severity))
    for finding in found:
        if not (is_shown and finding.rule in _FAILED):
            yield from finding_lines(finding, style)


def _verdict(checked: Checked, style: Style) -> str:
    judged = checked.judgement
    colour = {Outcome.PASSED: style.green}.get(judged.outcome, style.red)
    said = style.bold(colour(judged.outcome.value))
    headline = "" if judged.outcome is not Outcome.PASSED else f": {judged.headline}"
    return f"{said}{headline} {style.dim(f'({checked.seconds:.1f} s)')}"
