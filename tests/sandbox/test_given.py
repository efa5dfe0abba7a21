"""A server that was given (SANDBOX_URLS) in place of our own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox import NoInstallation, Sandboxes, SandboxSettings, ServerDown
from sandbox.binaries import find
from sandbox.cluster import Cluster
from sandbox.processes import Limits
from schemata.history import History

USERS = "create table users (id serial primary key, name text not null);"
HistoryOf = Callable[..., History]


@pytest.fixture(scope="module")
def given(sandbox_folder: Path) -> Iterator[Cluster]:
    """Somebody's own server. The child that sends statements runs as nobody, so nobody must reach its socket."""
    folder = sandbox_folder.parent / "given"
    folder.mkdir(mode=0o755)
    with Cluster(find(), folder / "data", limits=Limits(uid=65534)) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def url(given: Cluster) -> str:
    """Its administrator for us may make roles and databases but is no superuser."""
    with psycopg.connect(given.url(), autocommit=True) as admin:
        admin.execute("create role giver login createdb createrole password 'x'")
        admin.execute("create database given owner giver")
    return given.url("given", "giver", "x")


@pytest.fixture
def sandboxes(url: str, sandbox_folder) -> Iterator[Sandboxes]:
    with Sandboxes(SandboxSettings(folder=sandbox_folder, urls=(url,))) as opened:
        yield opened


def databases(given: Cluster) -> set[str]:
    with psycopg.connect(given.url()) as admin:
        return {
            name for (name,) in admin.execute("select datname from pg_database where datname ~ '^braid_'")
        }


def test_given_server_replays_and_remembers(
    sandboxes: Sandboxes, given: Cluster, owner: str, history_of: HistoryOf, url: str, sandbox_folder
) -> None:
    first = sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
    second = sandboxes.replay(history_of(USERS, "alter table users add a int;"), owner=owner, deadline_s=60)
    assert second.failure is None
    assert [run.cached for run in second.runs] == [True, False]
    assert first.catalog.hash != second.catalog.hash
    sandboxes.close()
    with Sandboxes(SandboxSettings(folder=sandbox_folder, urls=(url,))) as later:
        third = later.replay(history_of(USERS), owner=owner, deadline_s=60)
        assert [run.cached for run in third.runs] == [True]
    assert not {name for name in databases(given) if "_w_" in name}


def test_two_processes_do_not_meet(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf, url: str, sandbox_folder
) -> None:
    sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
    with Sandboxes(SandboxSettings(folder=sandbox_folder, urls=(url,))) as other:
        done = other.replay(history_of(USERS), owner=owner, deadline_s=60)
        assert [run.cached for run in done.runs] == [False]
        again = sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
        assert [run.cached for run in again.runs] == [True]


def test_projects_cannot_reach_each_other(sandboxes: Sandboxes, history_of: HistoryOf) -> None:
    sandboxes.replay(history_of(USERS), owner="one", deadline_s=60)
    sandboxes.replay(history_of(USERS), owner="two", deadline_s=60)
    one, two = sandboxes._servers[-2:]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(one.conninfo(two.databases.names.empty, one.databases.names.team))


def test_version_that_is_not_given(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    with pytest.raises(NoInstallation, match=r"SANDBOX_URLS has \d+\.\d+"):
        sandboxes.replay(history_of(USERS), owner=owner, postgres=99, deadline_s=60)


def test_server_that_does_not_answer(sandbox_folder, owner: str, history_of: HistoryOf) -> None:
    nowhere = SandboxSettings(folder=sandbox_folder, urls=("postgresql://x@127.0.0.1:1/x",))
    with Sandboxes(nowhere) as sandboxes, pytest.raises(ServerDown, match="none of the 1 sandbox servers"):
        sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
