"""The embedded server: starts, survives a kill, refuses what would not work."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psycopg
import pytest

from sandbox.binaries import CONTRIB, available, find
from sandbox.cluster import Cluster
from sandbox.errors import NoInstallation, ServerDown


def test_database_is_empty_and_ours(database: psycopg.Connection) -> None:
    assert database.execute("select count(*) from pg_class where oid >= 16384").fetchone() == (0,)


def test_default_installation_has_contrib() -> None:
    assert find().extensions >= CONTRIB


def test_missing_version_names_what_there_is() -> None:
    with pytest.raises(NoInstallation, match=r"Postgres 99 is not on this machine \(found: .*\d+\.\d+"):
        find(99)


@pytest.fixture
def folder(postgres: Cluster, request: pytest.FixtureRequest) -> Path:
    place = postgres.data.parent / request.node.name
    place.mkdir(mode=0o755)
    return place


@pytest.mark.parametrize("installation", available(), ids=lambda each: each.version)
def test_every_extension_can_be_created_by_a_plain_role(installation, folder: Path) -> None:
    with Cluster(installation, folder / "data") as cluster:
        with psycopg.connect(cluster.url(), autocommit=True) as admin:
            admin.execute("create role plain login")
            admin.execute("grant create on database postgres to plain")
            admin.execute("create schema wide authorization plain")
        with psycopg.connect(cluster.url(user="plain"), autocommit=True) as plain:
            for name in sorted(installation.extensions):
                plain.execute(f'create extension if not exists "{name}" schema wide cascade')


def test_server_that_is_about_to_go_is_waited_for(folder: Path) -> None:
    going = Cluster(find(), folder / "data")
    going.start()
    timer = threading.Timer(0.5, going.kill)
    timer.start()
    with Cluster(find(), folder / "data") as coming:
        assert coming.is_running
    timer.join()


def test_data_survives_a_kill_of_the_server(folder: Path) -> None:
    cluster = Cluster(find(), folder / "data")
    cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("create table kept ()")
    cluster.kill()
    with cluster, psycopg.connect(cluster.url()) as connection:
        connection.execute("table kept")


def test_two_servers_on_one_folder_are_refused(folder: Path) -> None:
    with Cluster(find(), folder / "data"), pytest.raises(ServerDown, match="is running on"):
        Cluster(find(), folder / "data").start()


def test_server_dies_with_a_killed_parent(folder: Path) -> None:
    script = f"""
        import time
        from pathlib import Path
        from sandbox.binaries import find
        from sandbox.cluster import Cluster
        cluster = Cluster(find(), Path({str(folder)!r}) / "data")
        cluster.start()
        print(cluster.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    with parent.stdout:
        server = int(parent.stdout.readline())
    assert Path(f"/proc/{server}").exists()
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert _ends(server)


def _ends(pid: int) -> bool:
    for _ in range(500):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False
