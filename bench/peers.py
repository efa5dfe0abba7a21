"""Reading and comparing two live databases: Braid beside migra and @supabase/pg-delta, in one run.

    python bench/peers.py [--tables 51 1000] [--rounds 7] [--postgres 18]

Makes the same two databases as bench/catalog.py. Braid is measured in this process, each
peer in a process of its own that is warm when it begins to count; all of them read both
databases and work out the changes each round. Needs node and npm; the peers are
installed into var/bench/peers on the first run, at the versions named in this folder.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT), str(ROOT / "bench")]

from catalog import AFTER, BEFORE, _databases, _server  # noqa: E402

from schemata.diff import diff  # noqa: E402
from schemata.introspect import read_catalog  # noqa: E402
from schemata.introspect.fetch import fetch_all  # noqa: E402

HOME = ROOT / "var" / "bench" / "peers"
HERE = Path(__file__).parent / "peers"
MIGRA = ("migra==3.0.1663481299", "sqlalchemy==2.0.51", "psycopg2-binary==2.9.11", "setuptools<81")


def main() -> None:
    options = _options()
    _install()
    print("| tables | bare queries | Braid | migra | pg-delta | Braid / bare | fastest peer / Braid |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with _server(options) as url:
        for tables in options.tables:
            with _databases(url, tables) as connections:
                _line(tables, url, connections, options.rounds)


def _line(tables, url, connections, rounds) -> None:
    bare, braid = [], []
    for number in range(rounds + 1):
        floor = _timed(lambda: [fetch_all(each) for each in connections])
        own = _timed(lambda: diff(*map(read_catalog, connections), same_origin=False))
        if number:
            bare.append(floor)
            braid.append(own)
    urls = [_named(url, name) for name in (BEFORE, AFTER)]
    migra = _peer([HOME / "venv/bin/python", HERE / "migra_times.py", *urls, rounds])
    delta = _peer(["node", HOME / "pg-delta.mjs", *urls, rounds])
    medians = [statistics.median(each) for each in (bare, braid, migra, delta)]
    ratios = f"{medians[1] / medians[0]:.2f} | **{min(medians[2:]) / medians[1]:.1f}**"
    print(f"| {tables:,} | {' | '.join(f'{each:,.0f}' for each in medians)} | {ratios} |", flush=True)


def _timed(work) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _peer(command) -> list[float]:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, cwd=HOME)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr[-2000:]}")
    return list(json.loads(done.stdout.strip().splitlines()[-1]))


def _named(url: str, name: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    given = conninfo_to_dict(url)
    host, port = given.get("host", ""), given.get("port", "5432")
    return f"postgresql://{given.get('user', '')}@/{name}?host={host}&port={port}"


def _install() -> None:
    if not (HOME / "venv").exists():
        venv.create(HOME / "venv", with_pip=True)
        subprocess.run([HOME / "venv/bin/python", "-m", "pip", "-q", "install", *MIGRA], check=True)
    for name in ("package.json", "pg-delta.mjs"):
        (HOME / name).write_text((HERE / name).read_text())
    if not (HOME / "node_modules").exists():
        subprocess.run(["npm", "install", "--no-fund", "--no-audit"], cwd=HOME, check=True, env=os.environ)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, nargs="+", default=[51, 1000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--postgres", help="major version of the server to start")
    parser.add_argument("--url", help="a server where databases may be created; they are dropped again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
