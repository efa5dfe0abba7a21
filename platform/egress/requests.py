"""One request, to the address that was checked, within a time and a size."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from egress.addresses import PORTS, Address, Egress, EgressError

CONNECT_S = 5
TOTAL_S = 20
READ_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the headers by lower-case name, and the start of the body."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def request(
    egress: Egress,
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    read_bytes: int = READ_BYTES,
    total_s: float = TOTAL_S,
) -> Answer:
    """Ask once; redirects are not followed and count as the answer.

    At most `read_bytes` of the body are read; `is_whole` says whether that was all.
    Raises EgressError.
    """
    address = egress.resolve(url)
    connection = _Pinned(address)
    deadline = threading.Timer(total_s, connection.interrupt)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request(method, address.target, body=body, headers=dict(headers or {}))
        with connection.getresponse() as answer:
            read = answer.read(read_bytes + 1)
            if connection.interrupted:
                raise TimeoutError
            if answer.length and len(read) <= read_bytes:
                raise http.client.IncompleteRead(read, answer.length)
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, read[:read_bytes], named, len(read) <= read_bytes)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise EgressError(_reason(address.host, error, connection.interrupted, total_s)) from error
    finally:
        deadline.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever its name says by now."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.host, address.port, timeout=CONNECT_S)
        self.default_port = PORTS[address.parts.scheme]
        self._ip = address.ip
        self._tls = ssl.create_default_context() if address.is_encrypted else None
        self.interrupted = False
        # HTTPConnection forgets its socket while the body of a `Connection: close` is still read.
        self._open: socket.socket | None = None

    def connect(self) -> None:
        plain = socket.create_connection((self._ip, self.port), CONNECT_S)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain
        self.sock.settimeout(TOTAL_S)
        self._open = self.sock

    def interrupt(self) -> None:
        """End whatever the connection waits for: a server that sends a byte a second holds nobody up."""
        self.interrupted = True
        if self._open is not None:
            try:
                self._open.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _reason(host: str, error: Exception, interrupted: bool, total_s: float) -> str:
    if interrupted or isinstance(error, TimeoutError):
        return f"{host} did not answer within {total_s:g} s."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not valid: {error.verify_message}."
    return f"{host} can't be reached: {error.__class__.__name__}."
