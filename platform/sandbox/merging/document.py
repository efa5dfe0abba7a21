"""A merge as one JSON object; docs/command.md describes it, and its keys stay."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from sandbox.merging.conflicts import of_objects
from sandbox.merging.exhibits import exhibits
from sandbox.merging.values import Broken, FoundConflict, MergeResult, OrderProof, Place, Proof
from sandbox.replays import ReplayFailure
from schemata.catalog import Address
from schemata.prisma import FileConflict, MergedSchema

FORMAT = 1


def document(result: MergeResult, schema: MergedSchema | None) -> str:
    """The whole outcome on several lines."""
    return json.dumps(values(result, schema), indent=2, ensure_ascii=False)


def values(result: MergeResult, schema: MergedSchema | None) -> dict[str, Any]:
    """The outcome as JSON-ready values."""
    return {
        "format": FORMAT,
        "verdict": result.verdict.value,
        "order_matters": result.order_matters,
        "conflicts": [_conflict(found) for found in result.conflicts],
        "soft": [
            {"rule": found.rule, "message": found.message, "objects": list(found.objects)}
            for found in result.soft
        ],
        "migrations": [
            {
                "name": each.name,
                "sql": each.sql,
                "origin": each.origin.value,
                "replaces": each.replaces,
                "original": each.original,
            }
            for each in result.migrations
        ],
        "proof": _proof(result.proof),
        "schema_file": _schema(schema) if schema else None,
        "broken": _broken(result.broken) if result.broken else None,
    }


def shown(result: MergeResult) -> dict[str, Any]:
    """What pages show beside `values`: the exhibits by conflict id, and the conflicts that choices settled."""
    nowhere = {"ours": None, "theirs": None}
    return {
        "exhibits": {each.conflict: asdict(each) for each in exhibits(result)},
        "settled": [_conflict(of_objects(each.conflict, nowhere)) for each in result.settled],
    }


def _conflict(found: FoundConflict) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "object": {"kind": found.object_kind, "name": found.object_name},
        "attribute": found.attribute,
        "base": _plain(found.base),
        "ours": _plain(found.ours),
        "theirs": _plain(found.theirs),
        "where": {side: _place(place) for side, place in found.where.items()},
        "options": list(found.options),
        "message": found.message,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"file": place.path, "line": place.line, "migration": place.migration, "sql": place.sql}


def _proof(proof: Proof) -> dict[str, Any]:
    rows = proof.rows
    return {
        "merged": proof.merged or None,
        "ours_then_theirs": _order(proof.ours_then_theirs),
        "theirs_then_ours": _order(proof.theirs_then_ours),
        "rewritten": _order(proof.rewritten),
        "rows": {
            "tables": rows.tables,
            "differences": list(rows.differences),
            "uncompared": list(rows.uncompared),
        }
        if rows
        else None,
    }


def _order(proof: OrderProof | None) -> str | dict[str, Any] | None:
    """The hash of what an order gave, or the error that ended it; null where it was not run."""
    if proof is None:
        return None
    return _failure(proof.failure) if proof.failure else proof.hash


def _failure(failure: ReplayFailure) -> dict[str, Any]:
    return {
        "error": failure.message,
        "sqlstate": failure.sqlstate,
        "migration": failure.migration,
        "file": failure.path,
        "line": failure.line,
    }


def _broken(broken: Broken) -> dict[str, Any]:
    failure = broken.failure
    return {
        "side": broken.side.value,
        "migration": failure.migration,
        "file": failure.path,
        "statement": failure.statement,
        "line": failure.line,
        "message": failure.message,
    }


def _schema(schema: MergedSchema) -> dict[str, Any]:
    return {
        "files": dict(schema.files),
        "conflicts": [_file_conflict(found) for found in schema.conflicts],
        "settled": [_file_conflict(found) for found in schema.settled],
        "unreadable": [
            {
                "side": each.side,
                "file": each.path,
                "line": each.problem.line,
                "message": each.problem.message,
            }
            for each in schema.unreadable
        ],
    }


def _file_conflict(found: FileConflict) -> dict[str, Any]:
    return {
        "id": found.id,
        "file": found.path,
        "block": found.block,
        "member": found.member,
        "part": found.part,
        "base": found.base,
        "ours": found.ours,
        "theirs": found.theirs,
        "line_ours": found.line_ours,
        "line_theirs": found.line_theirs,
        "options": list(found.options),
        "message": found.message,
        "follows": found.follows,
    }


def _plain(value: object) -> Any:
    """A catalog value as JSON: addresses read as people say them."""
    if isinstance(value, Address):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return value
