"""Whether plans lead there and back, on each pair of neighbours in a repository's history.

    python bench/plan_laws.py SOURCE... [--root FOLDER] [--postgres 18] [--keep FOLDER]

SOURCE is a folder or GITDIR:REV[:PATH]. After each migration that changes the schema,
plan(before, after) is run on a database that holds before, plan(after, before) on one
that holds after, by identity and by name, and the catalogs are compared, the order of columns
aside. Rows that a migration inserted can make a plan fail: those are counted apart.
--keep writes the SQL of what failed.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

import psycopg  # noqa: E402

from braid.command.reading import read_history  # noqa: E402
from braid.command.sources import source_of  # noqa: E402
from sandbox import Sandboxes, SandboxSettings  # noqa: E402
from sandbox.binaries import find  # noqa: E402
from sandbox.folders import default_home  # noqa: E402
from sandbox.merging.orders import differences  # noqa: E402
from sandbox.seeds import TEAM, seed_of  # noqa: E402
from sandbox.server import Server, make  # noqa: E402
from schemata.catalog import Catalog  # noqa: E402
from schemata.history import History, Migration  # noqa: E402
from schemata.introspect import read_catalog  # noqa: E402
from schemata.plan import Plan, plan  # noqa: E402
from schemata.statements import split  # noqa: E402


@dataclass
class Told:
    """What came out, by outcome; and how long planning took."""

    outcomes: Counter[str] = field(default_factory=Counter)
    statements: int = 0
    planning_ms: list[float] = field(default_factory=list)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="braid-bench-") as folder, ExitStack() as stack:
        settings = SandboxSettings(folder=Path(folder) / "servers", templates=0, parked_mb=0, warm=0)
        sandboxes = stack.enter_context(Sandboxes(settings))
        installation = find(options.postgres)
        server = make(sandboxes.root, installation, seed_of(installation, default_home()), settings)
        stack.callback(server.throw_away)
        for text in options.sources:
            history = read_history(source_of(text), options.root)
            told = Told()
            started = time.monotonic()
            _check(server, history, told, options)
            taken = time.monotonic() - started
            slowest = max(told.planning_ms, default=0.0)
            print(
                f"{text}: {len(history.migrations)} migrations, {dict(told.outcomes)}, "
                f"{told.statements} statements, planning at most {slowest:.1f} ms, {taken:.0f} s",
                flush=True,
            )


def _check(server: Server, history: History, told: Told, options: argparse.Namespace) -> None:
    """Two databases: `ahead` has the migration already, `behind` has not."""
    names = [server.databases.clone("empty") for _ in range(2)]
    try:
        with ExitStack() as stack:
            ahead, behind = (
                stack.enter_context(psycopg.connect(server.conninfo(name, TEAM), autocommit=True))
                for name in names
            )
            before = read_catalog(ahead)
            for migration in history.migrations:
                try:
                    _run(ahead, migration)
                except psycopg.Error as error:
                    print(f"  {migration.name} can't be run: {error}")
                    return
                after = read_catalog(ahead)
                if after.hash != before.hash:
                    _both_ways(migration, before, after, behind, ahead, told, options)
                _run(behind, migration)
                before = after
    finally:
        for name in names:
            server.databases.drop(name)


def _run(connection: psycopg.Connection, migration: Migration) -> None:
    for statement in split(migration.text):
        connection.execute(statement.text.encode())


def _both_ways(
    migration: Migration,
    before: Catalog,
    after: Catalog,
    behind: psycopg.Connection,
    ahead: psycopg.Connection,
    told: Told,
    options: argparse.Namespace,
) -> None:
    for same_origin in (True, False):
        for way, start, goal, connection in (
            ("there", before, after, behind),
            ("back", after, before, ahead),
        ):
            started = time.perf_counter()
            found = plan(start, goal, same_origin=same_origin)
            told.planning_ms.append((time.perf_counter() - started) * 1000)
            told.statements += len(found.statements)
            outcome = _outcome(connection, found, goal)
            told.outcomes[outcome.partition(":")[0]] += 1
            if outcome != "reached":
                by = "by identity" if same_origin else "by name"
                print(f"  {migration.name} {way} {by}: {outcome}", flush=True)
                if options.keep:
                    path = options.keep / f"{migration.name}.{way}.{by.split()[1]}.sql".replace("/", "_")
                    path.write_text(f"-- {outcome}\n".replace("\n", "\n-- ")[:-3] + found.sql)


def _outcome(connection: psycopg.Connection, found: Plan, goal: Catalog) -> str:
    try:
        with connection.transaction(force_rollback=True):
            for statement in _runnable(found):
                try:
                    connection.execute(statement.encode())
                except psycopg.errors.IntegrityError as error:
                    return f"rows: {error.diag.message_primary}"
                except psycopg.Error as error:
                    if any(each.alone for each in found.statements):
                        return f"alone: {error.diag.message_primary}"
                    return f"fails: {error.diag.message_primary} -- {statement[:200]}"
            apart = list(differences(read_catalog(connection), goal))
    except psycopg.errors.IntegrityError as error:
        return f"rows: {error.diag.message_primary}"
    if found.unsupported:
        return f"unsupported: {', '.join(found.unsupported)}"
    return f"differs: {', '.join(map(str, apart[:5]))}" if apart else "reached"


def _runnable(found: Plan) -> Iterator[str]:
    for statement in found.statements:
        yield statement.sql


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--root", help="the schema's folder, where several are found")
    parser.add_argument("--postgres", type=int, help="major version; the default is Braid's own")
    parser.add_argument("--keep", type=Path, help="a folder for the SQL of what failed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
