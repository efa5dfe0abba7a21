"""Values for types as the catalog writes them: arrays, enums, domains, composites and ranges of builtin ones."""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache

from schemata.catalog import Attribute, Catalog, CatalogObject, Column, Composite, Domain, Enum, Kind, Range
from schemata.render.names import literal, qualified
from schemata.rows.checks import demands_of_domain
from schemata.rows.demands import NOTHING, Demand
from schemata.rows.scalars import scalar
from schemata.rows.spots import Spot

_NAMED = (Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE, Kind.TABLE)
_MODIFIED = re.compile(r'(?P<before>(?:"(?:[^"]|"")*"|[^"(])+)\((?P<inside>[^()]*)\)(?P<after>.*)', re.DOTALL)
_DEEPEST = 6
# Composites of composites of many attributes could make one value as large as all memory.
_MOST_PARTS = 3_000
_RANGES = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
    "daterange": "date",
}
_MULTIRANGES = {name.replace("range", "multirange"): name for name in _RANGES}


class Types:
    """The types of one catalog."""

    def __init__(self, catalog: Catalog, toward: tuple[Catalog, ...] = ()) -> None:
        self._catalog = catalog
        self._toward = toward
        self._domains: dict[str, Demand] = {}
        self._left = 0

    @cached_property
    def _named(self) -> Mapping[str, CatalogObject]:
        return {qualified(found.address): found for found in self._catalog.of_kind(*_NAMED)}

    @cached_property
    def _multiranges(self) -> Mapping[str, Range]:
        ranges = [each for each in self._catalog.of_kind(Kind.RANGE) if isinstance(each, Range)]
        return {each.multirange: each for each in ranges if each.multirange}

    def domain(self, kind: str) -> Domain | None:
        found = self._named.get(kind)
        return found if isinstance(found, Domain) else None

    def refuses_null(self, kind: str) -> bool:
        """Whether a domain, or one below it, is NOT NULL."""
        found = self.domain(kind)
        if found is None:
            return False
        return found.not_null or self._demand(found).null is False or self.refuses_null(found.type)

    def value(self, kind: str, spot: Spot, demand: Demand = NOTHING, depth: int = 0) -> str | None:
        """An SQL expression of type `kind`, or None where no value of it is known."""
        self._left = _MOST_PARTS if depth == 0 else self._left - 1
        if depth > _DEEPEST or self._left < 0:
            return None
        if kind.endswith("[]"):
            return self._array(kind, spot, demand, depth)
        found = self._named.get(kind)
        if found is not None:
            return self._of_named(found, spot, demand, depth)
        subtype, constructor = self._range_of(kind)
        if subtype:
            return self._range(constructor, subtype, spot, depth)
        return self._builtin(kind, spot, demand, depth)

    def _array(self, kind: str, spot: Spot, demand: Demand, depth: int) -> str | None:
        most = 2 if demand.max_length is None else min(2, demand.max_length)
        count = max(most, demand.min_length)
        if count > _MOST_PARTS:
            return None
        inside = Demand(choices=demand.choices, excluded=demand.excluded)
        spots = [Spot(spot.label, spot.key + place, spot.row, spot.rank) for place in range(count)]
        elements = [self.value(kind[:-2], each, inside, depth + 1) for each in spots]
        if None in elements:
            return None
        return f"ARRAY[{', '.join(map(str, elements))}]::{kind}"

    def _of_named(self, found: CatalogObject, spot: Spot, demand: Demand, depth: int) -> str | None:
        if isinstance(found, Enum):
            return _label(self._values(found), spot, demand)
        if isinstance(found, Domain):
            return self.value(found.type, spot, demand.both(self._demand(found)), depth + 1)
        if isinstance(found, Range):
            return self._range(qualified(found.address), found.subtype, spot, depth)
        return self._row(found, spot, depth)

    def _values(self, found: Enum) -> tuple[str, ...]:
        """The values of an enum that it keeps."""
        kept = found.values
        for later in self._toward:
            same = later.objects.get(found.address)
            if isinstance(same, Enum):
                kept = tuple(each for each in kept if each in same.values) or kept
        return kept

    def _demand(self, found: Domain) -> Demand:
        at = qualified(found.address)
        if at not in self._domains:
            self._domains[at] = demands_of_domain(found, self._catalog)
        return self._domains[at]

    def _row(self, found: CatalogObject, spot: Spot, depth: int) -> str | None:
        parts = self._catalog.children.get(found.address, ())
        wanted: type[CatalogObject] = Attribute if isinstance(found, Composite) else Column
        fields = sorted((each for each in parts if isinstance(each, wanted)), key=_position)
        values = [
            self.value(_type(each), spot.inside(each.address.name), NOTHING, depth + 1) for each in fields
        ]
        if None in values:
            return None
        return f"ROW({', '.join(map(str, values))})::{qualified(found.address)}"

    def _range_of(self, kind: str) -> tuple[str, str]:
        """Subtype and constructor of a range type, or of the ranges in a multirange type."""
        if kind in _RANGES:
            return _RANGES[kind], f"pg_catalog.{kind}"
        return "", ""

    def _range(self, constructor: str, subtype: str, spot: Spot, depth: int) -> str | None:
        # Apart from each other, so that rows can stand under an exclusion constraint.
        ends = [Spot(spot.label, spot.key, 10 * spot.row + end, spot.rank) for end in (0, 5)]
        low, high = (self.value(subtype, each, NOTHING, depth + 1) for each in ends)
        if low is None or high is None:
            return None
        return f"{constructor}({low}, {high})"

    def _builtin(self, kind: str, spot: Spot, demand: Demand, depth: int) -> str | None:
        of_range = _MULTIRANGES.get(kind)
        if of_range or kind in self._multiranges:
            inner = of_range or qualified(self._multiranges[kind].address)
            constructor = f"pg_catalog.{kind}" if of_range else kind
            single = self.value(inner, spot, NOTHING, depth + 1)
            return single and f"{constructor}({single})"
        base, modifiers = parse_type(kind)
        found = scalar(base, modifiers, spot, demand)
        return None if found is None else literal(found)


def _label(values: tuple[str, ...], spot: Spot, demand: Demand) -> str | None:
    allowed = [each for each in demand.choices or values if each not in demand.excluded]
    return literal(allowed[(spot.key + spot.row) % len(allowed)]) if allowed else None


@lru_cache(maxsize=1024)
def parse_type(kind: str) -> tuple[str, tuple[str, ...]]:
    """Name and modifiers: `timestamp(3) without time zone` is `timestamp without time zone` and `3`.

    A type of an extension loses its schema, because that is wherever the team put it.
    """
    modified = _MODIFIED.fullmatch(kind)
    name = f"{modified['before']}{modified['after']}" if modified else kind
    inside = tuple(each.strip() for each in modified["inside"].split(",")) if modified else ()
    if name.startswith("interval"):
        return "interval", ()
    return (name.rpartition(".")[2] if '"' not in name else name), inside


def _position(found: CatalogObject) -> int:
    return int(getattr(found, "position", 0))


def _type(found: CatalogObject) -> str:
    return str(getattr(found, "type", ""))
