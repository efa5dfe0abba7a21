"""A remote that speaks git and a repository of ours, for the tests of fetching and pushing."""

from collections.abc import Iterator
from pathlib import Path

import pygit2
import pytest

from tests.forges.remote import Host, Remote, serve


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
