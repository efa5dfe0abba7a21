"""HTTP without a git client: requests as a person, a broken tool or an attacker would send them."""

import socket
import struct
from base64 import b64encode
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def basic(password: str, name: str = "me") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30)


def head_of(method: str, url: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def request(
    method: str,
    url: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes | Iterable[bytes] = b"",
) -> Response:
    """One request on a connection of its own; an iterable is sent in chunks."""
    given = {**(headers or {}), "Connection": "close"}
    with closing(connect(url)) as connection:
        if isinstance(body, bytes):
            if body or method == "POST":
                given["Content-Length"] = str(len(body))
            connection.sendall(head_of(method, url, path, given) + body)
        else:
            _send_chunked(
                connection, head_of(method, url, path, {**given, "Transfer-Encoding": "chunked"}), body
            )
        return read_response(connection)


def _send_chunked(connection: socket.socket, head: bytes, body: Iterable[bytes]) -> None:
    try:
        connection.sendall(head)
        for data in body:
            connection.sendall(chunk(data))
        connection.sendall(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # The server has said what it had to say.


def read_response(connection: socket.socket) -> Response:
    data = b""
    try:
        while more := connection.recv(65536):
            data += more
    except ConnectionResetError:
        pass
    head, _, body = data.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _unchunked(body)
    return Response(int(status.split()[1]), headers, body)


def _unchunked(data: bytes) -> bytes:
    out = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        out += data[:length]
        data = data[length + 2 :]
    return out


def reset(connection: socket.socket) -> None:
    """Go away without a word, as a client that is killed does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def packet(text: str) -> bytes:
    data = text.encode()
    return f"{len(data) + 4:04x}".encode() + data
