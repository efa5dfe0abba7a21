"""Reading and comparing catalogs, against the bare catalog queries.

    python bench/catalog.py [--tables 80 1000 10000] [--rounds 7] [--postgres 18] [--url postgres://...]

For each size a database is made and a second one from it as template, which is
then changed a little. Measured are, in turns, `bare`: the reader's own queries
executed and fetched on both databases, and `read + diff`: both catalogs read and
compared by identity. The ratio of the two is the cost of everything that is
Braid's own. Without --url a server of its own is started and thrown away.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from catalog_schema import statements
from psycopg import sql

from sandbox.binaries import find
from sandbox.cluster import Cluster
from schemata.catalog import Catalog
from schemata.diff import diff
from schemata.introspect import read_catalog
from schemata.introspect.fetch import fetch_all

BEFORE, AFTER = "braid_bench_before", "braid_bench_after"
BATCH = 200
CHANGES = """
alter table shop.table_1 rename to renamed;
alter table shop.table_2 rename column name to title;
alter table shop.table_3 add column extra text not null default '';
alter table shop.table_4 alter column note type varchar(500);
alter type shop.state_0 add value 'lost';
create table shop.fresh (id int primary key, other int references shop.table_5 (id));
drop table shop.table_7;
create index on shop.table_6 (note);
alter table shop.table_8 drop column price cascade;
comment on table shop.table_9 is 'changed';
"""
Connections = tuple["psycopg.Connection[Any]", "psycopg.Connection[Any]"]


@dataclass(slots=True)
class Times:
    """Milliseconds of each round."""

    bare: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    diff: list[float] = field(default_factory=list)
    digest: list[float] = field(default_factory=list)
    encode: list[float] = field(default_factory=list)

    def line(self, tables: int, objects: int) -> str:
        bare, read, compared, digest, encode = (
            statistics.median(each) for each in (self.bare, self.read, self.diff, self.digest, self.encode)
        )
        ratio = statistics.median(
            (one + two) / floor for one, two, floor in zip(self.read, self.diff, self.bare, strict=True)
        )
        return (
            f"| {tables:,} | {objects:,} | {bare:,.0f} | {read:,.0f} | {compared:,.1f} "
            f"| **{ratio:.2f}** | {digest:,.0f} | {encode:,.0f} |"
        )


def main() -> None:
    options = _options()
    with _server(options) as url:
        version = _version(url)
        print(f"Postgres {version}, {options.rounds} rounds, medians in ms")
        print("| tables | objects | bare, both | read, both | diff | (read + diff) / bare | hash | to_json |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for tables in options.tables:
            with _databases(url, tables) as connections:
                print(_measure(connections, tables, options.rounds), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, nargs="+", default=[80, 1000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--postgres", help="major version of the server to start")
    parser.add_argument("--url", help="a server where databases may be created; they are dropped again")
    return parser.parse_args()


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[str]:
    if options.url:
        yield options.url
        return
    settings = {
        "fsync": "off",
        "autovacuum": "off",
        "max_locks_per_transaction": "512",
        "max_wal_size": "2GB",
    }
    with tempfile.TemporaryDirectory(prefix="braid-bench-") as folder:
        Path(folder).chmod(0o755)
        with Cluster(find(options.postgres), Path(folder) / "data", settings=settings) as cluster:
            yield cluster.url()


def _version(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("show server_version").fetchone()
        return str(row[0]) if row else ""


@contextmanager
def _databases(url: str, tables: int) -> Iterator[Connections]:
    with psycopg.connect(url, autocommit=True) as admin:
        _create(admin, BEFORE, "template0")
        try:
            with psycopg.connect(url, dbname=BEFORE, autocommit=True) as connection:
                _fill(connection, tables)
            _create(admin, AFTER, BEFORE)
            with (
                psycopg.connect(url, dbname=BEFORE, autocommit=True) as before,
                psycopg.connect(url, dbname=AFTER, autocommit=True) as after,
            ):
                after.execute(CHANGES)
                yield before, after
        finally:
            for name in (BEFORE, AFTER):
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _create(admin: "psycopg.Connection[Any]", name: str, template: str) -> None:
    admin.execute(
        sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
    )


def _fill(connection: "psycopg.Connection[Any]", tables: int) -> None:
    waiting: list[str] = []
    for statement in statements(tables):
        waiting.append(statement)
        if len(waiting) == BATCH:
            connection.execute(";".join(waiting).encode())
            waiting.clear()
    connection.execute(";".join(waiting).encode())


def _measure(connections: Connections, tables: int, rounds: int) -> str:
    """One warming round, then `rounds` in which bare and whole take turns."""
    times = Times()
    for number in range(rounds + 1):
        bare, _ = _timed(_each, fetch_all, connections)
        read, (before, after) = _timed(_each, read_catalog, connections)
        compared, _ = _timed(_compare, before, after)
        digest, _ = _timed(getattr, before, "hash")
        encode, _ = _timed(before.to_json)
        if number:
            for kept, took in zip(_lists(times), (bare, read, compared, digest, encode), strict=True):
                kept.append(took)
    return times.line(tables, len(before.objects))


def _compare(before: Catalog, after: Catalog) -> None:
    if not diff(before, after, same_origin=True):
        raise SystemExit("the changes were not found: the benchmark measures nothing")


def _lists(times: Times) -> tuple[list[float], ...]:
    return times.bare, times.read, times.diff, times.digest, times.encode


def _each(work: Callable[[Any], Any], connections: Connections) -> list[Any]:
    return [work(connection) for connection in connections]


def _timed(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work(*given)
    return (time.perf_counter() - start) * 1000, result


if __name__ == "__main__":
    main()
