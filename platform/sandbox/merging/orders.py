"""Both orders of two sides, run, and held to the merge."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from msgspec.structs import replace as replace_struct

from sandbox.merging.lab import Lab, State
from sandbox.merging.values import OrderProof
from schemata.catalog import Address, Catalog, Kind, MaterializedView, View
from schemata.catalog.nearness import objects_apart
from schemata.history import Migration
from schemata.merge import ConflictKind, Merged
from schemata.merge.objects import differing
from schemata.merge.proof import deviations, schema_hash
from schemata.statements.selects import same_but_order


@dataclass(frozen=True, slots=True)
class Order:
    """One order that was run, and what it gave; `apart` is where that is not what the other order gave."""

    state: State
    catalog: Catalog | None
    proof: OrderProof
    apart: tuple[Address, ...] | None = None

    @property
    def ran(self) -> bool:
        return self.proof.failure is None

    @property
    def is_as_merged(self) -> bool:
        """Whether it gave the merge, the order of an enum's values aside."""
        return self.ran and all(each.is_order_of_values for each in self.proof.deviations)


def run_order(
    lab: Lab,
    first: State,
    then: tuple[Migration, ...],
    merged: Merged,
    phase: str,
    *,
    other: Order | None = None,
    is_last: bool = False,
) -> Order:
    """Run migrations after a side and compare with the merge as that side sees it.

    `other` may have given the same. `is_last`: nobody is likely to need the side's database again.
    """
    state = (lab.use_up if is_last else lab.extend)(first, then, phase)
    if state.failure:
        return Order(state, None, OrderProof(failure=state.failure))
    catalog = lab.catalog(state)
    apart = tuple(differences(catalog, other.catalog)) if other and other.catalog else None
    digest = other.proof.hash if other and apart == () else schema_hash(catalog)
    return Order(state, catalog, OrderProof(digest, None, deviations(merged, catalog)), apart)


def differences(first: Catalog, second: Catalog) -> Iterator[Address]:
    """Where two databases differ by name in more than the order of columns."""
    # Two clones hold nearly everything in common, and those objects are the very same ones (`Catalog.sharing`).
    for at in objects_apart(first, second):
        mine, other = first.objects.get(at), second.objects.get(at)
        if mine is None or other is None or differing(mine, other):
            yield at


# What Postgres writes out from what stood there when the statement ran: `select *` has other columns later.
WRITTEN_OUT = frozenset({Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.RULE})
BY_VALUE = frozenset({ConflictKind.ATTRIBUTE, ConflictKind.ADDED})


def proven_by_running(merged: Merged, forth: Order, back: Order) -> Merged | None:
    """The merge as ours, then theirs gave it, where both orders agree and only views are not as foreseen.

    A view over `select *` that both sides make anew has two definitions, and a
    third one, with both sides' columns, after either order. Nothing else may differ
    from the merge: two orders that agree elsewhere can still have lost something.
    """
    catalog, other = forth.catalog, back.catalog
    if catalog is None or other is None:
        return None
    if not all(_says_the_same(catalog, other, at) for at in forth.apart or ()):
        return None
    seen = {each.at for order in (forth, back) for each in order.proof.deviations}
    seen |= {found.at for found in merged.conflicts}
    if not seen or not all(_is_written_out(catalog, at) for at in seen):
        return None
    if not all(found.kind in BY_VALUE for found in merged.conflicts):
        return None
    return replace(merged, catalog=catalog, conflicts=())


def _says_the_same(first: Catalog, second: Catalog, at: Address) -> bool:
    """Whether a view only lists its columns in another order."""
    mine, other = first.objects.get(at), second.objects.get(at)
    if not isinstance(mine, View | MaterializedView) or not isinstance(other, View | MaterializedView):
        return False
    texts = mine.definition, other.definition
    return replace_struct(mine, definition="") == replace_struct(other, definition="") and same_but_order(
        *texts
    )


def _is_written_out(catalog: Catalog, at: Address) -> bool:
    """Whether it is a view or a part of one."""
    if not at.parent:
        return at.kind in WRITTEN_OUT
    return any(Address(kind, at.schema, at.parent) in catalog.objects for kind in WRITTEN_OUT)
