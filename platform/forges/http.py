"""JSON over HTTP with a forge: typed answers in, one family of errors out; every client stands on it.

A token goes to the address that it belongs to and nowhere else: addresses in answers
(the next page, a redirect) are never called, only the query of the next page is taken
from them. Nothing is retried here; the error says whether it is worth it and when.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from re import Pattern
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from egress import Answer, Egress, EgressError, request
from forges.errors import Elsewhere, Unreachable, Unusable
from forges.failures import failure

MAX_ANSWER = 10 * 1024 * 1024
MAX_PAGES = 50
TOTAL_S = 20.0

T = TypeVar("T")
Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Api:
    """The API of one forge: `base_url` without a slash at its end, `forge` its name for people.

    `credentials` gives the headers that carry the secret at the time of each request; what
    stands in them appears in no error.
    """

    egress: Egress
    base_url: str
    forge: str
    credentials: Callable[[], Mapping[str, str]]
    headers: Mapping[str, str] | None = None
    total_s: float = TOTAL_S
    clock: Callable[[], float] = time.time

    def get(self, path: str, kind: type[T], query: Query | None = None) -> T:
        """What is at `path`, decoded as `kind` (a msgspec Struct, or a list of them). Raises ForgeError."""
        return self.decode(self.answer("GET", path, query=query), kind)

    def send(self, method: str, path: str, body: Any, kind: type[T]) -> T:
        """Send `body` as JSON and decode what comes back. Raises ForgeError."""
        return self.decode(self.answer(method, path, body=body), kind)

    def tell(self, method: str, path: str, body: Any = None) -> None:
        """Send `body` as JSON (None: nothing) where only success matters. Raises ForgeError."""
        self.answer(method, path, body=body)

    def pages(self, path: str, kind: type[T], query: Query | None = None) -> Iterator[T]:
        """Each entry of a list that comes in pages, by the header Link (RFC 8288). Raises ForgeError."""
        at: str | None = urlencode(query or {})
        for _ in range(MAX_PAGES):
            answer = self.answer("GET", f"{path}?{at}" if at else path)
            yield from self.decode(answer, list[kind])  # type: ignore[valid-type]
            at = next_query(answer.headers.get("link", ""))
            if at is None:
                return
        raise Unusable(f"{self.forge} has more than {MAX_PAGES} pages of this; Braid reads no further.")

    def answer(self, method: str, path: str, *, body: Any = None, query: Query | None = None) -> Answer:
        """One request, whose success (2xx) comes back whole. Raises ForgeError."""
        secret = dict(self.credentials())
        headers = {"Accept": "application/json", "User-Agent": "Braid", **(self.headers or {}), **secret}
        content = None
        if body is not None:
            content, headers["Content-Type"] = msgspec.json.encode(body), "application/json"
        found = self._ask(method, self._address(path, query), content, headers)
        if not HTTPStatus(200) <= found.status < HTTPStatus(300):
            raise failure(self.forge, found, secret.values(), self.clock())
        if not found.is_whole:
            raise Unusable(
                f"{self.forge} answered with more than {MAX_ANSWER:,} bytes; Braid reads no further."
            )
        return found

    def decode(self, answer: Answer, kind: type[T]) -> T:
        """The body of an answer as `kind`. Raises Unreachable where it is something else."""
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError):
            text = f"What {self.forge} answered is not what its API promises. Is {self.base_url} the right address?"
            raise Unreachable(text) from None

    def path_of(self, error: Elsewhere, shape: Pattern[str]) -> str:
        """Where below this API's address something has moved to; empty where that is not below it or not of the shape.

        Only a path: its host gets no token of ours.
        """
        try:
            path = urlsplit(error.address).path
        except ValueError:
            return ""
        own = urlsplit(self.base_url).path
        below = path.removeprefix(own) if path.startswith(f"{own}/") else ""
        return below if shape.fullmatch(below) else ""

    def _ask(self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            return request(
                self.egress,
                method,
                url,
                body=content,
                headers=headers,
                read_bytes=MAX_ANSWER,
                total_s=self.total_s,
            )
        except EgressError as error:
            raise Unreachable(str(error)) from None

    def _address(self, path: str, query: Query | None) -> str:
        # Without the slash a path could go on with the name of the host.
        assert path.startswith("/")
        return f"{self.base_url}{path}" + (f"?{urlencode(query)}" if query else "")


def next_query(link: str) -> str | None:
    """The query of the next page by a header Link; None on the last page.

    The rest of the address is not used: behind a proxy it may be wrong, and it is not ours to trust.
    """
    for part in link.split(","):
        address, *parameters = part.split(";")
        relations = {parameter.strip().replace('"', "") for parameter in parameters}
        if "rel=next" in relations:
            return query_of(address.strip().strip("<>"))
    return None


def query_of(address: str) -> str:
    """The query of an address that stands in an answer. Raises Unreachable where it is none."""
    try:
        return urlsplit(address).query
    except ValueError:
        raise Unreachable("The address of the next page is none.") from None
