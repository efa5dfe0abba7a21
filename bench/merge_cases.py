"""Meetings on real schemas: every kind of conflict and its harmless twins, held to what is expected.

    python bench/merge_cases.py SOURCE... [--postgres 18]

SOURCE is a folder or GITDIR:REV[:PATH]. Its migrations are replayed, each meeting of
`tests/schemata/merge/meetings.py` runs on clones of the result, and the conflicts
must be those expected, from both sides. Prints what is not, and a row a source.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

import psycopg  # noqa: E402

from braid.command.reading import read_history  # noqa: E402
from braid.command.sources import source_of  # noqa: E402
from sandbox.binaries import find  # noqa: E402
from sandbox.cluster import Cluster  # noqa: E402
from schemata.introspect import read_catalog  # noqa: E402
from tests.schemata.merge.meetings import meetings  # noqa: E402
from tests.schemata.merge.playing import Stage, replay  # noqa: E402

SETTINGS = {"fsync": "off", "autovacuum": "off", "synchronous_commit": "off"}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", metavar="SOURCE")
    parser.add_argument("--postgres", help="major version of the server to start")
    options = parser.parse_args()
    broken = 0
    print("| source | objects | meetings | as expected | not | do not run |")
    print("| --- | --- | --- | --- | --- | --- |")
    for source in options.sources:
        with tempfile.TemporaryDirectory(prefix="braid-bench-", dir=_memory()) as folder:
            Path(folder).chmod(0o755)
            with Cluster(find(options.postgres), Path(folder) / "data", settings=SETTINGS) as cluster:
                broken += _play(source, cluster)
    return 1 if broken else 0


def _play(source: str, cluster: Cluster) -> int:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("create database braid_real template template0")
        with psycopg.connect(cluster.url("braid_real"), autocommit=True) as connection:
            replay(read_history(source_of(source), None), connection)
            catalog = read_catalog(connection)
        played = list(Stage(admin, "braid_real").play(meetings(catalog)))
    failed = [each for each in played if each.problem]
    skipped = [each for each in played if each.skipped]
    for each in failed:
        print(
            f"{source}: {each.meeting.title}: {each.problem}\n  {each.meeting.ours}\n  {each.meeting.theirs}"
        )
    for each in skipped:
        print(f"{source}: {each.meeting.title} does not run: {each.skipped}")
    good = len(played) - len(failed) - len(skipped)
    name = Path(source.split(":")[0]).name
    print(
        f"| {name} | {len(catalog.objects):,} | {len(played)} | {good} | {len(failed)} | {len(skipped)} |",
        flush=True,
    )
    return len(failed)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


if __name__ == "__main__":
    sys.exit(main())
