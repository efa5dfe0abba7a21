"""Fetching from servers that nobody vouches for: what comes is kept whole or not at all, and no secret shows."""

import os
import random
import socket
import threading
from pathlib import Path

import psutil
import pygit2
import pytest

from egress import Egress
from forges import ForgeError, Gone, Limited, Moved, Refused, Unreachable, Unusable
from forges.errors import Elsewhere
from forges.fetching import Limits, fetch, list_refs
from forges.fetching.names import is_usable
from tests.forges.remote import SECRET, Host, Remote, git

MAIN = ("refs/heads/main", "refs/heads/main")


def refs_of(repository: Path) -> dict[str, str]:
    return {ref: str(pygit2.Repository(str(repository)).references[ref].target) for ref in _names(repository)}


def _names(repository: Path) -> list[str]:
    return list(pygit2.Repository(str(repository)).references)


def fails(
    error: type[ForgeError], match: str, host: Host, *arguments: object, **options: object
) -> ForgeError:
    """The fetch (or list) fails like this, and what it says shows no secret."""
    call = fetch if isinstance(arguments[0], Path) else list_refs
    with pytest.raises(error, match=match) as caught:
        call(*arguments, **options)  # type: ignore[operator]
    assert type(caught.value) is error
    shown = "".join(map(str, (caught.value, caught.value.__cause__, caught.value.__context__)))
    assert SECRET not in shown
    assert str(caught.value).isprintable()
    return caught.value


@pytest.mark.parametrize("protocol", ["version=2", ""])
def test_refs_are_listed_by_prefix(host: Host, remote: Remote, protocol: str) -> None:
    host.protocol = protocol
    main, pull = remote.commit(), remote.commit("refs/pull/7/head")
    branches = list_refs(remote.url, host.credentials, host.egress, ["refs/heads/"])
    assert branches == {"refs/heads/main": main}
    everything = list_refs(remote.url, host.credentials, host.egress)
    assert everything == {"HEAD": main, "refs/heads/main": main, "refs/pull/7/head": pull}
    assert list_refs(remote.url, host.credentials, host.egress, ["refs/nix/"]) == {}


def test_an_empty_repository_has_no_refs(host: Host, remote: Remote) -> None:
    assert list_refs(remote.url, host.credentials, host.egress) == {}


def test_names_that_git_would_not_have_are_left_out(host: Host) -> None:
    names = [b"refs/heads/../../x", b"refs/heads/a\x1b", b"HEAD/x", b"refs/heads/\xff", b"refs/heads/x.lock"]
    lines = b"".join(_packet(b"a" * 40 + b" " + name) for name in [*names, "refs/heads/grün".encode()])
    kind = {"Content-Type": "application/x-git-upload-pack-advertisement"}
    host.before = lambda asked: (200, kind, lines + b"0000")
    assert list_refs(f"{host.url}/x.git", host.credentials, host.egress) == {"refs/heads/grün": "a" * 40}


def _packet(line: bytes) -> bytes:
    return f"{len(line) + 5:04x}".encode() + line + b"\n"


@pytest.mark.parametrize(
    ("body", "error", "match"),
    [
        (_packet(b"ERR access denied or gone"), Refused, "access denied or gone"),
        (_packet(b"a" * 64 + b" refs/heads/main") + b"0000", Unusable, "not SHA-1"),
        (b"00ff" + b"a" * 40, Unreachable, "cut short"),
        (b"<html>", Unreachable, "not in git's format"),
        (_packet(b"a" * 40 + b" refs/heads/one-of-two"), Unreachable, "cut short"),
        (b"", Unreachable, "cut short"),
    ],
)
def test_lists_that_are_none(host: Host, body: bytes, error: type[ForgeError], match: str) -> None:
    kind = {"Content-Type": "application/x-git-upload-pack-advertisement"}
    host.before = lambda asked: (200, kind, body)
    fails(error, match, host, f"{host.url}/x.git", host.credentials, host.egress)


