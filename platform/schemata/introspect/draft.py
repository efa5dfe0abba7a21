"""The catalog while it is being read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemata.catalog import Address, Catalog, CatalogObject, Identity, Kind
from schemata.catalog.encoding import canonical_order
from schemata.introspect.names import CLASS_OF

Edge = tuple[Any, ...]


class Draft:
    """Objects, who they are, and which address an oid of each system catalog has."""

    def __init__(self) -> None:
        self.objects: list[CatalogObject] = []
        # Columns arrive in canonical order, table by table, and are not sorted again.
        self.columns: list[CatalogObject] = []
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
        if origin in CLASS_OF:  # Rows of the other catalogs have no oid of their own.
            self.identities[found.address] = Identity(origin, oid, 0, tokens, parts)
            self.addresses[CLASS_OF[origin], oid] = found.address

    def finish(self, edges: Iterable[Edge], columns: Mapping[int, dict[int, str]], postgres: int) -> Catalog:
        self.objects.sort(key=canonical_order)
        return Catalog(
            {found.address: found for found in _merged(self.objects, self.columns)},
            self.identities,
            Dependencies(edges, self.addresses, columns),
            postgres,
        )


def _merged(objects: list[CatalogObject], columns: list[CatalogObject]) -> Iterator[CatalogObject]:
    """Both lists are in canonical order, and the columns belong together."""
    place = 0
    if columns:
        kind = columns[0].address.kind
        while place < len(objects) and objects[place].address.kind < kind:
            place += 1
    yield from objects[:place]
    yield from columns
    yield from objects[place:]


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
                user = self._address(origin, oid, part)
                needed = self._address(needed_origin, needed_oid, needed_part)
                if user and needed and user != needed:
                    found.setdefault(user, set()).add(needed)
            self._resolved = {user: tuple(sorted(found[user])) for user in sorted(found)}
        return self._resolved

    def _address(self, origin: int, oid: int, part: int) -> Address | None:
        at = self._addresses.get((origin, oid))
        if at is None or not part:
            return at
        name = self._columns.get(oid, {}).get(part)
        return at if name is None else column_address(at, name)


def column_address(relation: Address, name: str) -> Address:
    return Address(Kind.COLUMN, relation.schema, name, relation.name)
