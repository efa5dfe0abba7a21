"""Databases that ran landed migrations as they were, brought to what these now say.

A side that edits, renames or removes what had landed changes what a fresh database
becomes, and no other. Ours keeps its migrations as they landed; what theirs made of
them reaches every database by a migration of its own, planned from what running ours
and theirs' new migrations gives to the merge, and proved by running it.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from msgspec.structs import replace as replace_struct

from sandbox.merging.lab import Lab, State
from sandbox.merging.orders import differences
from schemata.catalog import Address, Catalog, Function
from schemata.history import Batch, Migration
from schemata.plan import HazardKind, plan
from schemata.statements.wording import same_code

_UNSAFE = frozenset({HazardKind.DATA_LOSS, HazardKind.IRREVERSIBLE})
_LEAD = "-- Brings databases that ran earlier migrations as they had landed to what these now say.\n\n"


class NoWay(Exception):
    """Databases that ran what had landed can't follow by more migrations, or not without losing something."""


def follow(
    lab: Lab, landed: State, migrations: Sequence[Migration], merged: Catalog, pattern: Migration
) -> tuple[Migration, ...]:
    """What has to run after `migrations` on `landed` to reach `merged`: nothing, or one migration. Raises NoWay."""
    state = lab.extend(landed, tuple(migrations), "on what had landed")
    if state.failure:
        raise NoWay(state.failure.message)
    reached = lab.catalog(state)
    if not _apart(reached, merged):
        return ()
    last = _planned(reached, merged, pattern)
    proof = lab.extend(state, (last,), "on what had landed")
    if proof.failure:
        raise NoWay(proof.failure.message)
    left = _apart(lab.catalog(proof), merged)
    if left:
        raise NoWay(f"{left[0]} would not be as merged")
    return (last,)


def _planned(reached: Catalog, merged: Catalog, pattern: Migration) -> Migration:
    found = plan(reached, merged, same_origin=False)
    unsafe = [hazard for each in found.statements for hazard in each.hazards if hazard.kind in _UNSAFE]
    if found.unsupported or unsafe:
        raise NoWay(unsafe[0].message if unsafe else f"not planned: {', '.join(found.unsupported)}")
    text = _LEAD + found.sql
    return replace(
        pattern,
        name=f"{pattern.name}_follow",
        path="",
        text=text,
        hash=sha256(text.encode()).hexdigest(),
        batches=(Batch(text),),
        down=None,
    )


def _apart(reached: Catalog, merged: Catalog) -> list[Address]:
    """Where they differ by name, the layout of code in routines aside."""
    return [at for at in differences(reached, merged) if not _is_same_routine(reached, merged, at)]


def _is_same_routine(reached: Catalog, merged: Catalog, at: Address) -> bool:
    mine, other = reached.objects.get(at), merged.objects.get(at)
    if not isinstance(mine, Function) or not isinstance(other, Function):
        return False
    return replace_struct(mine, body=other.body) == other and same_code(mine.body, other.body)