def test_what_is_asked_for_comes_and_only_once(host: Host, remote: Remote, ours: Path) -> None:
    main, pull = remote.commit(), remote.commit("refs/pull/7/head")
    remote.commit("refs/heads/other")
    fetch(ours, remote.url, host.credentials, host.egress, [MAIN])
    pair = ("refs/pull/7/head", "refs/forge/pull/7")
    moved = fetch(ours, remote.url, host.credentials, host.egress, [MAIN, pair])
    assert moved == refs_of(ours) == {"refs/heads/main": main, "refs/forge/pull/7": pull}
    packs = sorted((ours / "objects/pack").glob("*.idx"), key=os.path.getmtime)
    # The second pack holds one commit: what was there is not sent again.
    counts = [git(ours, "verify-pack", "-v", str(pack)).count(" commit ") for pack in packs]
    assert counts == [1, 1]
    assert not list((ours / "objects").glob("tmp_*"))


def test_a_branch_that_was_forced_is_followed(host: Host, remote: Remote, ours: Path) -> None:
    first = remote.commit()
    remote.commit(text="second")
    fetch(ours, remote.url, host.credentials, host.egress, [MAIN])
    third = remote.commit(on=first, text="third")
    assert fetch(ours, remote.url, host.credentials, host.egress, [MAIN]) == {"refs/heads/main": third}


def test_one_missing_ref_and_nothing_is_fetched(host: Host, remote: Remote, ours: Path) -> None:
    remote.commit()
    pairs = [MAIN, ("refs/heads/gone", "refs/heads/gone")]
    fails(
        Gone, "has no refs/heads/gone any more", host, ours, remote.url, host.credentials, host.egress, pairs
    )
    assert_untouched(ours)


def assert_untouched(repository: Path) -> None:
    assert refs_of(repository) == {}
    assert [path.name for path in (repository / "objects").rglob("*") if path.is_file()] == []


def test_damaged_objects_are_not_kept(host: Host, remote: Remote, ours: Path) -> None:
    remote.commit()
    blob = git(remote.path, "hash-object", "-w", "--stdin", given="x")
    entry = b"100644 .git\0" + bytes.fromhex(blob)
    tree = pygit2.Repository(str(remote.path)).write(pygit2.enums.ObjectType.TREE, entry)
    commit = git(remote.path, "commit-tree", str(tree), "-m", "evil")
    git(remote.path, "update-ref", "refs/heads/evil", commit)
    pairs = [MAIN, ("refs/heads/evil", "refs/heads/evil")]
    fails(Unusable, "is not in order", host, ours, remote.url, host.credentials, host.egress, pairs)
    assert_untouched(ours)


def test_a_ref_that_is_no_commit_is_refused(host: Host, remote: Remote, ours: Path) -> None:
    blob = git(remote.path, "hash-object", "-w", "--stdin", given="x")
    git(remote.path, "update-ref", "refs/odd/one", blob)
    pair = ("refs/odd/one", "refs/heads/odd")
    fails(Unusable, "points to a blob", host, ours, remote.url, host.credentials, host.egress, [pair])
    assert_untouched(ours)


def test_a_ref_of_ours_that_moved_meanwhile_stays(host: Host, remote: Remote, ours: Path) -> None:
    first = remote.commit()
    fetch(ours, remote.url, host.credentials, host.egress, [MAIN])
    remote.commit(text="second")
    by_another = git(ours, "commit-tree", f"{first}^{{tree}}", "-m", "another")

    def move(asked: str) -> None:
        git(ours, "update-ref", "refs/heads/main", by_another)

    host.before = move
    fails(Moved, "meanwhile", host, ours, remote.url, host.credentials, host.egress, [MAIN])
    assert refs_of(ours) == {"refs/heads/main": by_another}


@pytest.mark.parametrize(
    "name",
    [
        "--upload-pack=touch /tmp/x",
        "refs/heads/--x",
        "refs/heads/a b",
        "refs/heads/a\nb",
        "refs/heads/\u202eevil",
        "refs/heads/../../x",
        "refs/heads/*",
        "refs/heads/a:refs/heads/b",
        "refs/heads/" + "x" * 300,
        "main",
        "HEAD",
        "refs/heads/\udcff",
    ],
)
def test_names_that_no_command_sees(host: Host, ours: Path, name: str) -> None:
    assert not is_usable(name)
    for pair in ((name, "refs/heads/x"), ("refs/heads/x", name)):
        fails(
            Unusable, "can't be used", host, ours, f"{host.url}/x.git", host.credentials, host.egress, [pair]
        )
    assert host.requests == []


