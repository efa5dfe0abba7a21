"""Which addresses may be called, and the one IP address that a name stands for."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# What a name or an IP address may hold; the letters of other scripts are made ASCII before they are looked up.
_HOST = re.compile(r"[\w.:%-]+")
PORTS = {"https": 443, "http": 80}


class EgressError(Exception):
    """The request was not made, or nobody answered it."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be called: its parts, and the IP address that was checked."""

    parts: SplitResult
    ip: str

    @property
    def host(self) -> str:
        return self.parts.hostname or ""

    @property
    def port(self) -> int:
        return self.parts.port or PORTS[self.parts.scheme]

    @property
    def is_encrypted(self) -> bool:
        return self.parts.scheme == "https"

    @property
    def target(self) -> str:
        """What stands in the request's first line."""
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")


@dataclass(frozen=True, slots=True)
class Egress:
    """What this installation lets out: public hosts by https, and `allowed` (`host` or `host:port`) in any way."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, allowed: Iterable[str]) -> "Egress":
        return cls(frozenset(allowed))

    def check(self, url: str) -> SplitResult:
        """The parts of an address that may be called, as far as that can be told without looking it up."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise EgressError("This is not an address.") from None
        host = parts.hostname or ""
        if not _HOST.fullmatch(host) or any(c.isspace() or not c.isprintable() for c in url):
            raise EgressError("This is not an address.")
        if not f"{parts.path}{parts.query}".isascii():
            raise EgressError("After its name an address must be in ASCII; write other letters as %C3%BC.")
        if parts.username or parts.password:
            raise EgressError("An address must not hold a name or password.")
        is_allowed = self.allows(host, port)
        if parts.scheme not in PORTS or (parts.scheme != "https" and not is_allowed):
            raise EgressError("The address must begin with https://.")
        if not is_allowed and is_private(host):
            raise EgressError(f"{host} is not a public address.")
        return parts

    def resolve(self, url: str) -> Address:
        """Where to connect to; all that the name stands for must be public."""
        parts = self.check(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise EgressError(f"{host} is not known to the name servers.") from None
        addresses = [str(each[4][0]) for each in found]
        if not self.allows(host, parts.port) and any(map(is_private, addresses)):
            raise EgressError(f"{host} leads to an address that is not public.")
        return Address(parts, addresses[0])

    def allows(self, host: str, port: int | None) -> bool:
        """Whether an operator named this host, whatever it stands for."""
        return bool({host, f"{host}:{port}"} & self.allowed)


def is_private(address: str) -> bool:
    """Whether it is an IP address that is not for everybody; a name is none.

    What stands behind an address that only carries another one is looked at too: IPv4
    in IPv6 (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052). Teredo is nobody's.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if getattr(found, "teredo", None):
        return True
    return any(
        not each.is_global or each.is_multicast or any(each in network for network in FORMER)
        for each in (found, _carried(found))
        if each is not None
    )


# Site-local (RFC 3879) and IPv4-compatible addresses (RFC 4291): given up, and routed inside where they are at all.
FORMER = (ipaddress.IPv6Network("fec0::/10"), ipaddress.IPv6Network("::/96"))
NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


def _carried(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
