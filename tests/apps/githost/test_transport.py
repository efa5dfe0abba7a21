"""The stream itself: bodies that are compressed, chunked, slow, cut off, endless; clients that go away."""

import gzip
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.repositories.commits import branch_heads
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository, repository_path
from tests.apps.githost.conftest import EMAIL, Clone, client_environment
from tests.apps.githost.http_client import (
    basic,
    chunk,
    connect,
    head_of,
    packet,
    read_response,
    request,
    reset,
)
from tests.live import LiveBraid

UPLOAD, RECEIVE = "/acme/shop.git/git-upload-pack", "/acme/shop.git/git-receive-pack"
MEGABYTE = 1024 * 1024
LS_REFS = packet("command=ls-refs\n") + b"0001" + packet("ref-prefix refs/heads/\n") + b"0000"


def upload_headers(secret: str) -> dict[str, str]:
    kind = {"Content-Type": "application/x-git-upload-pack-request", "Git-Protocol": "version=2"}
    return {**basic(secret), **kind}


def receive_headers(secret: str) -> dict[str, str]:
    return {**basic(secret), "Content-Type": "application/x-git-receive-pack-request"}


@pytest.fixture
def secret(developer: User, token_of: Callable[..., str]) -> str:
    return token_of(developer)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


def gits(live: LiveBraid) -> list[psutil.Process]:
    """The git processes that the server runs at this moment."""
    return [child for child in live.process.children(recursive=True) if is_living(child)]


def is_living(process: psutil.Process) -> bool:
    """Not gone, not even since it was listed, and not about to be."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def quarantines(project: Project) -> list[Path]:
    return list((repository_path(project) / "objects").glob("tmp_objdir*"))


def push_body(clone: Clone, ref: str, head: str, objects: str) -> bytes:
    """What a client sends to create `ref` at `head`, with all objects that `objects` names."""
    arguments = ["git", "pack-objects", "--stdout", "--revs", "--quiet"]
    done = subprocess.run(
        arguments,
        cwd=clone.folder,
        env=client_environment(clone.folder),
        input=objects.encode(),
        capture_output=True,
        check=True,
    )
    command = packet(f"{'0' * 40} {head} {ref}\0report-status\n")
    return command + b"0000" + done.stdout


class Peak:
    """The most memory that a process and its children took together while the block ran."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.own = self.children = 0
        self.before = process.memory_info().rss

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self.own = max(self.own, self._process.memory_info().rss)
            sizes = map(self._size, self._process.children(recursive=True))
            self.children = max(self.children, sum(sizes))

    def _size(self, child: psutil.Process) -> int:
        """Nothing for a child that is not yet the program it is to be: its memory is still its parent's."""
        try:
            return child.memory_info().rss if child.cmdline() != self._process.cmdline() else 0
        except psutil.NoSuchProcess:
            return 0


def test_a_gzip_body_is_inflated(filled: Clone, live_braid: LiveBraid, secret: str) -> None:
    headers = {**upload_headers(secret), "Content-Encoding": "gzip"}
    answer = request("POST", live_braid.url, UPLOAD, headers, gzip.compress(LS_REFS))
    assert answer.status == 200
    assert b"refs/heads/main" in answer.body


def test_a_gzip_bomb_is_stopped_before_it_unfolds(filled: Clone, live_braid: LiveBraid, secret: str) -> None:
    bomb = gzip.compress(packet("command=ls-refs\n") + b"0001" + b"\0" * (100 * MEGABYTE), compresslevel=1)
    assert len(bomb) < MEGABYTE
    headers = {**upload_headers(secret), "Content-Encoding": "gzip"}
    with Peak(live_braid.process) as peak:
        answer = request("POST", live_braid.url, UPLOAD, headers, bomb)
    assert answer.status in (400, 413)
    assert peak.own - peak.before < 32 * MEGABYTE


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-4], lambda data: data + b"more", lambda data: b"x" + data]
)
def test_a_damaged_gzip_body_is_refused(
    filled: Clone, live_braid: LiveBraid, secret: str, damage: Callable[[bytes], bytes]
) -> None:
    headers = {**receive_headers(secret), "Content-Encoding": "gzip"}
    body = packet(f"{'0' * 40} {'1' * 40} refs/heads/x\0report-status\n")
    answer = request("POST", live_braid.url, RECEIVE, headers, damage(gzip.compress(body)))
    assert answer.status == 400
    assert "gzip" in answer.text


def test_a_chunked_body(filled: Clone, live_braid: LiveBraid, secret: str) -> None:
    pieces = (LS_REFS[at : at + 3] for at in range(0, len(LS_REFS), 3))
    answer = request("POST", live_braid.url, UPLOAD, upload_headers(secret), pieces)
    assert b"refs/heads/main" in answer.body


def test_a_body_is_asked_for_only_from_those_who_may(
    filled: Clone, live_braid: LiveBraid, secret: str, token_of: Callable[..., str], stranger: User
) -> None:
    waits = {"Expect": "100-continue", "Content-Length": str(len(LS_REFS)), "Connection": "close"}
    with closing(connect(live_braid.url)) as connection:
        connection.sendall(head_of("POST", live_braid.url, UPLOAD, {**upload_headers(secret), **waits}))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(LS_REFS)
        assert b"refs/heads/main" in read_response(connection).body
    for headers, status in (({}, b"401"), (basic(token_of(stranger)), b"404")):
        given = {**upload_headers(secret), **waits, "Authorization": headers.get("Authorization", "")}
        with closing(connect(live_braid.url)) as connection:
            connection.sendall(head_of("POST", live_braid.url, UPLOAD, given))
            assert connection.recv(65536).startswith(b"HTTP/1.1 " + status)