@pytest.mark.parametrize(
    "name", ["refs/heads/dependabot/npm/@types/node-1.2", "refs/heads/fix#12", "refs/heads/grün"]
)
def test_names_that_people_use(host: Host, remote: Remote, ours: Path, name: str) -> None:
    sha = remote.commit(name)
    assert fetch(ours, remote.url, host.credentials, host.egress, [(name, name)]) == {name: sha}


@pytest.mark.parametrize(
    ("status", "error", "match"),
    [
        (301, Elsewhere, "moved to another address"),
        (401, Refused, "expired, was revoked or is wrong"),
        (403, Refused, "does not allow this"),
        (404, Gone, "does not show it"),
        (429, Limited, "asks to wait"),
        (500, Unreachable, "failed"),
        (502, Unreachable, "failed"),
    ],
)
def test_what_a_status_means(
    host: Host, remote: Remote, ours: Path, status: int, error: type[ForgeError], match: str
) -> None:
    headers = {"Content-Type": "text/plain", "Location": "http://127.0.0.1:9/"}
    host.before = lambda asked: (status, headers, f"you sent {SECRET}\x1b[31m".encode())
    fails(error, match, host, remote.url, host.credentials, host.egress)
    fails(error, match, host, ours, remote.url, host.credentials, host.egress, [MAIN])
    assert_untouched(ours)


def test_a_wrong_secret(host: Host, remote: Remote, ours: Path) -> None:
    remote.commit()
    for credentials in (("oauth2", "old-token"), ("", "")):
        fails(Refused, r"Who are you\?", host, remote.url, credentials, host.egress)
        fails(Refused, r"HTTP 401", host, ours, remote.url, credentials, host.egress, [MAIN])


def test_a_page_in_the_place_of_a_repository(host: Host, remote: Remote, ours: Path) -> None:
    host.before = lambda asked: (200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")
    fails(Unusable, "not as a git repository", host, remote.url, host.credentials, host.egress)
    fails(Unusable, "not as a git repository", host, ours, remote.url, host.credentials, host.egress, [MAIN])


def test_the_old_protocol_of_plain_files_is_refused(host: Host, remote: Remote, ours: Path) -> None:
    sha = remote.commit()
    smart = host.before

    def plain(asked: str) -> tuple[int, dict[str, str], bytes] | None:
        path = remote.path / asked.partition(".git/")[2].partition("?")[0]
        if path.name == "refs":
            return 200, {"Content-Type": "text/plain"}, f"{sha}\trefs/heads/main\n".encode()
        found = path.is_file()
        return (200 if found else 404), {"Content-Type": "text/plain"}, path.read_bytes() if found else b""

    host.before = plain
    fails(Unusable, "old protocol", host, ours, remote.url, host.credentials, host.egress, [MAIN])
    assert_untouched(ours)
    host.before = smart


def test_a_redirect_to_the_inside_is_not_followed(host: Host, remote: Remote, ours: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.3)
        target = f"http://127.0.0.1:{inside.getsockname()[1]}"
        host.before = lambda asked: (302, {"Location": f"{target}{asked.split()[1]}"}, b"")
        fails(Elsewhere, "moved", host, remote.url, host.credentials, host.egress)
        fails(Elsewhere, "moved", host, ours, remote.url, host.credentials, host.egress, [MAIN])
        with pytest.raises(TimeoutError):
            inside.accept()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:9/x.git", Unreachable),
        ("https://127.0.0.1:9/x.git", Unreachable),
        ("https://169.254.169.254/x.git", Unreachable),
        ("ssh://git@example.com/x.git", Unreachable),
        ("ext::sh -c touch% /tmp/x", Unreachable),
        ("file:///etc", Unreachable),
        ("/etc", Unreachable),
        ("--upload-pack=x", Unreachable),
        ("https://oauth2:secret@example.com/x.git", Unreachable),
    ],
)
def test_addresses_that_no_git_is_sent_to(host: Host, ours: Path, url: str, error: type[ForgeError]) -> None:
    fails(error, "[.]", host, url, host.credentials, Egress())
    fails(error, "[.]", host, ours, url, host.credentials, Egress(), [MAIN])


