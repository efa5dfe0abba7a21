"""Requests to addresses that people typed in: only https, only to public addresses, never onward.

The name is looked up once and the connection goes to the very address that was
checked, so a name that answers differently the second time gains nothing.
Operators allow other hosts by name with BRAID_EGRESS_ALLOW. Raises EgressError
with a sentence for people.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT_S = 5
TOTAL_S = 20
READ_BYTES = 2048
PORTS = {"https": 443, "http": 80}


class EgressError(Exception):
    """The request was not made, or nobody answered it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, and the first 2 KiB of the body as text."""

    status: int
    text: str


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be called, as far as that can be told without looking it up."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise EgressError("This is not an address.") from None
    if not parts.hostname or any(c.isspace() or not c.isprintable() for c in url):
        raise EgressError("This is not an address.")
    if not f"{parts.path}{parts.query}".isascii():
        raise EgressError("After its name an address must be in ASCII; write other letters as %C3%BC.")
    if parts.username or parts.password:
        raise EgressError("An address must not hold a name or password.")
    if not _is_allowed(parts.hostname, port) and parts.scheme != "https":
        raise EgressError("The address must begin with https://.")
    if parts.scheme not in PORTS:
        raise EgressError("The address must begin with https://.")
    if not _is_allowed(parts.hostname, port) and _is_private(parts.hostname):
        raise EgressError(f"{parts.hostname} is not a public address.")
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST once; redirects are not followed and count as the answer. Raises EgressError."""
    parts = check_url(url)
    connection = _Pinned(parts, _resolve(parts))
    deadline = threading.Timer(TOTAL_S, connection.interrupt)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", _target(parts), body=body, headers=dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(READ_BYTES).decode(errors="replace"))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise EgressError(_reason(parts, error, connection.interrupted)) from error
    finally:
        deadline.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever its name says by now."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        super().__init__(parts.hostname or "", parts.port or PORTS[parts.scheme], timeout=CONNECT_S)
        self._address = address
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self.interrupted = False

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), CONNECT_S)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain
        self.sock.settimeout(TOTAL_S)

    def interrupt(self) -> None:
        """End whatever the connection waits for: a server that sends a byte a second holds nobody up."""
        self.interrupted = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _resolve(parts: SplitResult) -> str:
    """The address to connect to; all that the name stands for must be public."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise EgressError(f"{host} is not known to the name servers.") from None
    addresses = [str(each[4][0]) for each in found]
    if not _is_allowed(host, parts.port) and any(map(_is_private, addresses)):
        raise EgressError(f"{host} leads to an address that is not public.")
    return addresses[0]


def _is_private(address: str) -> bool:
    """Whether it is an IP address that is not for everybody; a name is none."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if getattr(found, "teredo", None):
        return True
    return any(not each.is_global or each.is_multicast for each in (found, mapped) if each is not None)


def _is_allowed(host: str, port: int | None) -> bool:
    return bool({host, f"{host}:{port}"} & set(settings.EGRESS_ALLOW))


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _reason(parts: SplitResult, error: Exception, interrupted: bool) -> str:
    if interrupted or isinstance(error, TimeoutError):
        return f"{parts.hostname} did not answer within {TOTAL_S} s."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {parts.hostname} is not valid: {error.verify_message}."
    return f"{parts.hostname} can't be reached: {error.__class__.__name__}."
