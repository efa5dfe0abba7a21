"""Every Postgres version at hand, and empty databases on it."""

import atexit
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
import pytest
from psycopg import sql

from sandbox.binaries import available
from sandbox.cluster import Cluster
from tests.postgres import SETTINGS, _make_folder

INSTALLATIONS = {each.major: each for each in reversed(available())}
ROLES = ("app_reader", "app_writer")
_numbers = itertools.count()


@cache
def _running(major: int) -> Cluster:
    """The process's server of a version, with two roles that grants can name.

    Kept here, not by the fixture: pytest sets a parametrized fixture up anew for every test that names its value.
    """
    settings = SETTINGS | {"max_worker_processes": "0", "wal_level": "logical"}
    cluster = Cluster(INSTALLATIONS[major], _make_folder() / "data", settings=settings)
    atexit.register(cluster.kill)
    cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        for role in ROLES:
            admin.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
    return cluster


@cache
def shared(major: int) -> psycopg.Connection:
    """A superuser's connection to a database that every test leaves as it was."""
    cluster = _running(major)
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        admin.execute("create database shared template template0")
    connection = psycopg.connect(cluster.url("shared"), autocommit=True)
    atexit.register(connection.close)
    return connection


@pytest.fixture(scope="session", params=sorted(INSTALLATIONS), ids="postgres{}".format)
def server(request: pytest.FixtureRequest) -> Cluster:
    """A running server of each version."""
    return _running(request.param)


@pytest.fixture(scope="session")
def shared_database(server: Cluster) -> psycopg.Connection:
    return shared(server.installation.major)


@pytest.fixture
def scratch(shared_database: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """An empty database in a transaction that is rolled back: much quicker than a database of one's own."""
    with shared_database.transaction(force_rollback=True):
        yield shared_database


@pytest.fixture
def fresh(server: Cluster) -> Iterator[psycopg.Connection]:
    """A superuser's autocommit connection to an empty database of its own."""
    with _database(server) as connection:
        yield connection


@contextmanager
def _database(server: Cluster) -> Iterator[psycopg.Connection]:
    name = f"catalog_{next(_numbers)}"
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            yield connection
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