@pytest.mark.parametrize("rest", ["x.git?a=b", "x.git#b"])
def test_addresses_that_are_not_plain(host: Host, ours: Path, rest: str) -> None:
    fails(Unusable, "plain", host, f"{host.url}/{rest}", host.credentials, host.egress)


def test_git_connects_to_the_address_that_was_checked(
    host: Host, remote: Remote, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, port, known = remote.commit(), int(host.url.rpartition(":")[2]), socket.getaddrinfo

    def name_server(name: str, *arguments: object, **options: object) -> object:
        return known("127.0.0.1" if name == "forge.invalid" else name, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", name_server)
    url = remote.url.replace("127.0.0.1", "forge.invalid")
    egress = Egress.of([f"forge.invalid:{port}"])
    # No name server of git's knows this name.
    assert fetch(ours, url, host.credentials, egress, [MAIN]) == {"refs/heads/main": main}
    assert {headers["host"] for headers in host.headers} == {f"forge.invalid:{port}"}


def test_a_pack_that_is_too_large_is_stopped(host: Host, remote: Remote, ours: Path) -> None:
    noise = random.Random(1).randbytes(3_000_000).hex()
    remote.commit(text=noise)
    limits = Limits(fetched_bytes=1_000_000)
    error = fails(
        Unusable,
        "arger|More than",
        host,
        ours,
        remote.url,
        host.credentials,
        host.egress,
        [MAIN],
        limits=limits,
    )
    assert "1,000,000" in str(error) or "larger than Braid takes" in str(error)
    assert_untouched(ours)


def test_too_little_memory_is_an_error_like_others(host: Host, remote: Remote, ours: Path) -> None:
    remote.commit()
    limits = Limits(memory_bytes=12_000_000)
    with pytest.raises(ForgeError):
        fetch(ours, remote.url, host.credentials, host.egress, [MAIN], limits=limits)
    assert_untouched(ours)


@pytest.mark.parametrize("limits", [Limits(total_s=0.5), Limits(silence_s=1)])
def test_a_slow_server_holds_nobody_up(host: Host, remote: Remote, ours: Path, limits: Limits) -> None:
    remote.commit()
    ended = threading.Event()
    host.before = lambda asked: ended.wait(100) and None if "POST" in asked else None
    try:
        fails(
            Unreachable, "[.]", host, ours, remote.url, host.credentials, host.egress, [MAIN], limits=limits
        )
    finally:
        ended.set()
    assert_untouched(ours)
    assert not [each for each in psutil.process_iter(["cmdline"]) if str(ours) in str(each.info["cmdline"])]


def test_no_command_line_holds_the_secret(host: Host, remote: Remote, ours: Path) -> None:
    remote.commit()
    seen: list[str] = []

    def look(asked: str) -> None:
        seen.extend(str(each.info["cmdline"]) for each in psutil.process_iter(["cmdline"]))

    host.before = look
    fetch(ours, remote.url, host.credentials, host.egress, [MAIN])
    ours_seen = [line for line in seen if str(ours) in line or "git-remote" in line or "remote-http" in line]
    assert ours_seen
    assert not [line for line in ours_seen if SECRET in line or "Basic" in line]
    assert SECRET not in "".join(
        path.read_text(errors="replace") for path in ours.rglob("*") if path.is_file()
    )


def test_the_secret_goes_to_its_own_repository_only(host: Host, remote: Remote, ours: Path) -> None:
    remote.commit()
    fetch(ours, remote.url, host.credentials, host.egress, [MAIN])
    assert all("authorization" in headers for headers in host.headers)
    assert all(asked.split()[1].startswith(f"/{remote.path.name}/") for asked in host.requests)


def test_what_people_have_configured_is_not_read(
    host: Host, remote: Remote, ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.commit()
    (tmp_path / ".gitconfig").write_text(f'[url "http://127.0.0.1:9/"]\n\tinsteadOf = {host.url}/\n')
    for name, value in {"HOME": str(tmp_path), "http_proxy": "http://127.0.0.1:9", "GIT_TRACE": "1"}.items():
        monkeypatch.setenv(name, value)
    fetch(ours, remote.url, host.credentials, host.egress, [MAIN])
