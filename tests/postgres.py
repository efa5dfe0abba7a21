"""Postgres for tests: one server of their own per test process, one empty database per test.

A pytest plugin, named in pyproject.toml, because Django's settings are read before
any conftest: the address is known at once, the server starts when it is first used.
"""

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sandbox.binaries import find
from sandbox.cluster import Cluster

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}
_numbers = itertools.count()


def _make_folder() -> Path:
    folder = Path(
        tempfile.mkdtemp(prefix="braid-test-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
    )
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _make_cluster() -> Cluster:
    cluster = Cluster(find(), _make_folder() / "data", settings=SETTINGS)
    atexit.register(cluster.kill)
    return cluster


_cluster = _make_cluster()
os.environ["DATABASE_URL"] = _cluster.url()
os.environ["BRAID_VAR"] = str(_cluster.data.parent / "var")
os.environ.setdefault("BRAID_SECRET_KEY", "only for tests")


@pytest.fixture(scope="session")
def postgres() -> Cluster:
    """The test process's own server, running; its superuser is `braid`."""
    _cluster.start()
    return _cluster


@pytest.fixture
def database_url(postgres: Cluster) -> Iterator[str]:
    """The URL of an empty database that is dropped after the test."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        yield postgres.url(name)
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def database(database_url: str) -> Iterator[psycopg.Connection]:
    """A superuser's autocommit connection to an empty database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection
