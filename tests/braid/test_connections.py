"""Heads of requests that are slow or endless, against uvicorn with Braid's protocol."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import uvicorn

from braid import connections
from tests.apps.githost.http_client import read_response


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "HEAD_S", 0.5)
    config = uvicorn.Config(
        hello, http=connections.GuardedProtocol, lifespan="off", log_config=None, ws="none"
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.parametrize("start", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_come_ends_the_connection(port: int, start: bytes) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(start)
        started = time.monotonic()
        assert connection.recv(100) == b""
        assert time.monotonic() - started > 0.3


def trickle(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"G")
        time.sleep(0.1)


def test_a_head_that_trickles_is_not_waited_for(port: int) -> None:
    with closing(connect(port)) as connection, pytest.raises(ConnectionError):
        trickle(connection)


def test_the_second_request_of_a_connection_is_watched_too(port: int) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"hi" in connection.recv(1000)
        connection.sendall(b"GET / HTTP/1.1\r\nHos")
        assert connection.recv(100) == b""


def test_endless_headers_are_cut(port: int) -> None:
    with closing(connect(port)) as connection:
        line = b"X-Filler: " + b"x" * 1000 + b"\r\n"
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + line * 200)
        except OSError:
            return
        assert read_response(connection).status == 400


def test_who_takes_his_time_after_the_head_is_left_alone(port: int) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n")
        time.sleep(0.8)
        connection.sendall(b"ok")
        assert b"hi" in connection.recv(1000)
