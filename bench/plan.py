"""Planning between two catalogs, against the bare catalog queries.

    python bench/plan.py [--tables 51 400 1000] [--rounds 7] [--postgres 18] [--url postgres://...]

The databases, and the ten changes between them, are those of `bench/catalog.py`. In each
round both are read anew, so that nothing is known of the catalogs beforehand, and
measured are `bare`: the reader's own queries executed and fetched on both; `by identity`
and `by name`: `plan` from one to the other; `back`: `way_back` by identity, which plans both
ways. The ratio is that of the plan by identity to the bare queries of the same round.
"""

import statistics
import sys
from functools import partial

from catalog import Connections, _databases, _each, _options, _server, _timed, _version

from schemata.introspect import read_catalog
from schemata.introspect.fetch import fetch_all
from schemata.plan import plan, way_back

TABLES = [51, 400, 1000]
MEASURED = {
    "by identity": partial(plan, same_origin=True),
    "by name": partial(plan, same_origin=False),
    "back": partial(way_back, same_origin=True),
}


def main() -> None:
    if "--tables" not in sys.argv:
        sys.argv += ["--tables", *map(str, TABLES)]
    options = _options()
    with _server(options) as url:
        print(f"Postgres {_version(url)}, {options.rounds} rounds, medians in ms")
        print(f"| tables | objects | statements | bare, both | {' | '.join(MEASURED)} | by identity / bare |")
        print(f"| {' | '.join(['---'] * (5 + len(MEASURED)))} |")
        for tables in options.tables:
            with _databases(url, tables) as connections:
                print(_measure(connections, tables, options.rounds), flush=True)


def _measure(connections: Connections, tables: int, rounds: int) -> str:
    """One warming round, then `rounds`."""
    took: dict[str, list[float]] = {each: [] for each in ("bare", *MEASURED)}
    for number in range(rounds + 1):
        bare, _ = _timed(_each, fetch_all, connections)
        times = {"bare": bare}
        for name, work in MEASURED.items():
            before, after = _each(read_catalog, connections)
            times[name], found = _timed(work, before, after)
            if not found.statements or found.unsupported:
                raise SystemExit(f"{name}: the changes were not planned: the benchmark measures nothing")
        for name, milliseconds in times.items() if number else ():
            took[name].append(milliseconds)
    ratio = statistics.median(
        ours / bare for ours, bare in zip(took["by identity"], took["bare"], strict=True)
    )
    shown = " | ".join(f"{statistics.median(each):,.1f}" for each in took.values())
    return f"| {tables:,} | {len(before.objects):,} | {len(found.statements)} | {shown} | **{ratio:.2f}** |"


if __name__ == "__main__":
    main()
