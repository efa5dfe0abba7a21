"""What a git client asks for, read from the path, query and headers of a request.

A path of the form `/<team>/<project>.git/...` is ours, everything else is
Django's. What is ours but can't be served gets an answer that says so.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

_OURS = re.compile(r"/(?P<team>[^/]+)/(?P<project>[^/]+)\.git(?P<rest>/.*)?", re.DOTALL)
_BARE = re.compile(r"/(?P<team>[\w.-]+)/(?P<project>[\w.-]+)/info/refs", re.ASCII)
_SLUG = re.compile(r"[\w][\w.-]*", re.ASCII)
_VERSION = re.compile(r"(?:^|:)version=([012])(?:$|:)")
_PROTOCOL = re.compile(r"[\w=:.,/-]{1,200}", re.ASCII)


class Service(StrEnum):
    """The two git programs that answer clients."""

    UPLOAD_PACK = "git-upload-pack"
    RECEIVE_PACK = "git-receive-pack"

    @property
    def program(self) -> str:
        return self.removeprefix("git-")


@dataclass(frozen=True, slots=True)
class GitRequest:
    """A request that git answers: `advertises` for the list of refs, else an exchange with a body."""

    team: str
    project: str
    service: Service
    advertises: bool
    method: str
    protocol: str
    encoding: str
    authorization: str

    @property
    def is_version_2(self) -> bool:
        return self.protocol == "version=2"


class Refusal(Exception):
    """An answer without git: a status, a sentence for the person, headers."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        headers: tuple[tuple[str, str], ...] = (),
        content_type: str = "text/plain; charset=utf-8",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.content_type = content_type


def is_for_git(path: str, query: bytes) -> bool:
    """Whether the request is one for a repository, so that Django need not see it."""
    return bool(_OURS.fullmatch(path)) or (bool(_BARE.fullmatch(path)) and b"service=git-" in query)


def parse(scope: Mapping[str, Any]) -> GitRequest:
    """Read a request that `is_for_git`; raises Refusal for what Braid does not serve."""
    match = _OURS.fullmatch(scope["path"])
    if match is None:
        path = f"{scope['path'].removesuffix('/info/refs')}.git/info/refs"
        raise redirect(f"{path}?{scope['query_string'].decode('latin-1')}")
    team, project, rest = match["team"], match["project"], match["rest"] or ""
    headers = _headers(scope["headers"])
    if not rest.strip("/"):
        # A path that starts with two slashes would be another host's address.
        raise redirect("/" + f"{team}/{project}/".lstrip("/"))
    _check_names(team, project)
    service, advertises = _service(scope["method"], rest, scope["query_string"])
    _check_content_type(service, advertises, headers)
    return GitRequest(
        team=team,
        project=project,
        service=service,
        advertises=advertises,
        method=scope["method"],
        protocol=_protocol(headers.get("git-protocol", "")),
        encoding=headers.get("content-encoding", "").lower(),
        authorization=headers.get("authorization", ""),
    )


def _service(method: str, rest: str, query: bytes) -> tuple[Service, bool]:
    if rest.startswith("/info/lfs"):
        raise _no_lfs()
    if rest == "/info/refs":
        _check_method(method, ("GET", "HEAD"))
        return _advertised(query), True
    if rest.lstrip("/") in (Service.UPLOAD_PACK, Service.RECEIVE_PACK):
        _check_method(method, ("POST",))
        return Service(rest.lstrip("/")), False
    if rest in ("/HEAD", "/packed-refs", "/config") or rest.startswith(("/objects/", "/refs/", "/info/")):
        raise _no_dumb_protocol()
    raise Refusal(HTTPStatus.NOT_FOUND, "Nothing is served at this address of a git repository.")


def _advertised(query: bytes) -> Service:
    asked = parse_qs(query.decode("latin-1")).get("service", [""])[0]
    if not asked:
        raise _no_dumb_protocol()
    try:
        return Service(asked)
    except ValueError:
        raise Refusal(
            HTTPStatus.FORBIDDEN, "Braid serves git-upload-pack and git-receive-pack only."
        ) from None


def _check_names(team: str, project: str) -> None:
    if "@" in team or ":" in team:
        raise Refusal(
            HTTPStatus.NOT_FOUND,
            "This looks like an SSH address. Braid serves git over HTTP at /<team>/<project>.git",
        )
    if not _SLUG.fullmatch(team) or not _SLUG.fullmatch(project):
        raise Refusal(HTTPStatus.NOT_FOUND, "No such repository.")


def _check_method(method: str, allowed: tuple[str, ...]) -> None:
    if method not in allowed:
        headers = (("Allow", ", ".join(allowed)),)
        raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, f"Use {' or '.join(allowed)} here.", headers)


def _check_content_type(service: Service, advertises: bool, headers: dict[str, str]) -> None:
    expected = f"application/x-{service}-request"
    if not advertises and headers.get("content-type", "") != expected:
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"A git client sends {expected}.")
    if headers.get("content-encoding", "identity").lower() not in ("identity", "gzip", "x-gzip"):
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Braid reads bodies that are plain or gzip.")


def _protocol(given: str) -> str:
    """The version alone: Braid needs no other key, and the value becomes a variable of a process."""
    found = _VERSION.search(given) if _PROTOCOL.fullmatch(given) else None
    return f"version={found[1]}" if found else ""


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def redirect(target: str) -> Refusal:
    """To another address; what can't stand in a header is left out."""
    return Refusal(HTTPStatus.FOUND, "", (("Location", re.sub(r"[^!-~]", "", target)),))


def _no_lfs() -> Refusal:
    text = "Braid does not store Git LFS objects. Migrations are text: push them without LFS."
    return Refusal(
        HTTPStatus.NOT_IMPLEMENTED, f'{{"message": "{text}"}}', content_type="application/vnd.git-lfs+json"
    )


def _no_dumb_protocol() -> Refusal:
    return Refusal(
        HTTPStatus.FORBIDDEN,
        "Braid speaks git's smart HTTP protocol only. Use git 1.6.6 or newer, and no GIT_SMART_HTTP=0.",
    )
