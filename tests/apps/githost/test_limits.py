"""Limits that a deployment sets, tried on servers that are started with small ones."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import repeat
from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.repositories.commits import branch_heads
from apps.repositories.storage import open_repository
from tests.apps.githost.conftest import Clone
from tests.apps.githost.http_client import basic, chunk, connect, head_of, read_response, request
from tests.apps.githost.test_transport import RECEIVE, gits, quarantines, receive_headers, wait_until
from tests.live import LiveBraid, serve

MEGABYTE = 1024 * 1024
REFS = "/acme/shop.git/info/refs?service=git-upload-pack"


@pytest.fixture(scope="session")
def strict_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBraid]:
    limits = {
        "BRAID_VERDICT_WAIT_MS": "0",
        "BRAID_MAX_PUSH_MB": "2",
        "BRAID_PROJECT_QUOTA_MB": "3",
        "BRAID_GIT_PROCESSES_PER_PERSON": "2",
        "BRAID_GIT_PATIENCE_S": "1",
        "BRAID_GIT_STALL_S": "2",
        "BRAID_GIT_TIMEOUT_S": "8",
    }
    with serve(tmp_path_factory.mktemp("strict"), **limits) as live:
        yield live


@pytest.fixture
def live_braid(strict_server: LiveBraid, transactional_db: None, settings: object) -> LiveBraid:
    """All fixtures of this file speak to the strict server."""
    settings.REPOSITORIES = strict_server.repositories  # type: ignore[attr-defined]
    settings.BASE_URL = strict_server.url  # type: ignore[attr-defined]
    return strict_server


@pytest.fixture
def secret(developer: User, token_of: Callable[..., str]) -> str:
    return token_of(developer)


def test_a_push_that_is_too_large_is_told_the_limit_and_a_small_one_passes(
    filled: Clone, project: Project
) -> None:
    filled.git("switch", "--create", "large")
    filled.write("large.bin", os.urandom(5 * MEGABYTE))
    filled.commit("Large")
    said = filled.try_git("push", "origin", "large")
    assert said.code == 1
    assert "pack exceeds maximum allowed size (2.00 MiB)" in said.text
    assert set(branch_heads(open_repository(project))) == {"main"}
    assert not quarantines(project)
    filled.git("push", "origin", "main:refs/heads/small")


def test_an_endless_body_is_cut(filled: Clone, live_braid: LiveBraid, secret: str) -> None:
    endless: Iterable[bytes] = repeat(b"\0" * 65536, 1000)
    answer = request("POST", live_braid.url, RECEIVE, receive_headers(secret), endless)
    assert answer.status in (400, 413)
    wait_until(lambda: not gits(live_braid))


def test_a_project_has_a_quota(filled: Clone, project: Project) -> None:
    for number in range(2):
        filled.git("switch", "--create", f"part-{number}")
        filled.write(f"part-{number}.bin", os.urandom(2 * MEGABYTE - 100_000))
        filled.commit("Part")
        said = filled.try_git("push", "origin", f"part-{number}")
    assert said.code == 1
    assert "and 3 MB are allowed" in said.text
    assert "part-1" not in branch_heads(open_repository(project))


def test_a_client_that_stalls_is_let_go(filled: Clone, live_braid: LiveBraid, secret: str) -> None:
    headers = {**receive_headers(secret), "Content-Length": "5000"}
    with closing(connect(live_braid.url)) as connection:
        connection.sendall(head_of("POST", live_braid.url, RECEIVE, headers) + b"0fff")
        answer = read_response(connection)
    assert answer.status == 408
    assert "Nothing was received for 2 seconds" in answer.text
    wait_until(lambda: not gits(live_braid))


def test_a_client_that_never_ends_is_let_go(filled: Clone, live_braid: LiveBraid, secret: str) -> None:
    headers = {**receive_headers(secret), "Transfer-Encoding": "chunked"}
    started = time.monotonic()
    with closing(connect(live_braid.url)) as connection:
        connection.sendall(head_of("POST", live_braid.url, RECEIVE, headers) + chunk(b"0fff"))
        connection.settimeout(0.3)
        while True:
            try:
                connection.sendall(chunk(b"0"))
                if connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
    assert time.monotonic() - started > 6
    wait_until(lambda: not gits(live_braid))


def test_one_person_takes_so_many_places_and_no_more(
    filled: Clone, live_braid: LiveBraid, secret: str, viewer: User, token_of: Callable[..., str]
) -> None:
    with ExitStack() as open_pushes:
        for _ in range(2):
            connection = open_pushes.enter_context(closing(connect(live_braid.url)))
            headers = {**receive_headers(secret), "Content-Length": "5000"}
            connection.sendall(head_of("POST", live_braid.url, RECEIVE, headers) + b"0fff")
        wait_until(lambda: len(gits(live_braid)) == 2)
        refused = request("GET", live_braid.url, REFS, basic(secret))
        assert refused.status == 429
        assert "You have 2 git requests running here already" in refused.text
        assert refused.headers["retry-after"] == "10"
        assert request("GET", live_braid.url, REFS, basic(token_of(viewer))).status == 200
    wait_until(lambda: request("GET", live_braid.url, REFS, basic(secret)).status == 200)


def test_a_burst_waits_for_its_turn(filled: Clone, tmp_path: Path) -> None:
    """Eight fetches by one person with two places: all are served, one after the other."""
    import threading

    address = filled.git("remote", "get-url", "origin")
    codes: list[int] = []

    def fetch() -> None:
        codes.append(filled.try_git("ls-remote", address).code)

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(0) >= 4
