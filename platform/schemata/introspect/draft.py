"""The catalog while it is being read."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from schemata.catalog import NOBODY, Address, Catalog, CatalogObject, Identity
from schemata.introspect.dependencies import Dependencies, Edge, Resolver
from schemata.introspect.names import CLASS_OF

Entry = tuple[Address, CatalogObject, Identity]


class Draft:
    """Objects, who they are, and which address an oid of each system catalog has.

    Columns and attributes arrive in canonical order, table by table; all else is
    sorted by address in the end.
    """

    def __init__(self) -> None:
        self.objects: list[Entry] = []
        self.columns: list[Entry] = []
        self.attributes: list[Entry] = []
        self.addresses: dict[tuple[int, int], Address] = {}

    def add(
        self,
        found: CatalogObject,
        origin: str,
        oid: int,
        tokens: tuple[object, ...] = (),
        parts: tuple[int, ...] = (),
    ) -> None:
        at, number = found.address, CLASS_OF.get(origin)
        if number:
            self.objects.append((at, found, Identity(origin, oid, 0, tokens, parts)))
            self.addresses[number, oid] = at
        else:  # Rows of the other catalogs have no oid of their own.
            self.objects.append((at, found, NOBODY))

    def finish(self, edges: Iterable[Edge], columns: Mapping[int, dict[int, str]], postgres: int) -> Catalog:
        """Objects and identities in the same order, so that two catalogs compare in lockstep."""
        entries = self.entries()
        dependencies = Dependencies(edges, Resolver(self.addresses, columns))
        objects = {at: found for at, found, _ in entries}
        return Catalog(objects, {at: whose for at, _, whose in entries}, dependencies, postgres)

    def entries(self) -> list[Entry]:
        """All that was read, in canonical order."""
        return list(self._in_order())

    def _in_order(self) -> Iterator[Entry]:
        self.objects.sort(key=itemgetter(0))
        waiting = [group for group in (self.attributes, self.columns) if group]
        for kind, group in groupby(self.objects, key=_kind_of):
            while waiting and waiting[0][0][0].kind < kind:
                yield from waiting.pop(0)
            yield from group
        for rest in waiting:
            yield from rest


def _kind_of(entry: Entry) -> str:
    return entry[0].kind
