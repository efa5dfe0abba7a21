"""The one address that a git process may speak to, and the credential for it."""

import re
from base64 import b64encode
from dataclasses import dataclass, field

from egress import Address, Egress, EgressError
from forges.errors import Unreachable, Unusable

# What a checked address and git's own reading of it could differ in is not let through.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+")


@dataclass(frozen=True, slots=True)
class Remote:
    """`url` in its plain form, the address that was checked, and the header with the credential (or nothing)."""

    url: str
    address: Address
    header: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, url: str, credentials: tuple[str, str], egress: Egress) -> "Remote":
        """Look the name up. Raises Unreachable where it leads nowhere or inside, Unusable for odd addresses."""
        try:
            address = egress.resolve(url)
        except EgressError as error:
            raise Unreachable(str(error)) from None
        if not _HOST.fullmatch(address.host) or address.parts.query or address.parts.fragment:
            raise Unusable(f"{url[:200]!a} is no plain address of a repository.")
        user, secret = credentials
        if not secret:
            return cls(_plain(address), address, "", ())
        basic = f"{user}:{secret}"
        header = f"Basic {b64encode(basic.encode()).decode()}"
        return cls(_plain(address), address, header, (secret, basic))

    @property
    def host(self) -> str:
        """For people, with the port where it is not the usual one."""
        return self.address.parts.netloc

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": self.header} if self.header else {}

    @property
    def config(self) -> dict[str, str]:
        """git's settings for this remote alone (manual: git-config, http.<url>.*)."""
        scheme, host, ip = self.address.parts.scheme, self.address.host, self.address.ip
        settings = {f"protocol.{scheme}.allow": "always"}
        if host != ip:
            pinned = f"[{ip}]" if ":" in ip else ip
            settings["http.curloptResolve"] = f"{host}:{self.address.port}:{pinned}"
        if self.header:
            settings[f"http.{self.url}.extraHeader"] = f"Authorization: {self.header}"
        return settings


def _plain(address: Address) -> str:
    parts = address.parts
    host = f"[{address.host}]" if ":" in address.host else address.host
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
