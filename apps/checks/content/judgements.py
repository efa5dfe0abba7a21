"""One judgement at rest, with all that it consists of; the same input is found again instead of judged again."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from django.db import transaction

from apps.checks.content.diffs import save_diff
from apps.checks.content.findings import count, save_findings
from apps.checks.content.rows import keep
from apps.checks.content.snapshots import find_snapshots, save_snapshot
from apps.checks.content.steps import save_steps
from apps.checks.models import Diff, Judgement, Replay, Snapshot
from apps.projects.models import Project
from sandbox import judge
from sandbox.new_drift import NewDrift
from sandbox.replays import Replay as Replayed
from schemata.findings import Finding, Severity
from schemata.history import History

# Raised whenever the same histories may give another judgement, so that old rows are not found any more.
FORMAT = 4
REPLACED = (
    "outcome",
    "conclusive",
    "headline",
    "layout",
    "root",
    "shared",
    "length",
    "tip",
    "findings",
    "errors",
    "warnings",
    "drift",
    "awaits_drift",
    "base",
    "head",
    "diff",
)


@dataclass(frozen=True, slots=True)
class Side:
    """A history as it was read, with the keys of its steps (`steps.chain_of`)."""

    history: History
    chain: tuple[str, ...]


def judgement_key(base: Side | None, head: Side, fork: Side | None) -> str:
    """Hash of everything that a judgement depends on."""
    sides = [_said(side) if side else () for side in (base, head, fork)]
    seen = [asdict(finding) for finding in head.history.findings]
    return hashlib.sha256(msgspec.json.encode([FORMAT, sides, seen])).hexdigest()


def _said(side: Side) -> tuple[Any, ...]:
    """What of a side is run, or held against what has run."""
    history = side.history
    return side.chain[-1], history.layout, history.root, history.schema_files


def unusable_key(finding: Finding) -> str:
    """The key of a judgement that knows no history, only why there is none."""
    return hashlib.sha256(msgspec.json.encode([FORMAT, "unusable", finding])).hexdigest()


def find_judgement(project: Project, key: str) -> Judgement | None:
    """A judgement that holds for this input; one that a deadline or a missing extension spoiled does not."""
    return Judgement.objects.filter(project=project, key=key, conclusive=True).first()


@transaction.atomic
def save_judgement(
    project: Project, key: str, judged: judge.Judgement, base: Side | None, head: Side | None
) -> Judgement:
    """Keep the judgement and its parts. Saved twice, it is there once."""
    row = Judgement(
        project=project,
        key=key,
        **_counts(judged),
        outcome=judged.outcome,
        conclusive=judged.conclusive,
        headline=judged.headline,
        layout=head.history.layout if head else "",
        root=head.history.root if head else "",
        shared=judged.shared,
        length=len(head.history.migrations) if head else 0,
        tip=head.chain[-1] if head else "",
        drift=judged.drift,
        awaits_drift=judged.awaits_drift,
        findings=save_findings(project, judged.findings),
        **_save_replays(project, judged, base, head),
    )
    return keep([row], update=REPLACED)[0]


@transaction.atomic
def add_drift(row: Judgement, found: NewDrift) -> bool:
    """Complete a judgement that awaits it; False where somebody else has."""
    now = Judgement.objects.select_for_update().get(pk=row.pk)
    if not now.awaits_drift:
        return False
    findings = found.findings()
    now.findings = [*now.findings, *save_findings(now.project, findings)]
    now.warnings += count(findings, Severity.WARNING)
    now.drift, now.awaits_drift = found.count, False
    now.conclusive = now.conclusive and found.conclusive
    now.save(update_fields=["findings", "warnings", "drift", "awaits_drift", "conclusive"])
    return True


def _counts(judged: judge.Judgement) -> dict[str, int]:
    return {
        "errors": count(judged.findings, Severity.ERROR),
        "warnings": count(judged.findings, Severity.WARNING),
    }


def _save_replays(
    project: Project, judged: judge.Judgement, base: Side | None, head: Side | None
) -> dict[str, Any]:
    if head is not None:
        save_steps(project, head.history, head.chain, judged.head)
    if head is None or judged.base is None or judged.head is None:
        return {}
    before, after = _snapshots(project, judged.base, judged.head)
    tip = head.chain[-1]
    rows = {tip: _replay(project, head, judged.head, after)}
    # A base that nobody could run was left out of the replay: its name holds no result.
    if base and base.history.is_runnable:
        rows.setdefault(base.chain[-1], _replay(project, base, judged.base, before))
    kept = {row.key: row for row in keep(list(rows.values()), update=["snapshot", "failure"])}
    return {
        "base": kept.get(base.chain[-1]) if base else None,
        "head": kept[tip],
        "diff": _diff(project, judged, before, after),
    }


def _snapshots(project: Project, base: Replayed, head: Replayed) -> tuple[Snapshot | None, Snapshot | None]:
    """A replay that failed ends somewhere in the middle: nothing that anybody should browse."""
    ended = [replay.catalog for replay in (base, head) if not replay.failure]
    known = find_snapshots(project, ended)
    before = None if base.failure else save_snapshot(project, base.catalog, known)
    near = (before, base.catalog) if before else None
    return before, None if head.failure else save_snapshot(project, head.catalog, known, near)


def _replay(project: Project, side: Side, replay: Replayed, snapshot: Snapshot | None) -> Replay:
    return Replay(
        project=project,
        key=side.chain[-1],
        length=len(side.history.migrations),
        postgres=replay.postgres,
        snapshot=snapshot,
        failure=_failure(replay),
        duration_ms=replay.duration_ms,
        server_ms=replay.server_ms,
    )


def _failure(replay: Replayed) -> dict[str, Any] | None:
    failure = replay.failure
    if failure is None:
        return None
    return {
        "migration": failure.migration,
        "path": failure.path,
        "statement": failure.statement,
        "sqlstate": failure.sqlstate,
        "message": failure.message,
        "detail": failure.detail,
        "hint": failure.hint,
        "line": failure.line,
        "column": failure.column,
        "excerpt": failure.excerpt,
    }


def _diff(
    project: Project, judged: judge.Judgement, before: Snapshot | None, after: Snapshot | None
) -> Diff | None:
    if judged.base is None or judged.head is None or before is None or after is None:
        return None
    return save_diff(project, before, after, judged.changes, (judged.base.catalog, judged.head.catalog))
