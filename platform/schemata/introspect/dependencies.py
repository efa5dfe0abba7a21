"""Edges of pg_depend between objects of a catalog, resolved when first asked for: a diff needs none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemata.catalog import Address, Kind
from schemata.catalog.edges import Edges

Edge = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Resolver:
    """What an oid of a system catalog, and a number of a column, is called."""

    addresses: Mapping[tuple[int, int], Address]
    columns: Mapping[int, Mapping[int, str]]

    def user(self, edge: Edge) -> Address | None:
        return self._resolve(*edge[:3])

    def needs(self, user: Address, rows: Iterable[Edge]) -> tuple[Address, ...]:
        """What `user` cannot be without, by its own rows."""
        found = {self._resolve(*row[3:6]) for row in rows}
        return tuple(sorted(at for at in found if at is not None and at != user))

    def _resolve(self, origin: int, oid: int, part: int) -> Address | None:
        at = self.addresses.get((origin, oid))
        if at is None or not part:
            return at
        name = self.columns.get(oid, {}).get(part)
        return at if name is None else column_address(at, name)


def column_address(relation: Address, name: str) -> Address:
    kind = Kind.ATTRIBUTE if relation.kind is Kind.COMPOSITE else Kind.COLUMN
    return Address(kind, relation.schema, name, relation.name)


class Dependencies(Edges):
    """All edges of one reading."""

    depth = 0

    def __init__(self, rows: Iterable[Edge], resolver: Resolver) -> None:
        self.resolver = resolver
        self._read = rows

    def __getitem__(self, at: Address) -> tuple[Address, ...]:
        return self._resolved[at]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._resolved)

    def __len__(self) -> int:
        return len(self._resolved)

    @property
    def root(self) -> Edges:
        return self

    @property
    def apart(self) -> frozenset[Address]:
        return frozenset()

    def rows_of(self, user: Address) -> Sequence[Edge]:
        return self._rows.get(user, ())

    @cached_property
    def _rows(self) -> dict[Address, list[Edge]]:
        found: dict[Address, list[Edge]] = {}
        for row in self._read:
            user = self.resolver.user(row)
            if user is not None:
                found.setdefault(user, []).append(row)
        return found

    @cached_property
    def _resolved(self) -> dict[Address, tuple[Address, ...]]:
        rows, needs = self._rows, self.resolver.needs
        return {user: found for user in sorted(rows) if (found := needs(user, rows[user]))}


class DependenciesSince(Edges):
    """Those of a reading, but for the rows that are `gone` since and those that are `fresh`."""

    def __init__(
        self,
        before: "Dependencies | DependenciesSince",
        gone: Iterable[Edge],
        fresh: Iterable[Edge],
        resolver: Resolver,
    ) -> None:
        self.resolver = resolver
        self.depth: int = before.depth + 1
        self._before = before
        self._gone = frozenset(gone)
        self._fresh = tuple(fresh)

    def __getitem__(self, at: Address) -> tuple[Address, ...]:
        found = self._changed[at] if at in self._changed else self._before[at]
        if not found:
            raise KeyError(at)
        return found

    def __iter__(self) -> Iterator[Address]:
        known = {at for at in self._before if at not in self._changed}
        return iter(sorted(known | {at for at, found in self._changed.items() if found}))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def root(self) -> Edges:
        return self._before.root

    @cached_property
    def apart(self) -> frozenset[Address]:
        return self._before.apart | self._changed.keys()

    def rows_of(self, user: Address) -> Sequence[Edge]:
        return self._rows[user] if user in self._rows else self._before.rows_of(user)

    @cached_property
    def _changed(self) -> dict[Address, tuple[Address, ...]]:
        return {user: self.resolver.needs(user, rows) for user, rows in self._rows.items()}

    @cached_property
    def _rows(self) -> dict[Address, list[Edge]]:
        """All rows of each object that has lost or got one."""
        named = [(self._before.resolver.user(row), row) for row in self._gone]
        fresh = [(self.resolver.user(row), row) for row in self._fresh]
        users = {user for user, _ in (*named, *fresh) if user is not None}
        found = {user: [row for row in self._before.rows_of(user) if row not in self._gone] for user in users}
        for user, row in fresh:
            if user is not None:
                found[user].append(row)
        return found
