"""On a real schema: scripts whose footprints do not meet commute, and give what the merge says."""

from itertools import combinations, islice

import psycopg
import pytest
from psycopg import sql

from sandbox.merging.orders import differences
from schemata.catalog import Catalog
from schemata.history import migration_of
from schemata.introspect import read_catalog
from schemata.merge import merge
from schemata.merge.footprint import footprint
from schemata.merge.proof import deviations
from tests.schemata.merge.meetings import meetings

EVERY, PAIRS = 12, 12


@pytest.fixture
def make(postgres):
    """`make(name, origin, statements)`: a clone with these statements run, and its catalog."""
    made: list[str] = []
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:

        def clone(name: str, origin: str, statements: str) -> Catalog:
            database = sql.Identifier(name)
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(database))
            admin.execute(sql.SQL("create database {} template {}").format(database, sql.Identifier(origin)))
            made.append(name)
            with psycopg.connect(postgres.url(name), autocommit=True) as connection:
                connection.execute(statements.encode())
                return read_catalog(connection)

        yield clone
        for name in dict.fromkeys(made):
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_what_does_not_meet_commutes(shop: Catalog, make) -> None:
    chosen = [meeting for meeting in meetings(shop, each=2) if not meeting.setup]
    scripts = dict.fromkeys(text for meeting in chosen for text in (meeting.ours, meeting.theirs))
    sides = [
        (f"apart_{place}", text, make(f"apart_{place}", "merge_shop", text))
        for place, text in enumerate(islice(scripts, 0, None, EVERY))
    ]
    prints = {name: footprint(shop, side, [migration_of(name, text)]) for name, text, side in sides}
    apart = [(a, b) for a, b in combinations(sides, 2) if not prints[a[0]].meets(prints[b[0]])]
    assert len(apart) >= PAIRS
    for one, two in apart[:PAIRS]:
        merged = merge(shop, one[2], two[2])
        forth, back = make("apart_1_2", one[0], two[1]), make("apart_2_1", two[0], one[1])
        assert (merged.conflicts, merged.soft, deviations(merged, forth)) == ((), (), ()), (one[1], two[1])
        assert list(differences(forth, back)) == [], (one[1], two[1])
