"""What objects cannot be without, where most of it is known to be as in another catalog."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

from schemata.catalog.address import Address

Needs = Mapping[Address, tuple[Address, ...]]


class Edges(Needs, ABC):
    """Dependencies by the object that has them: those of a `root`, but for the objects that are `apart`."""

    @property
    @abstractmethod
    def root(self) -> "Edges": ...

    @property
    @abstractmethod
    def apart(self) -> frozenset[Address] | None:
        """None where it is not known: then any may differ."""


def edges_apart(before: Needs, after: Needs) -> Iterator[Address]:
    """Objects that need something else after than before, in order; such that are on one side only among them."""
    for at in sorted(_may_differ(before, after)):
        if before.get(at) != after.get(at):
            yield at


def _may_differ(before: Needs, after: Needs) -> set[Address]:
    if isinstance(before, Edges) and isinstance(after, Edges) and before.root is after.root:
        ours, theirs = before.apart, after.apart
        if ours is not None and theirs is not None:
            return {*ours, *theirs}
    return {*before, *after}
