"""Conflicts as people get to see them: named, placed, with what there is to choose."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from sandbox.merging.rebasing import Stuck
from sandbox.merging.rows import Collision
from sandbox.merging.values import FoundConflict, OrderProof, Place
from schemata.merge import Conflict
from schemata.merge.histories import EditedTwice


def of_objects(found: Conflict, where: Mapping[str, Place | None]) -> FoundConflict:
    return FoundConflict(
        found.id,
        found.kind.value,
        found.at.kind.value,
        found.at.path,
        found.attribute,
        found.base,
        found.ours,
        found.theirs,
        where,
        found.options,
        conflict=found,
    )


def edited_twice(edited: EditedTwice) -> FoundConflict:
    texts = [None if each is None else each.text for each in (edited.ours, edited.theirs)]
    found = of_migrations(
        "migration-edited-twice",
        edited.name,
        f"both sides changed {edited.name}, which had landed, differently",
    )
    return replace(found, ours=texts[0], theirs=texts[1], options=("ours", "theirs"))


def unproved(proof: OrderProof) -> FoundConflict:
    if proof.failure:
        return of_migrations("not-proved", proof.failure.migration, proof.failure.message)
    first = proof.deviations[0]
    return of_migrations("not-proved", str(first.at), f"{first.at} would not be as merged: {first.attribute}")


def rows_collide(found: Collision) -> FoundConflict:
    name, message = found.failure.migration, found.failure.message
    return of_migrations(
        "rows-collide", name, f"on tables with rows it runs by itself, but not after ours: {message}"
    )


def of_migrations(kind: str, name: str, message: str) -> FoundConflict:
    said = hashlib.sha256(repr((kind, name, message)).encode()).hexdigest()[:16]
    where: dict[str, Place | None] = {"ours": None, "theirs": None}
    return FoundConflict(said, kind, "migration", name, "", None, None, None, where, (), message)


def history_rewritten(name: str, why: str) -> FoundConflict:
    """A side did to landed migrations what databases that ran them can't follow."""
    message = (
        f"{name} had landed and was changed, renamed or removed by a side, and databases that ran it can't "
        f"follow: {why}"
    )
    return of_migrations("history-rewritten", name, message)


def does_not_fit(stuck: Stuck) -> FoundConflict:
    """A statement of theirs for which no rewriting was found: leave it out, or say what stands in its place."""
    unit = stuck.unit
    text = unit.part.text.strip() if unit.part else unit.migration.text
    place = Place(unit.migration.name, unit.migration.path, unit.line, max(unit.statement, 0), text)
    message = (
        "this statement does not run where ours now stands, and no other way to do its work was found: "
        f"{stuck.reason}"
    )
    found = of_migrations("statement-does-not-fit", unit.migration.name, message)
    where = {"ours": None, "theirs": place}
    return replace(found, theirs=text, where=where, options=("ours", "sql") if unit.part else ())
