"""One judgement at rest, with all that it consists of; the same input is found again instead of judged again."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.db import transaction

from apps.checks.content.diffs import save_diff
from apps.checks.content.findings import count, save_findings
from apps.checks.content.snapshots import save_snapshot
from apps.checks.content.steps import save_steps
from apps.checks.models import Diff, Judgement, Replay, Snapshot
from apps.projects.models import Project
from sandbox import judge
from sandbox.replays import Replay as Replayed
from schemata.catalog import Catalog
from schemata.findings import Finding, Severity
from schemata.history import History

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Side:
    """A history as it was read, with the keys of its steps (`steps.chain_of`)."""

    history: History
    chain: tuple[str, ...]


def judgement_key(base: Side | None, head: Side, fork: Side | None) -> str:
    """Hash of everything that a judgement depends on."""
    sides = [
        (side.chain[-1], side.history.layout, side.history.root) if side else ()
        for side in (base, head, fork)
    ]
    seen = [asdict(finding) for finding in head.history.findings]
    return hashlib.sha256(orjson.dumps([FORMAT, sides, seen])).hexdigest()


def unusable_key(finding: Finding) -> str:
    """The key of a judgement that knows no history, only why there is none."""
    return hashlib.sha256(orjson.dumps([FORMAT, "unusable", finding])).hexdigest()


def find_judgement(project: Project, key: str) -> Judgement | None:
    """A judgement that holds for this input; one that a deadline or a missing extension spoiled does not."""
    return Judgement.objects.filter(project=project, key=key, conclusive=True).first()


@transaction.atomic
def save_judgement(
    project: Project, key: str, judged: judge.Judgement, base: Side | None, head: Side | None
) -> Judgement:
    """Keep the judgement and its parts. Saved twice, it is there once."""
    replays = _save_replays(project, judged, base, head)
    row, _ = Judgement.objects.update_or_create(
        project=project,
        key=key,
        defaults={
            **_counts(judged),
            "outcome": judged.outcome,
            "conclusive": judged.conclusive,
            "headline": judged.headline,
            "layout": head.history.layout if head else "",
            "root": head.history.root if head else "",
            "shared": judged.shared,
            "length": len(head.history.migrations) if head else 0,
            "tip": head.chain[-1] if head else "",
            "findings": save_findings(project, judged.findings),
            **replays,
        },
    )
    return row


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
    before = _snapshot(project, judged.base, None)
    near = (before, judged.base.catalog) if before else None
    after = _snapshot(project, judged.head, near)
    return {
        # A base that nobody could run was left out of the replay: its name holds no result.
        "base": _save_replay(project, base, judged.base, before) if base and base.history.is_runnable else None,
        "head": _save_replay(project, head, judged.head, after),
        "diff": _diff(project, judged, before, after),
    }


def _snapshot(project: Project, replay: Replayed, near: tuple[Snapshot, Catalog] | None) -> Snapshot | None:
    """A replay that failed ends somewhere in the middle: nothing that anybody should browse."""
    return None if replay.failure else save_snapshot(project, replay.catalog, near)


def _save_replay(project: Project, side: Side, replay: Replayed, snapshot: Snapshot | None) -> Replay:
    row, _ = Replay.objects.update_or_create(
        project=project,
        key=side.chain[-1],
        defaults={
            "length": len(side.history.migrations),
            "postgres": replay.postgres,
            "snapshot": snapshot,
            "failure": _failure(replay),
            "duration_ms": replay.duration_ms,
            "server_ms": replay.server_ms,
        },
    )
    return row


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
