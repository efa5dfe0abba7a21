"""How long a whole history takes to replay, on any repository or folder.

    python bench/replay.py PATH [--root FOLDER] [--postgres 18] [--rounds 7] [--no-psql] [--json FILE]

Compares, on servers with the same settings and in turns: Braid's replay; the floor,
one bare psycopg connection that sends one message per migration; and plain `psql`
started file by file. Nothing is cached between rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

import psycopg  # noqa: E402

from sandbox import Sandboxes, SandboxSettings  # noqa: E402
from sandbox.binaries import find  # noqa: E402
from sandbox.folders import default_home  # noqa: E402
from sandbox.seeds import TEAM, seed_of  # noqa: E402
from sandbox.server import Server, make  # noqa: E402
from schemata.history import History  # noqa: E402
from schemata.layouts import FolderTree, read_project  # noqa: E402


def main() -> None:
    options = _options()
    history = read_project(FolderTree(options.path), options.root)
    with tempfile.TemporaryDirectory(prefix="braid-bench-", dir=_memory()) as folder:
        settings = SandboxSettings(folder=Path(folder) / "servers", templates=0, parked_mb=0, warm=0)
        results = _measure(history, settings, options)
    _print(history, results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, help="a folder with migrations; only read")
    parser.add_argument("--root", help="the schema's folder, where several are found")
    parser.add_argument("--postgres", type=int, help="major version; the default is Braid's own")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--psql", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _measure(
    history: History, settings: SandboxSettings, options: argparse.Namespace
) -> dict[str, list[float]]:
    results: dict[str, list[float]] = {}
    with Sandboxes(settings) as sandboxes:
        bare = _bare_server(sandboxes, options.postgres)
        try:
            for number in range(options.rounds + 1):
                turn = _turn(history, sandboxes, bare, options)
                for name, value in turn.items() if number else ():
                    results.setdefault(name, []).append(value)
        finally:
            bare.throw_away()
    return results


def _bare_server(sandboxes: Sandboxes, postgres: int | None) -> Server:
    installation = find(postgres)
    return make(sandboxes.root, installation, seed_of(installation, default_home()), sandboxes.settings)


def _turn(
    history: History, sandboxes: Sandboxes, bare: Server, options: argparse.Namespace
) -> dict[str, float]:
    replay = sandboxes.replay(history, owner="bench", postgres=options.postgres, deadline_s=600)
    if replay.failure:
        raise SystemExit(f"{replay.failure.path}:{replay.failure.line}: {replay.failure.message}")
    figures = {
        "floor": _on_clone(bare, lambda conninfo: _bare_psycopg(history, conninfo)),
        "braid, running": replay.server_ms,
        "braid, with clone and catalog": replay.duration_ms,
    }
    if options.psql:
        figures["psql, file by file"] = _on_clone(bare, lambda conninfo: _psql(history, conninfo, bare))
    return figures


def _on_clone(bare: Server, work: Callable[[str], None]) -> float:
    name = bare.databases.clone("empty")
    started = time.perf_counter()
    work(bare.conninfo(name, TEAM))
    taken = (time.perf_counter() - started) * 1000
    bare.databases.drop(name)
    return taken


def _bare_psycopg(history: History, conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for migration in history.migrations:
            connection.execute(migration.text.encode())


def _psql(history: History, conninfo: str, bare: Server) -> None:
    program = bare.installation.bin / "psql"
    for migration in history.migrations:
        subprocess.run(
            [program, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-f", "-"],
            input=migration.text.encode(),
            check=True,
            capture_output=True,
            env={"PATH": os.environ["PATH"]},
        )


def _print(history: History, results: dict[str, list[float]]) -> None:
    statements = sum(len(migration.statements) for migration in history.migrations)
    print(f"{history.layout}, {len(history.migrations)} migrations, {statements} statements")
    floor = statistics.median(results["floor"])
    for name, values in results.items():
        middle = statistics.median(values)
        print(f"{name:32} {middle:8.0f} ms   {middle / floor:5.2f} x the floor")


if __name__ == "__main__":
    main()
