"""Addresses that are called, and those that never are; answers that are slow, long or cut short."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from egress import Egress, EgressError, request
from egress.addresses import is_private

PUBLIC = Egress()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://user:secret@example.com/",
        "https://",
        "https://a b/",
        "https://example.com/\N{LATIN SMALL LETTER U WITH DIAERESIS}",
        "https://example.com:99999/",
        "https://example.com;script-src/",
        "https://example.com'/",
        "nonsense",
    ],
)
def test_addresses_that_are_never_called(url: str) -> None:
    with pytest.raises(EgressError):
        PUBLIC.check(url)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433"])
def test_a_name_that_leads_inside_is_not_called(host: str) -> None:
    with pytest.raises(EgressError, match=r"not public|not known"):
        request(PUBLIC, "POST", f"https://{host}/")


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
        ("64:ff9b::808:808", False),
        ("64:ff9b::7f00:1", True),
        ("2002:a00:1::", True),
        ("100.64.0.1", True),
        ("224.0.0.1", True),
        ("0.0.0.0", True),
        ("fec0::1", True),
        ("::127.0.0.1", True),
        ("example.com", False),
    ],
)
def test_private_addresses(address: str, private: bool) -> None:
    assert is_private(address) is private


@contextmanager
def server(answer: bytes | None) -> Iterator[tuple[str, Egress]]:
    """Answers one request with these bytes, or keeps silent."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def serve() -> None:
        client, _ = listening.accept()
        with client:
            client.recv(65536)
            if answer is not None:
                client.sendall(answer)
            else:
                client.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listening:
        yield f"http://127.0.0.1:{port}/", Egress.of([f"127.0.0.1:{port}"])
        thread.join(5)


def test_a_slow_answer_holds_nobody_up() -> None:
    with server(None) as (url, egress), pytest.raises(EgressError, match=r"did not answer within 0.3 s"):
        request(egress, "POST", url, total_s=0.3)


def test_an_answer_that_drips_holds_nobody_up() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    host, ended = f"127.0.0.1:{listening.getsockname()[1]}", threading.Event()

    def drip() -> None:
        client, _ = listening.accept()
        with client, contextlib.suppress(OSError):
            client.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 5000\r\n\r\n")
            while not ended.wait(0.05):
                client.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    with listening, pytest.raises(EgressError, match=r"did not answer within 0.3 s"):
        request(Egress.of([host]), "GET", f"http://{host}/", read_bytes=100, total_s=0.3)
    ended.set()
    thread.join()


def test_a_long_answer_is_cut_and_says_so() -> None:
    body = b"x" * 5000
    with server(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body) as (url, egress):
        answer = request(egress, "GET", url, read_bytes=4000)
    assert (answer.status, len(answer.body), answer.is_whole) == (200, 4000, False)


@pytest.mark.parametrize(
    "head", [b"Content-Length: 5000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1388\r\n"]
)
def test_half_an_answer_is_none(head: bytes) -> None:
    with (
        server(b"HTTP/1.1 200 OK\r\n" + head + b"x" * 100) as (url, egress),
        pytest.raises(EgressError, match="IncompleteRead"),
    ):
        request(egress, "GET", url, read_bytes=100_000)


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with server(
        b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nX-Thing: a\r\nContent-Length: 0\r\n\r\n"
    ) as (url, egress):
        answer = request(egress, "GET", url)
    assert (answer.status, answer.headers["x-thing"]) == (302, "a")
