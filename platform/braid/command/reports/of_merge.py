"""From a merge to its account: what collides, with the statements of both sides, and what lands."""

from collections.abc import Iterator

from braid.command.merge import Merged
from braid.command.merge_report import headline, lands
from braid.command.reports.account import Account, Place, Problem, Ran, Step, sorted_by_severity
from braid.command.reports.of_check import place_in
from braid.command.sources import Source
from sandbox.merging import FoundConflict
from sandbox.merging.values import Broken, LandedMigration, Origin, SoftFinding
from schemata.findings import Severity
from schemata.history import Migration
from schemata.prisma import MergedSchema


def account(merged: Merged) -> Account:
    result = merged.result
    return Account(
        "merge",
        result.verdict.value,
        lands(result),
        headline(result),
        root=merged.sides.sources[2].path_of(merged.sides.theirs.root),
        steps=tuple(_step(each, merged) for each in _new(merged)),
        problems=sorted_by_severity(tuple(_problems(merged))),
        effects=tuple(map(_landing, result.migrations)),
        seconds=merged.seconds,
    )


def _problems(merged: Merged) -> Iterator[Problem]:
    result = merged.result
    if result.broken:
        yield _broken(result.broken, merged)
    for found in result.conflicts:
        yield _conflict(found, merged)
    if merged.schema:
        yield from _schema(merged.schema, merged.sides.sources[2])
    paths = {each.name: each.path for each in merged.sides.theirs.migrations}
    for landed in result.migrations:
        if landed.origin is Origin.REWRITTEN:
            place = place_in(merged.sides.sources[2], paths.get(landed.replaces, ""), None)
            yield Problem("merge.rewritten", Severity.NOTICE, _landing(landed), place=place)
    yield from map(_soft, result.soft)


def _broken(broken: Broken, merged: Merged) -> Problem:
    failure, side = broken.failure, broken.side.value
    source = merged.sides.sources[("base", "ours", "theirs").index(side)]
    return Problem(
        "merge.broken",
        Severity.ERROR,
        f"{side} stops at {failure.migration}: {failure.message}",
        failure.hint,
        place_in(source, failure.path, failure.line, failure.column),
        migration=failure.migration if side == "theirs" else "",
        excerpt=failure.excerpt,
    )


def _conflict(found: FoundConflict, merged: Merged) -> Problem:
    """Its first place is in theirs, the branch that asks, where that is known."""
    sides = zip(("theirs", "ours"), (merged.sides.sources[2], merged.sides.sources[1]), strict=True)
    at = [(source, side, found.where.get(side)) for side, source in sides]
    places = [place_in(source, each.path, each.line, note=side) for source, side, each in at if each]
    known = [each for each in places if each]
    return Problem(
        f"merge.{found.kind}",
        Severity.ERROR,
        _said(found),
        place=known[0] if known else None,
        others=tuple(known[1:]),
        object=f"{found.object_kind} {found.object_name}",
    )


def _said(found: FoundConflict) -> str:
    about = " ".join(part for part in (found.object_kind, found.object_name, found.attribute) if part)
    if found.message:
        return f"{about}: {found.message}"
    values = (f"{side} {_value(getattr(found, side))}" for side in ("base", "ours", "theirs"))
    return f"{about} collides: {', '.join(values)}"


def _value(value: object) -> str:
    text = " ".join(str(value).split()) if value not in (None, "") else "has none"
    return text if len(text) <= 200 else f"{text[:199]}…"


def _schema(schema: MergedSchema, source: Source) -> Iterator[Problem]:
    for found in schema.conflicts:
        name = " ".join(part for part in (found.block, found.member, found.part) if part)
        place = Place(source.path_of(found.path), found.line_theirs or None)
        yield Problem(
            "merge.schema-file",
            Severity.WARNING,
            f"{name} was changed on both sides",
            place=place,
            object=name,
        )
    for each in schema.unreadable:
        place = Place(source.path_of(each.path), each.problem.line, note=each.side)
        message = f"{each.side}: {each.problem.message}"
        yield Problem("merge.schema-file-unreadable", Severity.WARNING, message, place=place)


def _soft(found: SoftFinding) -> Problem:
    return Problem(f"merge.{found.rule}", Severity.NOTICE, found.message, object=", ".join(found.objects))


def _new(merged: Merged) -> list[Migration]:
    """What the branch that asks adds."""
    known = {each.name for each in merged.sides.base.migrations}
    return [each for each in merged.sides.theirs.migrations if each.name not in known]


def _step(migration: Migration, merged: Merged) -> Step:
    broken = merged.result.broken
    failed = (
        broken is not None and broken.side.value == "theirs" and broken.failure.migration == migration.name
    )
    ran = Ran.FAILED if failed else Ran.STOPPED if broken else Ran.YES
    return Step(migration.name, merged.sides.sources[2].path_of(migration.path), ran)


def _landing(landed: LandedMigration) -> str:
    was = f" (was {landed.replaces})" if landed.replaces not in ("", landed.name) else ""
    return f"{landed.name}{was} lands, {_ORIGINS[landed.origin]}"


_ORIGINS = {
    Origin.THEIRS: "as it is",
    Origin.RESTAMPED: "under a later name",
    Origin.REWRITTEN: "rewritten",
    Origin.GENERATED: "made by the merge",
}
