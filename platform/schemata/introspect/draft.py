"""The catalog while it is being read."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from schemata.catalog import NOBODY, Address, Catalog, CatalogObject, Identity, Kind
from schemata.introspect.names import CLASS_OF

Edge = tuple[Any, ...]
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
        dependencies = Dependencies(edges, self.addresses, columns)
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


class Dependencies(Mapping[Address, tuple[Address, ...]]):
    """Edges of pg_depend between objects of the catalog, resolved when first asked for.

    Most readings are only diffed, and a diff needs no edges.
    """

    def __init__(
        self,
        edges: Iterable[Edge],
        addresses: Mapping[tuple[int, int], Address],
        columns: Mapping[int, dict[int, str]],
    ) -> None:
        self._edges = edges
        self._addresses = addresses
        self._columns = columns
        self._resolved: dict[Address, tuple[Address, ...]] | None = None

    def __getitem__(self, at: Address) -> tuple[Address, ...]:
        return self._resolve()[at]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._resolve())

    def __len__(self) -> int:
        return len(self._resolve())

    def _resolve(self) -> dict[Address, tuple[Address, ...]]:
        if self._resolved is None:
            found: dict[Address, set[Address]] = {}
            for origin, oid, part, needed_origin, needed_oid, needed_part in self._edges:
                user = self._resolve_one(origin, oid, part)
                needed = self._resolve_one(needed_origin, needed_oid, needed_part)
                if user and needed and user != needed:
                    found.setdefault(user, set()).add(needed)
            self._resolved = {user: tuple(sorted(found[user])) for user in sorted(found)}
        return self._resolved

    def _resolve_one(self, origin: int, oid: int, part: int) -> Address | None:
        at = self._addresses.get((origin, oid))
        if at is None or not part:
            return at
        name = self._columns.get(oid, {}).get(part)
        return at if name is None else column_address(at, name)


def column_address(relation: Address, name: str) -> Address:
    kind = Kind.ATTRIBUTE if relation.kind is Kind.COMPOSITE else Kind.COLUMN
    return Address(kind, relation.schema, name, relation.name)
