"""A case folder as a tree, and what a reader made of it as JSON."""

from pathlib import Path
from typing import Any

from schemata.findings import Finding
from schemata.history import Batch, History, Migration
from schemata.layouts import FolderTree, LayoutError, read_project

CASES = Path(__file__).parents[2] / "cases" / "layouts"


def result_of(case: Path) -> dict[str, Any]:
    try:
        history = read_project(FolderTree(case / "tree"))
    except LayoutError as error:
        return {"error": found(error.finding)}
    return described(history)


def described(history: History) -> dict[str, Any]:
    return {
        "layout": history.layout,
        "root": history.root,
        "postgres": history.postgres,
        "is_runnable": history.is_runnable,
        "schema_files": [file.path for file in history.schema_files],
        "migrations": [_migration(migration) for migration in history.migrations],
        "findings": [found(finding) for finding in history.findings],
    }


def found(finding: Finding) -> dict[str, Any]:
    place = [finding.path, finding.line, finding.column]
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "place": ":".join(str(part) for part in place if part),
        "message": finding.message,
        "hint": finding.hint.split("\n"),
    }


def _migration(migration: Migration) -> dict[str, Any]:
    described = {
        "name": migration.name,
        "path": migration.path,
        "transaction": migration.transaction.value,
        "batches": [_batch(batch) for batch in migration.batches],
    }
    if migration.down is not None:
        described["down"] = [_batch(batch) for batch in migration.down]
        described["down_path"] = migration.down_path
    if migration.split_errors:
        described["split_errors"] = [str(error) for error in migration.split_errors]
    return described


def _batch(batch: Batch) -> list[str]:
    return [f"{each.line}:{each.column} {each.kind} {each.text!r}" for each in batch.statements]
