"""What is undone before anything is dropped, and tied again after everything is made.

Tables leave their parents before those change, and join others when both are
ready; an identity is given up while its sequence's name is free to take; a sequence
that outlives its column is untied from it.
"""

from collections.abc import Iterator

from schemata.catalog import Address, Column, Constraint, Kind, Sequence, Table
from schemata.diff.matching import Pair
from schemata.plan.sequences import own
from schemata.plan.situation import Situation
from schemata.plan.values import PlannedStatement
from schemata.render.names import name, parent, qualified


def parting(situation: Situation) -> Iterator[PlannedStatement]:
    """In the names of before."""
    for pair in sorted(situation.found.pairs, key=lambda pair: pair.before.address):
        if isinstance(pair.before, Table) and isinstance(pair.after, Table) and _stays(pair, situation):
            yield from _leaving(pair, situation)
        if isinstance(pair.before, Column) and isinstance(pair.after, Column) and _stays(pair, situation):
            yield from _no_identity(pair.before, pair.after)
            yield from _no_default(pair, situation)
        if isinstance(pair.before, Sequence) and _stays(pair, situation):
            yield from _untied(pair, situation)


def _stays(pair: Pair, situation: Situation) -> bool:
    return pair.before.address not in situation.remade


def _leaving(pair: Pair, situation: Situation) -> Iterator[PlannedStatement]:
    before = pair.before
    assert isinstance(before, Table)
    at = qualified(before.address)
    for above in before.parents:
        if above in kept_parents(pair, situation):
            continue
        text = f"ALTER TABLE {at} NO INHERIT {qualified(above)};"
        yield PlannedStatement(detach(before, above) if before.partition_bound else text, before.address)


def detach(part: Table, whole: Address) -> str:
    return f"ALTER TABLE {qualified(whole)} DETACH PARTITION {qualified(part.address)};"


def kept_parents(pair: Pair, situation: Situation) -> tuple[Address, ...]:
    """Parents, in the names of before, that the table has before and after, and as the same partition."""
    before, after = pair.before, pair.after
    assert isinstance(before, Table)
    assert isinstance(after, Table)
    if before.partition_bound != after.partition_bound and "partition_bound" not in pair.referring:
        return ()
    return tuple(
        above
        for above in before.parents
        if above not in situation.remade
        and (now := situation.now(above)) is not None
        and now.address in after.parents
    )


def joining(situation: Situation) -> Iterator[PlannedStatement]:
    """In the names of after."""
    for pair in sorted(situation.found.pairs, key=lambda pair: pair.after.address):
        if not isinstance(pair.after, Table) or pair.before.address in situation.remade:
            continue
        kept = [now.address for each in kept_parents(pair, situation) if (now := situation.now(each))]
        for above in pair.after.parents:
            if above not in kept:
                yield PlannedStatement(join(pair.after, above), pair.after.address)


def own_forever(situation: Situation) -> Iterator[str]:
    """Parts that a table takes from a parent and shall not have of its own, as it did while it was without."""
    for pair in situation.found.pairs:
        before, after = pair.before, pair.after
        if (
            not isinstance(before, Table)
            or not isinstance(after, Table)
            or before.address in situation.remade
        ):
            continue
        if after.partition_bound or len(kept_parents(pair, situation)) == len(before.parents):
            continue
        for part in situation.after.children.get(after.address, ()):
            if isinstance(part, Column | Constraint) and part.inherited and not part.local:
                yield f"alter {part.address}: local"


def join(table: Table, above: Address) -> str:
    at = qualified(table.address)
    if table.partition_bound:
        return f"ALTER TABLE {qualified(above)} ATTACH PARTITION {at} {table.partition_bound};"
    return f"ALTER TABLE {at} INHERIT {qualified(above)};"


def _no_identity(before: Column, after: Column) -> Iterator[PlannedStatement]:
    if before.identity and not after.identity:
        at = before.address
        yield PlannedStatement(f"ALTER TABLE {parent(at)} ALTER COLUMN {name(at.name)} DROP IDENTITY;", at)


def _no_default(pair: Pair, situation: Situation) -> Iterator[PlannedStatement]:
    """A default that is to be another one lets go of a sequence that is made anew.

    So does one that a change of a parent's type would have to cast: the parent's statement drops only its own.
    """
    at = pair.before.address
    before, changes = pair.before, situation.changes(pair)
    assert isinstance(before, Column)
    is_cast = before.inherited and before.default and not before.generated and "type" in changes
    if is_cast or ("default" in changes and _is_held(at, situation)):
        yield PlannedStatement(f"ALTER TABLE {parent(at)} ALTER COLUMN {name(at.name)} DROP DEFAULT;", at)


def _is_held(at: Address, situation: Situation) -> bool:
    """Whether what the column stands on is a sequence that is made anew."""
    needed = situation.before.dependencies.get(at, ())
    return any(each.kind is Kind.SEQUENCE and each in situation.remade for each in needed)


def _untied(pair: Pair, situation: Situation) -> Iterator[PlannedStatement]:
    before, after = pair.before, pair.after
    assert isinstance(before, Sequence)
    assert isinstance(after, Sequence)
    owner = before.owned_by
    if owner is None or before.identity or "owned_by" not in situation.changes(pair):
        return
    yield PlannedStatement(f"ALTER SEQUENCE {qualified(before.address)} OWNED BY NONE;", before.address)


def tying(situation: Situation) -> Iterator[PlannedStatement]:
    """Sequences to their columns, when both are there."""
    tied = [
        found for found in (*situation.found.added, *situation.remade.values()) if isinstance(found, Sequence)
    ]
    for pair in situation.found.pairs:
        if (
            isinstance(pair.after, Sequence)
            and "owned_by" in situation.changes(pair)
            and _stays(pair, situation)
        ):
            tied.append(pair.after)
    for found in sorted(tied, key=lambda found: found.address):
        if found.owned_by is not None and not found.identity:
            yield PlannedStatement(own(found), found.address)
