"""A merge as text for people: the verdict, what collides and where, what lands, and what was run."""

import shutil
from collections.abc import Iterator

from braid.command.beside import beside
from braid.command.printing import printable
from braid.command.style import Style
from sandbox.merging import FoundConflict, MergeResult, Verdict
from sandbox.merging.values import OrderProof, Origin, Place
from schemata.prisma import MergedSchema

_SAYS = {
    Verdict.CLEAN: "theirs' migrations run on ours as they are",
    Verdict.REWRITTEN: "theirs' migrations had to be rewritten for ours",
    Verdict.CONFLICT: "people must decide",
    Verdict.BROKEN: "a side does not replay",
}
_SHOWN = 50


def report(result: MergeResult, schema: MergedSchema | None, style: Style) -> str:
    """All parts that have something to say, a blank line between them."""
    parts = (
        _broken(result, style),
        _conflicts(result, style),
        _landing(result, style),
        _schema(schema, style) if schema else iter(()),
        _soft(result, style),
        _proof(result, style),
    )
    texts = ["\n".join(part) for part in (*map(list, parts), [_verdict(result, style)]) if part]
    return printable("\n\n".join(texts), style) + "\n"


def _broken(result: MergeResult, style: Style) -> Iterator[str]:
    if result.broken is None:
        return
    failure = result.broken.failure
    place = ":".join(str(part) for part in (failure.path, failure.line, failure.column) if part)
    yield f"  {style.red(result.broken.side.value)} stops at {style.bold(failure.migration)}"
    yield f"    {place}"
    yield from (f"    {line}" for line in failure.excerpt.splitlines())
    yield f"    {style.red(failure.message)} {style.dim(f'({failure.sqlstate})')}"


def _conflicts(result: MergeResult, style: Style) -> Iterator[str]:
    for found in result.conflicts[:_SHOWN]:
        yield from _conflict(found, style)
    if len(result.conflicts) > _SHOWN:
        yield f"  and {len(result.conflicts) - _SHOWN} more (all of them with --format json)"


def _conflict(found: FoundConflict, style: Style) -> Iterator[str]:
    attribute = f" {found.attribute}" if found.attribute else ""
    name = style.bold(f"{found.object_kind} {found.object_name}{attribute}")
    yield f"  {style.red(found.kind)}  {name}  {style.dim(found.id)}"
    if found.message:
        yield f"    {found.message}"
    for side, value in (("base", found.base), ("ours", found.ours), ("theirs", found.theirs)):
        place = _place(found.where.get(side))
        if value is not None or place:
            yield f"    {side:<7} {_value(value)}  {style.dim(place)}".rstrip()


def _value(value: object) -> str:
    text = " ".join(str(value).split()) if value is not None else "-"
    return text if len(text) <= 100 else text[:99] + "…"


def _place(place: Place | None) -> str:
    return f"{place.path}:{place.line}" if place else ""


def _landing(result: MergeResult, style: Style) -> Iterator[str]:
    for each in result.migrations:
        was = f" (was {each.replaces})" if each.replaces not in ("", each.name) else ""
        yield f"  {style.green('lands')}  {each.name}{was}  {style.dim(each.origin.value)}"
        if each.origin is Origin.REWRITTEN:
            yield from beside(each.original, each.sql, style, shutil.get_terminal_size((100, 24)).columns)
        elif each.origin is Origin.GENERATED:
            yield from (f"    {line}" for line in each.sql.rstrip().splitlines())


def _schema(schema: MergedSchema, style: Style) -> Iterator[str]:
    for found in schema.conflicts:
        name = " ".join(part for part in (found.block, found.member, found.part) if part)
        yield f"  {style.yellow('schema file')}  {found.path}: {name} was changed on both sides"
    for each in schema.unreadable:
        yield f"  {style.yellow('schema file')}  {each.side} {each.path}:{each.problem.line}: {each.problem.message}"


def _soft(result: MergeResult, style: Style) -> Iterator[str]:
    for found in result.soft[:_SHOWN]:
        yield f"  {style.dim('note')}  {found.message}"


def _proof(result: MergeResult, style: Style) -> Iterator[str]:
    runs = {
        "ours, then theirs": result.proof.ours_then_theirs,
        "theirs, then ours": result.proof.theirs_then_ours,
        "as it lands": result.proof.rewritten,
    }
    if result.proof.merged:
        yield style.dim(f"  {'merged':<18} {result.proof.merged[:16]}")
    for name, proof in runs.items():
        if proof is not None:
            yield style.dim(f"  {name:<18} {_run(proof)}")


def _run(proof: OrderProof) -> str:
    return f"fails: {proof.failure.message}" if proof.failure else proof.hash[:16]


def _verdict(result: MergeResult, style: Style) -> str:
    colour = style.green if lands(result) else style.red
    return f"{style.bold(colour(result.verdict.value))}: {headline(result)}"


def lands(result: MergeResult) -> bool:
    """Whether theirs can land as the result says."""
    return result.verdict in (Verdict.CLEAN, Verdict.REWRITTEN)


def headline(result: MergeResult) -> str:
    """The verdict in a sentence."""
    order = ", but the order matters" if result.order_matters and lands(result) else ""
    return f"{_SAYS[result.verdict]}{order}"
