"""Addresses and headers: what is git's, what is Django's, and what people get who ask for something else."""

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from tests.apps.githost.conftest import Clone
from tests.apps.githost.http_client import basic, packet, request
from tests.live import LiveBraid

REFS = "/acme/shop.git/info/refs"
UPLOAD = "/acme/shop.git/git-upload-pack"
UPLOAD_TYPE = {"Content-Type": "application/x-git-upload-pack-request"}


@pytest.fixture
def credentials(viewer: User, token_of: Callable[..., str]) -> dict[str, str]:
    return basic(token_of(viewer, "read"))


def test_a_browser_on_the_clone_address_is_sent_to_the_project(live_braid: LiveBraid) -> None:
    for path in ("/acme/shop.git", "/acme/shop.git/"):
        answer = request("GET", live_braid.url, path)
        assert (answer.status, answer.headers["location"]) == (302, "/acme/shop/")


def test_a_redirect_never_leaves_this_host(live_braid: LiveBraid) -> None:
    answer = request("GET", live_braid.url, "//evil.example/shop.git")
    assert "//" not in answer.headers.get("location", "")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (REFS, 403, "smart HTTP protocol only"),
        ("/acme/shop.git/HEAD", 403, "smart HTTP protocol only"),
        ("/acme/shop.git/objects/info/packs", 403, "smart HTTP protocol only"),
        ("/acme/shop.git/info/lfs/objects/batch", 501, "does not store Git LFS objects"),
        ("/git@braid:acme/shop.git/info/refs?service=git-upload-pack", 404, "looks like an SSH address"),
        (f"{REFS}?service=git-upload-archive", 403, "and git-receive-pack only"),
        (f"{REFS}?service=git-upload-pack%20--upload-pack=id", 403, "and git-receive-pack only"),
        ("/acme/shop.git/hooks/pre-receive", 404, "Nothing is served"),
        ("/acme/shop.git/git-upload-pack/../config", 404, "Nothing is served"),
        ("/ac%00me/shop.git/info/refs?service=git-upload-pack", 404, "No such repository"),
        ("/acme/sh%2Fop.git/info/refs?service=git-upload-pack", 404, ""),
        ("/..%2f..%2fetc/shop.git/info/refs?service=git-upload-pack", 404, ""),
    ],
)
def test_what_is_not_served_is_said(
    live_braid: LiveBraid, project: Project, credentials: dict[str, str], path: str, status: int, words: str
) -> None:
    answer = request("GET", live_braid.url, path, credentials)
    assert answer.status == status
    assert words in answer.text


def test_lfs_clients_can_read_the_message(live_braid: LiveBraid) -> None:
    answer = request("POST", live_braid.url, "/acme/shop.git/info/lfs/objects/batch", body=b"{}")
    assert answer.headers["content-type"] == "application/vnd.git-lfs+json"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", REFS), ("GET", UPLOAD), ("PUT", UPLOAD), ("DELETE", REFS)]
)
def test_wrong_methods_name_the_right_ones(live_braid: LiveBraid, method: str, path: str) -> None:
    answer = request(method, live_braid.url, f"{path}?service=git-upload-pack")
    assert answer.status == 405
    assert answer.headers["allow"] in ("GET, HEAD", "POST")


def test_head_answers_as_get_without_a_body(
    live_braid: LiveBraid, project: Project, credentials: dict[str, str]
) -> None:
    answer = request("HEAD", live_braid.url, f"{REFS}?service=git-upload-pack", credentials)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "application/x-git-upload-pack-advertisement"
    assert request("HEAD", live_braid.url, f"{REFS}?service=git-upload-pack").status == 401


def test_lists_of_refs_are_never_cached(
    live_braid: LiveBraid, project: Project, credentials: dict[str, str]
) -> None:
    for given in (credentials, {}):
        answer = request("GET", live_braid.url, f"{REFS}?service=git-upload-pack", given)
        assert "no-cache" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("given", "starts"),
    [
        ("version=2", b"000eversion 2"),
        ("version=1", b"001e# service=git-upload-pack"),
        ("version=2:side-channel=x", b"000eversion 2"),
        ("version=9", b"001e# service=git-upload-pack"),
        ("version=2;id", b"001e# service=git-upload-pack"),
        ("$(id)", b"001e# service=git-upload-pack"),
        ("", b"001e# service=git-upload-pack"),
    ],
)
def test_the_protocol_is_what_a_valid_header_asks_for(
    filled: Clone, live_braid: LiveBraid, credentials: dict[str, str], given: str, starts: bytes
) -> None:
    headers = {**credentials, "Git-Protocol": given}
    answer = request("GET", live_braid.url, f"{REFS}?service=git-upload-pack", headers)
    assert answer.status == 200
    assert answer.body.startswith(starts)


def test_bodies_of_another_type_are_not_read(
    live_braid: LiveBraid, project: Project, credentials: dict[str, str]
) -> None:
    form = {**credentials, "Content-Type": "application/x-www-form-urlencoded"}
    assert request("POST", live_braid.url, UPLOAD, form, b"a=b").status == 415
    brotli = {**credentials, **UPLOAD_TYPE, "Content-Encoding": "br"}
    assert request("POST", live_braid.url, UPLOAD, brotli, b"0000").status == 415


def test_nonsense_from_a_member_is_an_error_and_not_a_crash(
    live_braid: LiveBraid, project: Project, credentials: dict[str, str]
) -> None:
    headers = {**credentials, **UPLOAD_TYPE, "Git-Protocol": "version=2"}
    for body in (b"zzzz", b"0005x", packet("command=none\n") + b"0000", b"\0" * 4096):
        assert request("POST", live_braid.url, UPLOAD, headers, body).status in (200, 400)
    assert request("GET", live_braid.url, f"{REFS}?service=git-upload-pack", credentials).status == 200


def test_pages_are_still_djangos(live_braid: LiveBraid) -> None:
    assert request("GET", live_braid.url, "/accounts/login/").status == 200
