"""Every Postgres version at hand, and empty databases on it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from sandbox.binaries import available
from sandbox.cluster import Cluster
from tests.postgres import SETTINGS, _make_folder

INSTALLATIONS = {each.major: each for each in reversed(available())}
ROLES = ("app_reader", "app_writer")
_numbers = itertools.count()


@pytest.fixture(scope="session", params=sorted(INSTALLATIONS), ids="postgres{}".format)
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A running server of each version, with two roles that grants can name."""
    settings = SETTINGS | {"max_worker_processes": "0", "wal_level": "logical"}
    with Cluster(INSTALLATIONS[request.param], _make_folder() / "data", settings=settings) as cluster:
        with psycopg.connect(cluster.url(), autocommit=True) as admin:
            for role in ROLES:
                admin.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
        yield cluster


@pytest.fixture(scope="session")
def shared_database(server: Cluster) -> Iterator[psycopg.Connection]:
    with _database(server) as connection:
        yield connection


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
