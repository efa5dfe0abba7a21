"""The laws of plans, on one pair of drawn schemas (`soup`) or thousands.

    python -m tests.schemata.plan.laws 5000 [--first 0] [--postgres 18]

Each number is a pair, `before` and `after`, always the same one. By identity and by name:
the plan of a schema to itself is empty; the plan from one to the other leads there, in
the catalog and with the rows that stay; the way back leads back, from where the
other schema stands and from where the plan led. Of a pair for which that is not so, a
smaller one is looked for and printed; the exit status is then 1.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import psycopg

from schemata.catalog import Address, Catalog
from schemata.changes import Action
from schemata.diff import diff
from schemata.introspect import read_catalog
from schemata.plan import Plan, plan, way_back
from tests.schemata.catalog.conftest import INSTALLATIONS, shared
from tests.schemata.plan import soup
from tests.schemata.plan.test_laws import apply, differences, undone

BY = (True, False)


@dataclass(frozen=True)
class Drawn:
    """Statements that make `before`, and those that make `after` of it."""

    first: tuple[str, ...]
    second: tuple[str, ...]


def drawn(number: int) -> Drawn:
    """The pair of this number."""
    draw = Random(number)
    return Drawn((*soup.ground(draw), *soup.stirred(draw)), soup.stirred(draw))


def hold(connection: psycopg.Connection, pair: Drawn, told: Counter[str]) -> None:
    """Raise AssertionError where a law does not hold; `told` counts what was tried."""
    with undone(connection):
        run(connection, pair.first)
        before = read_catalog(connection)
        with undone(connection):
            run(connection, pair.second)
            after = read_catalog(connection)
            for same_origin in BY:
                back = way_back(before, after, same_origin=same_origin)
                assert plan(after, read_catalog(connection), same_origin=same_origin).is_empty
                with undone(connection):
                    leads(connection, back, after, before, told, same_origin=same_origin)
        for same_origin in BY:
            there = plan(before, after, same_origin=same_origin)
            back = way_back(before, after, same_origin=same_origin)
            with undone(connection):
                if leads(connection, there, before, after, told, same_origin=same_origin):
                    leads(connection, back, after, before, told, same_origin=False)


def run(connection: psycopg.Connection, statements: Sequence[str]) -> None:
    """One by one, without those that Postgres refuses."""
    for text in statements:
        try:
            with connection.transaction():
                connection.execute(text.encode())
        except psycopg.Error:
            continue


def leads(
    connection: psycopg.Connection,
    found: Plan,
    start: Catalog,
    end: Catalog,
    told: Counter[str],
    *,
    same_origin: bool,
) -> bool:
    """The database, which has `start`, gets all of `end`; False where the plan names what it lacks."""
    told["plans"] += 1
    told["statements"] += len(found.statements)
    if found.unsupported:
        told["named as unsupported"] += 1
        return False
    if any(statement.alone for statement in found.statements):
        told["waiting for a commit"] += 1  # A value of an enum that is used: all of this is one transaction.
        return False
    reached = apply(connection, found)
    assert differences(reached, end) == [], found.sql
    assert depends(reached) == depends(end), found.sql
    told["byte for byte"] += reached.hash == end.hash
    if same_origin:
        assert lost(reached, end, start) == [], found.sql
    return True


def depends(catalog: Catalog) -> dict[Address, frozenset[Address]]:
    """What needs what: texts can be equal and mean other objects."""
    return {at: frozenset(needed) for at, needed in catalog.dependencies.items() if needed}


def lost(reached: Catalog, end: Catalog, start: Catalog) -> list[str]:
    """What holds rows or a number, was kept in `end`, and is another one now; generated columns hold none."""
    changes = diff(reached, end, same_origin=True, trunk=start)
    dropped = [each.before for each in changes if each.action is Action.DROP and each.recreated]
    return [str(each.address) for each in dropped if each and not getattr(each, "generated", "")]


def failure(connection: psycopg.Connection, pair: Drawn, told: Counter[str]) -> str:
    """What a law says against the pair; empty where all hold. An error in the plan's making is one too."""
    try:
        hold(connection, pair, told)
    except (AssertionError, LookupError, psycopg.Error) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def smaller(connection: psycopg.Connection, pair: Drawn) -> Drawn:
    """As few of its statements as still break a law."""
    place = 0
    while place < len(pair.first) + len(pair.second):
        less = _without(pair, place)
        if failure(connection, less, Counter()):
            pair = less
        else:
            place += 1
    return pair


def _without(pair: Drawn, place: int) -> Drawn:
    first, second = list(pair.first), list(pair.second)
    if place < len(first):
        del first[place]
    else:
        del second[place - len(first)]
    return Drawn(tuple(first), tuple(second))


def main() -> int:
    options = _options()
    connection = shared(options.postgres)
    told: Counter[str] = Counter()
    started = time.monotonic()
    for number in range(options.first, options.first + options.pairs):
        pair = drawn(number)
        told["pairs"] += 1
        if failure(connection, pair, told):
            told["broken"] += 1
            least = smaller(connection, pair)
            print(f"-- {number}", *least.first, "--", *least.second, sep=";\n", flush=True)
            print(failure(connection, least, Counter()), flush=True)
    print(f"{dict(told)}, {time.monotonic() - started:.0f} s")
    return 1 if told["broken"] else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pairs", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--postgres", type=int, choices=sorted(INSTALLATIONS), default=max(INSTALLATIONS))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