def test_a_large_push_and_clone_pass_through_without_being_held(
    filled: Clone, live_braid: LiveBraid, tmp_path: Path
) -> None:
    filled.write("seed.bin", os.urandom(16 * MEGABYTE))
    filled.commit("Large")
    with Peak(live_braid.process) as peak:
        filled.git("push", "origin", "HEAD:refs/heads/large")
        address = filled.git("remote", "get-url", "origin")
        filled.git("clone", "--quiet", "--branch=large", address, str(tmp_path / "copy"))
    assert peak.own - peak.before < 16 * MEGABYTE
    assert (tmp_path / "copy/seed.bin").stat().st_size == 16 * MEGABYTE


def test_a_push_whose_client_is_killed_leaves_nothing_and_the_next_works(
    filled: Clone, live_braid: LiveBraid, project: Project
) -> None:
    filled.write("seed.bin", os.urandom(48 * MEGABYTE))
    filled.commit("Large")
    client = subprocess.Popen(
        ["git", "-c", "core.compression=0", "push", "origin", "HEAD:refs/heads/large"],
        cwd=filled.folder,
        env=client_environment(filled.folder),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: bool(quarantines(project)))
    os.killpg(client.pid, signal.SIGKILL)
    client.wait()
    wait_until(lambda: not gits(live_braid))
    assert not quarantines(project)
    assert set(branch_heads(open_repository(project))) == {"main"}
    filled.git("push", "origin", "main~1:refs/heads/after")


def test_a_push_that_breaks_off_within_its_pack(
    filled: Clone, live_braid: LiveBraid, project: Project, secret: str
) -> None:
    head = filled.commit("Email", EMAIL)
    body = push_body(filled, "refs/heads/cut", head, head)
    for length in (10, len(body) // 2, len(body) - 1):
        headers = {**receive_headers(secret), "Content-Length": str(len(body))}
        with closing(connect(live_braid.url)) as connection:
            connection.sendall(head_of("POST", live_braid.url, RECEIVE, headers) + body[:length])
            reset(connection)
    wait_until(lambda: not gits(live_braid))
    assert not quarantines(project)
    assert set(branch_heads(open_repository(project))) == {"main"}
    assert request("POST", live_braid.url, RECEIVE, receive_headers(secret), body).status == 200
    assert branch_heads(open_repository(project))["cut"] == head


def test_a_client_that_leaves_after_its_last_byte_has_pushed(
    filled: Clone, live_braid: LiveBraid, project: Project, secret: str
) -> None:
    head = filled.commit("Email", EMAIL)
    body = push_body(filled, "refs/heads/left", head, head)
    headers = {**receive_headers(secret), "Content-Length": str(len(body))}
    with closing(connect(live_braid.url)) as connection:
        connection.sendall(head_of("POST", live_braid.url, RECEIVE, headers) + body)
        wait_until(lambda: bool(quarantines(project)) or "left" in branch_heads(open_repository(project)))
    wait_until(lambda: Branch.objects.filter(project=project, name="left", head=head).exists())


def test_a_clone_whose_client_goes_away_is_ended(filled: Clone, live_braid: LiveBraid, secret: str) -> None:
    filled.write("seed.bin", os.urandom(48 * MEGABYTE))
    head = filled.commit("Large")
    filled.git("push", "origin", "HEAD:refs/heads/large")
    body = packet("command=fetch") + b"0001" + packet(f"want {head}\n") + packet("done\n") + b"0000"
    headers = {**upload_headers(secret), "Content-Length": str(len(body))}
    with closing(connect(live_braid.url)) as connection:
        connection.sendall(head_of("POST", live_braid.url, UPLOAD, headers) + body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert gits(live_braid)
        reset(connection)
    wait_until(lambda: not gits(live_braid), 10)


@pytest.fixture
def trickles(live_braid: LiveBraid, secret: str) -> Iterator[Callable[[LiveBraid, int], None]]:
    """Opens so many pushes of which each sends a byte now and then, until the test is over."""
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def trickle(live: LiveBraid) -> None:
        with closing(connect(live.url)) as connection:
            headers = {**receive_headers(secret), "Transfer-Encoding": "chunked"}
            connection.sendall(head_of("POST", live.url, RECEIVE, headers) + chunk(b"0fff"))
            while not stop.wait(0.2):
                try:
                    connection.sendall(chunk(b"0"))
                except OSError:
                    return

    def start(live: LiveBraid, count: int) -> None:
        for _ in range(count):
            threads.append(threading.Thread(target=trickle, args=(live,)))
            threads[-1].start()

    yield start
    stop.set()
    for thread in threads:
        thread.join()


def test_many_slow_clients_keep_nobody_else_waiting(
    filled: Clone,
    live_braid: LiveBraid,
    trickles: Callable[[LiveBraid, int], None],
    viewer: User,
    token_of: Callable[..., str],
) -> None:
    trickles(live_braid, 40)
    wait_until(lambda: len(gits(live_braid)) >= 16)
    headers = basic(token_of(viewer))
    for _ in range(5):
        answer = request("GET", live_braid.url, "/acme/shop.git/info/refs?service=git-upload-pack", headers)
        assert answer.status == 200
        assert request("GET", live_braid.url, "/accounts/login/").status == 200
