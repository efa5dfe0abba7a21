"""A GitHub App: its key signs JWTs, which buy tokens of an hour for each account that installed it.

Manual: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app and
https://docs.github.com/en/rest/apps. GitHub measures both by its own clock, so its answers' dates
are listened to; a machine that is minutes off still works, from the second request on.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

import jwt
import msgspec

from egress import Egress
from forges.errors import Unusable
from forges.github.calls import HEADERS, Calls, api_url
from forges.http import MAX_PAGES, Api

BACK_S, AHEAD_S = 60, 9 * 60
# A token that ends within this time is not begun with.
MARGIN_S = 5 * 60
CLOCKS_DIFFER_S = 30
PER_PAGE = 100


class _Account(msgspec.Struct):
    login: str = ""


class _Installation(msgspec.Struct):
    id: int
    account: _Account | None = None
    permissions: dict[str, str] = {}
    suspended_at: str | None = None


class _Self(msgspec.Struct):
    slug: str
    id: int = 0
    permissions: dict[str, str] = {}
    events: list[str] = []


class _Repository(msgspec.Struct):
    id: int
    full_name: str


class _Repositories(msgspec.Struct):
    total_count: int
    repositories: list[_Repository]


class _Token(msgspec.Struct):
    token: str
    expires_at: datetime
    permissions: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one account; `permissions` as it granted them (`{"contents": "write"}`)."""

    id: str
    account: str
    is_suspended: bool
    permissions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class About:
    """The app by itself; `permissions` and `events` as it asks for them, of which an account may grant less."""

    id: str
    slug: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Installed:
    """A repository that an installation reaches; `id` stays when it is renamed."""

    id: str
    name: str


@dataclass
class ForgeClock:
    """The time as the forge has it: ours and what its answers were ahead of it."""

    ours: Callable[[], float] = time.time
    ahead_s: float = 0.0

    def now(self) -> float:
        return self.ours() + self.ahead_s

    def told(self, moment: float) -> None:
        """`moment` is the forge's time in Unix seconds; what lies within its rounding and the way is no difference."""
        ahead_s = moment - self.ours()
        self.ahead_s = ahead_s if abs(ahead_s) > CLOCKS_DIFFER_S else 0.0


@dataclass(frozen=True)
class App:
    """One app on one site. `id` is its number or client id, `key` its private key as PEM."""

    base_url: str
    id: str
    key: str = field(repr=False)
    egress: Egress
    clock: ForgeClock = field(default_factory=ForgeClock)

    def token(self) -> str:
        """A JWT of the app itself, good for nine minutes. Raises Unusable where the key is none."""
        now = int(self.clock.now())
        claims = {"iat": now - BACK_S, "exp": now + AHEAD_S, "iss": self.id}
        try:
            return jwt.encode(claims, self.key, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Unusable(
                "The private key of the GitHub App is no RSA key in PEM; make a new one."
            ) from None

    def installations(self) -> tuple[Installation, ...]:
        """Everywhere that the app is installed, by number. Raises ForgeError."""
        found = self.calls.pages("/app/installations", _Installation, {"per_page": PER_PAGE})
        return tuple(_installation(each) for each in sorted(found, key=lambda each: each.id))

    def installation(self, identity: str) -> Installation:
        """Raises Gone where the app was removed."""
        return _installation(self.calls.get(f"/app/installations/{quote(identity, safe='')}", _Installation))

    def about(self) -> About:
        """What GitHub knows the app as; it answers to none but the app's own key. Raises ForgeError."""
        found = self.calls.get("/app", _Self)
        return About(str(found.id), found.slug, found.permissions, tuple(found.events))

    def login(self) -> str:
        """The name under which the app writes. Raises ForgeError."""
        return f"{self.about().slug}[bot]"

    @property
    def calls(self) -> Api:
        """The API, as the app itself."""
        tried: list[float] = [self.clock.ahead_s]

        def is_clock_corrected() -> bool:
            before, tried[0] = tried[0], self.clock.ahead_s
            return abs(before - tried[0]) > CLOCKS_DIFFER_S

        return Calls(
            self.egress,
            api_url(self.base_url),
            "GitHub",
            lambda: {"Authorization": f"Bearer {self.token()}"},
            HEADERS,
            renew=is_clock_corrected,
            told=self.clock.told,
        )


@dataclass
class InstallationToken:
    """Gives the token of one installation when it is called (it is a `client.Secret`); asks for one where
    there is none or it is about to end. Safe for threads."""

    app: App
    installation: str
    _held: _Token | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __call__(self) -> str:
        """Raises ForgeError: Gone where the app was removed, Refused where it is suspended."""
        return self._current().token

    @property
    def can_write(self) -> bool:
        """Whether it may push; what GitHub says of a repository is about people, not about apps. Raises ForgeError."""
        return self._current().permissions.get("contents") == "write"

    def renew(self) -> bool:
        """Forget a token that GitHub did not accept; the next call asks for another. Always true."""
        with self._lock:
            self._held = None
        return True

    def _current(self) -> _Token:
        with self._lock:
            held = self._held
            if held is None or held.expires_at.timestamp() - self.app.clock.now() < MARGIN_S:
                path = f"/app/installations/{quote(self.installation, safe='')}/access_tokens"
                held = self._held = self.app.calls.send("POST", path, {}, _Token)
            return held


def repositories(token: InstallationToken) -> tuple[Installed, ...]:
    """What an installation reaches, by name. Raises ForgeError."""
    return tuple(sorted(_pages(token), key=lambda each: each.name))


def _pages(token: InstallationToken) -> Iterator[Installed]:
    calls = token_calls(token, token.app.egress)
    for page in range(1, MAX_PAGES + 1):
        query = {"per_page": PER_PAGE, "page": page}
        found = calls.get("/installation/repositories", _Repositories, query)
        yield from (Installed(str(each.id), each.full_name) for each in found.repositories)
        if page * PER_PAGE >= found.total_count:
            return
    raise Unusable(f"The installation reaches more than {MAX_PAGES * PER_PAGE:,} repositories; choose fewer.")


def token_calls(token: InstallationToken, egress: Egress) -> Api:
    """The API as one installation; a token that GitHub has ended early is renewed once."""
    app = token.app
    return Calls(
        egress,
        api_url(app.base_url),
        "GitHub",
        lambda: {"Authorization": f"Bearer {token()}"},
        HEADERS,
        renew=token.renew,
        told=app.clock.told,
    )


def _installation(found: _Installation) -> Installation:
    login = found.account.login if found.account else ""
    return Installation(str(found.id), login, found.suspended_at is not None, found.permissions)
