"""Readings of what changed, held to whole readings, statement by statement on drawn schemas.

    python -m tests.schemata.catalog.since 200 [--first 0] [--postgres 18]

After every statement that Postgres takes, the database is read twice: as a clone of what
it was before, and whole. Either the first gives up or both are the same to the byte, order,
identities and dependencies included. The exit status is 1 where they are not.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from random import Random

import psycopg

from schemata.catalog.edges import edges_apart
from schemata.introspect import Reading, read, read_since
from tests.schemata.catalog.alone import says_the_same_alone
from tests.schemata.catalog.conftest import INSTALLATIONS, _database, _running
from tests.schemata.plan import soup

SINCE = "select pg_snapshot_xmax(pg_current_snapshot())::xid::text"


def follow(connection: psycopg.Connection, statements: Iterable[str], told: Counter[str]) -> None:
    """Raises AssertionError naming the statement; `told` counts what was followed, read whole and refused."""
    before = read(connection, large=0)
    for statement in statements:
        ((since,),) = connection.execute(SINCE).fetchall()
        try:
            connection.execute(statement.encode())
        except psycopg.Error:
            connection.rollback()
            told["refused"] += 1
            continue
        found, whole = read_since(connection, before, since), read(connection, large=0)
        assert found is None or (_same(found, whole) and _tells_apart(before, found)), statement
        told["read whole" if found is None else "followed"] += 1
        before = found or whole


def _tells_apart(before: Reading, after: Reading) -> bool:
    both = before.catalog, after.catalog
    return _tells_edges_apart(before, after) and says_the_same_alone(*both)


def _tells_edges_apart(before: Reading, after: Reading) -> bool:
    both = before.catalog.dependencies, after.catalog.dependencies
    was, now = map(dict, both)
    return list(edges_apart(*both)) == sorted(at for at in {*was, *now} if was.get(at) != now.get(at))


def _same(found: Reading, whole: Reading) -> bool:
    return (
        found.catalog.to_json() == whole.catalog.to_json()
        and found.catalog.hash == whole.catalog.hash
        and list(found.catalog.objects) == list(whole.catalog.objects)
        and list(found.catalog.identities.items()) == list(whole.catalog.identities.items())
        and dict(found.catalog.dependencies) == dict(whole.catalog.dependencies)
        and found.stock == whole.stock
    )


def drawn(number: int) -> tuple[str, ...]:
    """The statements of this number: a schema made step by step, and turned into another."""
    draw = Random(number)
    return (*soup.ground(draw), *soup.stirred(draw), *soup.stirred(draw))


def main() -> None:
    options = _options()
    told: Counter[str] = Counter()
    cluster = _running(options.postgres)
    wrong = 0
    for number in range(options.first, options.first + options.schemas):
        with _database(cluster) as connection:
            try:
                follow(connection, drawn(number), told)
            except AssertionError as error:
                wrong += 1
                print(f"{number}: {error}")
    print(dict(told))
    sys.exit(bool(wrong))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("schemas", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--postgres", type=int, default=max(INSTALLATIONS), choices=sorted(INSTALLATIONS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
