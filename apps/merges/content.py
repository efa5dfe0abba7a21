"""Merges at rest, each kept once per project under the hash of all that it depends on."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from django.db import transaction

from apps.checks.content.compression import pack, unpack
from apps.checks.content.diffs import save_diff
from apps.checks.content.judgements import Side
from apps.checks.content.rows import keep
from apps.checks.content.snapshots import find_snapshots, save_snapshot
from apps.checks.models import Diff
from apps.merges.models import Merge, Outcome
from apps.projects.models import Project
from sandbox.merging import FoundConflict, MergeResult, Verdict
from sandbox.merging.document import shown, values
from sandbox.merging.fingerprint import change_hash
from sandbox.merging.risk import measure
from schemata.findings import Finding
from schemata.prisma import FileConflict, MergedSchema

# Raised whenever the same three histories may give another merge, so that old rows are not found any more.
FORMAT = 12
REPLACED = (
    "outcome",
    "order_matters",
    "headline",
    "objects_in_conflict",
    "collisions",
    "change_hash",
    "diff",
    "risk",
    "body",
)


def merge_key(base: Side, ours: Side, theirs: Side, choices: Mapping[str, Any]) -> str:
    """Hash of everything that a merge depends on: histories, schema files, and what people chose."""
    sides = [
        (side.chain[-1], side.history.layout, side.history.root, _schema_files(side))
        for side in (base, ours, theirs)
    ]
    return hashlib.sha256(msgspec.json.encode([FORMAT, sides, choices], order="sorted")).hexdigest()


def unusable_key(side: str, finding: Finding) -> str:
    return hashlib.sha256(msgspec.json.encode([FORMAT, side, finding])).hexdigest()


def find_merge(project: Project, key: str) -> Merge | None:
    return Merge.objects.filter(project=project, key=key).first()


def load_document(merge: Merge) -> dict[str, Any]:
    """The merge as docs/command.md describes it; of an unusable one `finding` and `side` only."""
    found: dict[str, Any] = unpack(merge.body)
    return found


def open_conflicts(told: Mapping[str, Any]) -> list[str]:
    """Ids of the conflicts that a document leaves to people: those of the database, and the schema file's own."""
    files = (told.get("schema_file") or {}).get("conflicts", ())
    own = [each["id"] for each in files if not each["follows"]]
    return [*(each["id"] for each in told.get("conflicts", ())), *own]


@transaction.atomic
def save_merge(
    project: Project, key: str, result: MergeResult, schema: MergedSchema | None, postgres: int | None = None
) -> Merge:
    """Keep the merge, which was run on the major version `postgres` if one is asked for. Twice is once."""
    row = Merge(
        project=project,
        key=key,
        outcome=outcome_of(result, schema),
        order_matters=result.order_matters,
        headline=headline(result, schema),
        objects_in_conflict=_objects(result, schema),
        collisions=collisions_of(result, schema),
        change_hash=change_hash(result, postgres) if result.base else "",
        diff=_save_diff(project, result),
        risk=_risk(result),
        body=pack(values(result, schema) | shown(result) | {"postgres": postgres}),
    )
    return keep([row], update=REPLACED)[0]


@transaction.atomic
def save_unusable(project: Project, side: str, finding: Finding) -> Merge:
    """A side whose files can't be read or run at all, so that there is nothing to merge."""
    row = Merge(
        project=project,
        key=unusable_key(side, finding),
        outcome=Outcome.UNUSABLE,
        headline=f"{side}: {finding.message}",
        body=pack({"side": side, "finding": finding}),
    )
    return keep([row], update=REPLACED)[0]


def outcome_of(result: MergeResult, schema: MergedSchema | None) -> str:
    """The verdict; a merge whose schema file nobody can write yet is a conflict as well."""
    could_land = result.verdict in (Verdict.CLEAN, Verdict.REWRITTEN)
    return Outcome.CONFLICT.value if could_land and _in_files(schema) else result.verdict.value


def headline(result: MergeResult, schema: MergedSchema | None = None) -> str:
    """The outcome in one line."""
    if result.verdict is Verdict.BROKEN and result.broken:
        return f"{result.broken.side.value} does not replay: {result.broken.message}"
    if outcome_of(result, schema) == Outcome.CONFLICT:
        objects = _objects(result, schema)
        more = f" and {len(objects) - 1} more" if len(objects) > 1 else ""
        return f"collides on {objects[0]}{more}"
    if result.verdict is Verdict.REWRITTEN:
        return "merges, with migrations rewritten for it"
    return "merges, but the order matters" if result.order_matters else "merges, in either order"


def _risk(result: MergeResult) -> dict[str, Any] | None:
    risk = measure(result)
    return asdict(risk) if risk else None


def _objects(result: MergeResult, schema: MergedSchema | None = None) -> list[str]:
    """What the conflicts are about, each once, as people say it."""
    return list(dict.fromkeys([*map(_object, result.conflicts), *(name for _key, name in _in_files(schema))]))


def collisions_of(result: MergeResult, schema: MergedSchema | None = None) -> list[list[str]]:
    """Key and object of each conflict. A branch that holds what the default branch did collides with another
    branch on the same as the default branch does: then the key is the same, whichever of the two is ours."""
    keyed = [[_collision_key(each), _object(each)] for each in result.conflicts]
    return [*keyed, *(list(each) for each in _in_files(schema))]


def _in_files(schema: MergedSchema | None) -> list[tuple[str, str]]:
    """Key and name of what is left of schema files: conflicts of their own, and files that can't be read."""
    if schema is None:
        return []
    own = [each for each in schema.conflicts if not each.follows]
    unread = [(_said(each.path, each.problem.message), each.path) for each in schema.unreadable]
    return [*((_file_key(each), _file_name(each)) for each in own), *unread]


def _file_key(found: FileConflict) -> str:
    sides = sorted(map(str, (found.ours, found.theirs)))
    return _said(found.block, found.member, found.part, found.message, *sides)


def _file_name(found: FileConflict) -> str:
    return " ".join(filter(None, (found.path, found.block, found.member)))


def _said(*parts: str) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _collision_key(found: FoundConflict) -> str:
    sides = sorted(repr(side) for side in (found.ours, found.theirs))
    said = (found.kind, _object(found), repr(found.base), sides, found.message)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _object(found: FoundConflict) -> str:
    name = f"{found.object_kind} {found.object_name}"
    return f"{name} ({found.attribute})" if found.attribute else name


def _schema_files(side: Side) -> list[tuple[str, str]]:
    return [(file.path, hashlib.sha256(file.text.encode()).hexdigest()) for file in side.history.schema_files]


def _save_diff(project: Project, result: MergeResult) -> Diff | None:
    """From ours to the merge; while there is none, from the base to theirs."""
    both = result.before_and_after
    if both is None:
        return None
    known = find_snapshots(project, both)
    before = save_snapshot(project, both[0], known)
    after = save_snapshot(project, both[1], known, (before, both[0]))
    return save_diff(project, before, after, result.changes, both)
