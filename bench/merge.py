"""Three-way merge of catalogs that are read already, by the size of the schema and of the change.

    python bench/merge.py [--tables 100 1000 10000] [--rounds 20] [--postgres 18] [--url postgres://...]

For each size a database is made and two clones of it, which are then changed: ten
objects between them (renames, a new table with a foreign key, types, defaults, an
enum's values, a dropped table), or ten times as many. Measured are `merge`, the
reading of the sides in it (`sides`: what each did to the base), and `settled`:
walking the merged catalog and comparing ours with it, as a plan does. `apart` is
`merge` of catalogs that share no objects (`Catalog.sharing`): one comparison more
for each object. Times are of the process, so that a busy machine does not count.
"""

import statistics
import time
from collections.abc import Callable

import psycopg
from catalog import _create, _fill, _options, _server, _version
from psycopg import sql

from schemata.catalog import Catalog
from schemata.diff.matching import match
from schemata.introspect import read_catalog
from schemata.merge import merge
from schemata.merge.sides import read_side

OURS = """
alter table shop.table_{0} rename to renamed_{0};
alter table shop.table_{1} rename column name to title;
alter table shop.table_{2} add column extra text not null default '';
create table shop.fresh_{0} (id int primary key, other int references shop.table_{3} (id));
drop table shop.table_{4};
"""
THEIRS = """
alter table shop.table_{0} add column extra int;
alter table shop.table_{2} alter column note type varchar(500);
create index on shop.table_{3} (note);
alter table shop.table_{5} alter column amount set default 2;
alter type shop.state_0 add value if not exists 'lost';
"""
NAMES = ("merge_bench_base", "merge_bench_ours", "merge_bench_theirs")


def main() -> None:
    options = _options()
    with _server(options) as url:
        print(f"Postgres {_version(url)}, {options.rounds} rounds, medians in ms")
        print("| tables | objects | objects changed | merge | of it sides | settled | apart |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for tables in options.tables:
            _prepare(url, tables)
            for changes in (1, 10) if tables >= 1000 else (1,):
                print(_measure(_catalogs(url, changes), tables, changes * 10, options.rounds), flush=True)


def _prepare(url: str, tables: int) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        for name in reversed(NAMES):
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        _create(admin, NAMES[0], "template0")
    with psycopg.connect(url, dbname=NAMES[0], autocommit=True) as connection:
        _fill(connection, tables)


def _catalogs(url: str, changes: int) -> tuple[Catalog, Catalog, Catalog]:
    found = [_catalog(url, NAMES[0], "")]
    for name, text in zip(NAMES[1:], (OURS, THEIRS), strict=True):
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            _create(admin, name, NAMES[0])
        # Tables of which none is another's parent: parents have numbers that end in 0.
        starts = range(1, changes * 10, 10)
        found.append(_catalog(url, name, "".join(text.format(*range(at, at + 6)) for at in starts)))
    return found[0], found[1], found[2]


def _catalog(url: str, name: str, statements: str) -> Catalog:
    with psycopg.connect(url, dbname=name, autocommit=True) as connection:
        if statements:
            connection.execute(statements.encode())
        return read_catalog(connection)


def _measure(catalogs: tuple[Catalog, Catalog, Catalog], tables: int, changes: int, rounds: int) -> str:
    base, *apart = catalogs
    ours, theirs = (side.sharing(base) for side in apart)
    merged = merge(base, ours, theirs)
    assert not merged.conflicts, merged.conflicts
    told = [
        _median(rounds, lambda: merge(base, ours, theirs)),
        _median(rounds, lambda: (read_side(base, ours), read_side(base, theirs))),
        _median(rounds, lambda: _settle(base, ours, theirs)),
        _median(rounds, lambda: merge(base, *apart)),
    ]
    times = " | ".join(f"{each:,.1f}" for each in told)
    return f"| {tables:,} | {len(base.objects):,} | {changes} | {times} |"


def _settle(base: Catalog, ours: Catalog, theirs: Catalog) -> None:
    match(ours, merge(base, ours, theirs).seen_from(ours), same_origin=True)


def _median(rounds: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
