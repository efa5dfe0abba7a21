"""The catalog while it is being read."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from schemata.catalog import Address, Catalog, CatalogObject, Identity, Kind
from schemata.introspect.names import CLASS_OF

Edge = tuple[Any, ...]


class Draft:
    """Objects, who they are, and which address an oid of each system catalog has.

    Columns and attributes arrive in canonical order, table by table; all else is
    sorted by address in the end.
    """

    def __init__(self) -> None:
        self.objects: list[CatalogObject] = []
        self.columns: list[CatalogObject] = []
        self.attributes: list[CatalogObject] = []
        self.identities: dict[Address, Identity] = {}
        self.addresses: dict[tuple[int, int], Address] = {}

    def add(
        self,
        found: CatalogObject,
        origin: str,
        oid: int,
        tokens: tuple[object, ...] = (),
        parts: tuple[int, ...] = (),
    ) -> None:
        self.objects.append(found)
        number = CLASS_OF.get(origin)
        if number:  # Rows of the other catalogs have no oid of their own.
            self.identities[found.address] = Identity(origin, oid, 0, tokens, parts)
            self.addresses[number, oid] = found.address

    def finish(self, edges: Iterable[Edge], columns: Mapping[int, dict[int, str]], postgres: int) -> Catalog:
        self.objects.sort(key=_address)
        objects: dict[Address, CatalogObject] = {}
        for kind, group in groupby(self.objects, key=_kind):
            self._add_before(kind, objects)
            objects.update([(found.address, found) for found in group])
        self._add_before("~", objects)
        dependencies = Dependencies(edges, self.addresses, columns)
        return Catalog(objects, self.identities, dependencies, postgres)

    def _add_before(self, kind: str, objects: dict[Address, CatalogObject]) -> None:
        """Put columns and attributes where their kind stands in the order of kinds."""
        for name in ("attributes", "columns"):
            waiting: list[CatalogObject] = getattr(self, name)
            if waiting and waiting[0].address.kind < kind:
                objects.update([(found.address, found) for found in waiting])
                setattr(self, name, [])


_address = attrgetter("address")
_kind = attrgetter("address.kind")


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
    return Address(Kind.COLUMN, relation.schema, name, relation.name)
