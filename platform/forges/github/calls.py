"""GitHub's REST API: where it is, its version, and a second try with a new token or by GitHub's own clock."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from egress import Answer
from forges.errors import Refused
from forges.failures import moment_of
from forges.http import Api, Query

# https://docs.github.com/en/rest/about-the-rest-api/api-versions; Enterprise Server knows it from 3.9 on.
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_SITES = ("github.com", "www.github.com")
# GitHub's own service on a company's domain; its API stands beside it, unlike that of Enterprise Server.
_RESIDENT = ".ghe.com"


def api_url(base_url: str) -> str:
    """The address of the API of a site: github.com, a company's ghe.com, or Enterprise Server."""
    host = urlsplit(base_url).hostname or ""
    if host in _SITES:
        return "https://api.github.com"
    if host.endswith(_RESIDENT):
        return f"https://api.{host}"
    return f"{base_url.rstrip('/')}/api/v3"


@dataclass(frozen=True)
class Calls(Api):
    """`renew` says after a 401 whether there is another credential now; `told` gets GitHub's time in Unix seconds."""

    renew: Callable[[], bool] = lambda: False
    told: Callable[[float], None] = lambda moment: None

    def answer(self, method: str, path: str, *, body: Any = None, query: Query | None = None) -> Answer:
        """As Api.answer; what was refused for its credential was not done, so it may be asked once more."""
        try:
            return super().answer(method, path, body=body, query=query)
        except Refused as error:
            if error.status != HTTPStatus.UNAUTHORIZED or not self.renew():
                raise
        return super().answer(method, path, body=body, query=query)

    def _ask(self, *arguments: Any) -> Answer:
        found = super()._ask(*arguments)
        moment = moment_of(found.headers.get("date", ""))
        if moment is not None:
            self.told(moment)
        return found
