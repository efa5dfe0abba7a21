"""The check as one JSON document; docs/command.md describes it, and its keys stay."""

import json
from typing import TYPE_CHECKING, Any

from braid.command.sources import Source
from sandbox.replays import MigrationRun, Replay
from schemata.findings import Finding
from schemata.history import History, Migration

if TYPE_CHECKING:
    from braid.command.check import Checked

FORMAT = 1


def document(checked: "Checked") -> str:
    judged = checked.judgement
    return json.dumps(
        {
            "format": FORMAT,
            "outcome": judged.outcome.value,
            "headline": judged.headline,
            "conclusive": judged.conclusive,
            "head": side_values(checked.head, checked.history),
            "base": side_values(checked.base, checked.base_history) if checked.base else None,
            "shared": judged.shared,
            "findings": [finding_values(finding) for finding in judged.findings],
            "changes": [change.to_json() for change in judged.changes],
            "replay": _replay(judged.head, checked.history),
            "duration_ms": round(checked.seconds * 1000, 1),
        },
        indent=2,
        ensure_ascii=False,
        default=str,
    )


def side_values(source: Source, history: History | None) -> dict[str, Any]:
    """One side of a comparison: what was typed, and what was found there."""
    return {
        "source": source.label,
        "commit": source.commit if source.is_commit else None,
        "layout": history.layout if history else None,
        "root": history.root if history else None,
        "migrations": len(history.migrations) if history else 0,
        "hash": history.hash if history else None,
    }


def finding_values(finding: Finding) -> dict[str, Any]:
    """A finding's keys, the same in every document."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "object": finding.object,
    }


def _replay(replay: Replay | None, history: History | None) -> dict[str, Any] | None:
    if replay is None or history is None:
        return None
    pairs = zip(replay.runs, history.migrations, strict=False)
    return {
        "postgres": replay.postgres,
        "duration_ms": replay.duration_ms,
        "server_ms": replay.server_ms,
        "migrations": [_run(run, migration) for run, migration in pairs],
        "failure": _failure(replay),
    }


def _run(run: MigrationRun, migration: Migration) -> dict[str, Any]:
    statements = migration.statements
    return {
        "name": run.name,
        "path": run.path,
        "duration_ms": run.duration_ms,
        "cached": run.cached,
        "statements": [
            {"line": statements[each.index].line, "duration_ms": each.duration_ms} for each in run.statements
        ],
    }


def _failure(replay: Replay) -> dict[str, Any] | None:
    failure = replay.failure
    if failure is None:
        return None
    names = ("migration", "path", "line", "column", "sqlstate", "message", "detail", "hint", "excerpt")
    return {name: getattr(failure, name) for name in names}
