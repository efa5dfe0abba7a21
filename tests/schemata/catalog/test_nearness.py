"""Catalogs that were made of one another, however many times, say what they would say alone."""

from random import Random

import pytest

from schemata.catalog import Address, Catalog, CatalogObject, Column, Identity, Kind, Table
from schemata.catalog.nearness import FARTHEST, may_differ
from schemata.catalog.overlay import FEW, IdentitiesOver, ObjectsOver
from tests.schemata.catalog.alone import says_the_same_alone

TABLES = 40


def _start() -> Catalog:
    tables = [Table(Address(Kind.TABLE, "public", f"t{number}")) for number in range(TABLES)]
    found = Catalog.of([*tables, *(_column(number, 1) for number in range(TABLES))])
    identities = {at: Identity("pg_class", place) for place, at in enumerate(found.objects, start=1)}
    return Catalog(found.objects, identities, postgres=18)


def _column(table: int, position: int, type_: str = "integer") -> CatalogObject:
    at = Address(Kind.COLUMN, "public", f"c{position}", f"t{table}")
    return Column(at, type=type_, position=position)


def _next(before: Catalog, number: int, draw: Random, times: int) -> Catalog:
    """Columns are added, altered and dropped."""
    changed: dict[Address, CatalogObject] = {}
    for _ in range(times):
        column = _column(draw.randrange(TABLES), draw.randrange(1, 30), draw.choice(("integer", "text")))
        changed[column.address] = column
    columns = [at for at in before.objects if at.kind is Kind.COLUMN and at not in changed]
    gone = set(draw.sample(columns, min(len(columns), times // 3)))
    objects = ObjectsOver(before.objects, changed, gone)
    whose = {at: Identity("pg_class", 1000 * number + place) for place, at in enumerate(changed)}
    identities = IdentitiesOver(objects, before.identities, whose, gone)
    return Catalog(objects, identities, postgres=18).near(before, frozenset((*changed, *gone)))


@pytest.mark.parametrize("times", [3, FEW * 2])
def test_a_long_way_from_the_first_one(times: int) -> None:
    draw, chain = Random(times), [_start()]
    for number in range(1, FARTHEST + 6):
        chain.append(_next(chain[-1], number, draw, times))
        assert may_differ(chain[0], chain[-1]) is not None
        assert says_the_same_alone(chain[-2], chain[-1])
        assert says_the_same_alone(chain[0], chain[-1])


def test_a_way_does_not_grow_with_what_was_ever_made() -> None:
    draw, here = Random(1), _start()
    for number in range(1, 3 * FARTHEST):
        here = _next(here, number, draw, 3)
    steps = 0
    while here.made_of is not None:
        steps, here = steps + 1, here.made_of
    assert steps <= FARTHEST


def test_catalogs_that_share_nothing_are_compared_whole() -> None:
    draw, one, other = Random(2), _start(), _start()
    assert may_differ(one, other) is None
    assert says_the_same_alone(one, _next(other, 1, draw, 5))
