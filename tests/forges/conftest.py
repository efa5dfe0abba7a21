"""A forge that answers what it is told, for the tests of clients; a git server and a repository, for those of git."""

from collections.abc import Iterator
from pathlib import Path

import pygit2
import pytest

from tests.forges import served
from tests.forges.remote import Host, Remote, serve
from tests.forges.served import Served


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    with served.serve() as running:
        yield running


@pytest.fixture
def forge(server: Served) -> Served:
    """The server with nothing to answer yet, and nothing asked."""
    server.answers = {}
    server.asked.clear()
    return server


@pytest.fixture(scope="session")
def git_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with serve(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture
def host(git_server: Host) -> Iterator[Host]:
    git_server.requests.clear()
    git_server.headers.clear()
    yield git_server
    git_server.before, git_server.protocol = lambda asked: None, "version=2"


@pytest.fixture
def remote(host: Host, tmp_path: Path) -> Remote:
    return host.make(tmp_path.name)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    path = tmp_path / "ours.git"
    pygit2.init_repository(str(path), bare=True, initial_head="main")
    return path
