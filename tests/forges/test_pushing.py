"""Pushing forward from where a branch was known to be; whatever else is the case, nothing moves."""

import random
from pathlib import Path

import pygit2
import pytest

from forges import ForgeError, Gone, Moved, Refused, Unreachable, Unusable
from forges.fetching import Limits, Update, fetch, push
from tests.forges.remote import SECRET, Host, Remote, git

MAIN = "refs/heads/main"


@pytest.fixture
def base(host: Host, remote: Remote, ours: Path) -> str:
    """The head of main, on both sides."""
    sha = remote.commit()
    fetch(ours, remote.url, host.credentials, host.egress, [(MAIN, MAIN)])
    return sha


def child(repository: Path, parent: str, message: str = "Merge") -> str:
    """A commit that no ref holds, as Braid makes them."""
    return git(repository, "commit-tree", f"{parent}^{{tree}}", "-p", parent, "-m", message)


def fails(
    error: type[ForgeError], match: str, ours: Path, remote: Remote, host: Host, *updates: Update
) -> None:
    before = remote.refs()
    with pytest.raises(error, match=match) as caught:
        push(ours, remote.url, host.credentials, host.egress, updates)
    assert type(caught.value) is error
    assert SECRET not in str(caught.value)
    assert str(caught.value).isprintable()
    assert remote.refs() == before


def test_a_branch_moves_forward(host: Host, remote: Remote, ours: Path, base: str) -> None:
    made = child(ours, base)
    updates = [Update(made, MAIN, base)]
    push(ours, remote.url, host.credentials, host.egress, updates)
    assert remote.refs() == {MAIN: made}
    # The answer may be lost, and then the same push comes again.
    push(ours, remote.url, host.credentials, host.egress, updates)
    assert remote.refs() == {MAIN: made}


def test_a_new_branch_is_made_once(host: Host, remote: Remote, ours: Path, base: str) -> None:
    push(ours, remote.url, host.credentials, host.egress, [Update(base, "refs/heads/new", "")])
    assert remote.refs() == {MAIN: base, "refs/heads/new": base}
    fails(Moved, "is not where it was", ours, remote, host, Update(child(ours, base), "refs/heads/new", ""))


def test_a_branch_that_moved_stays(host: Host, remote: Remote, ours: Path, base: str) -> None:
    remote.commit(text="theirs")
    fails(Moved, "main on .* is not where it was", ours, remote, host, Update(child(ours, base), MAIN, base))


def test_a_branch_that_is_gone_stays_gone(host: Host, remote: Remote, ours: Path, base: str) -> None:
    git(remote.path, "update-ref", "-d", MAIN)
    fails(Moved, "is not where it was", ours, remote, host, Update(child(ours, base), MAIN, base))


def test_a_branch_that_moves_while_the_push_is_on_its_way(
    host: Host, remote: Remote, ours: Path, base: str
) -> None:
    theirs = child(remote.path, base, "theirs")

    def move(asked: str) -> None:
        if asked.startswith("POST") and asked.endswith("git-receive-pack"):
            git(remote.path, "update-ref", MAIN, theirs)

    host.before = move
    with pytest.raises(Moved):
        push(ours, remote.url, host.credentials, host.egress, [Update(child(ours, base), MAIN, base)])
    assert remote.refs() == {MAIN: theirs}


def test_nothing_is_ever_forced(host: Host, remote: Remote, ours: Path, base: str) -> None:
    aside = git(ours, "commit-tree", f"{base}^{{tree}}", "-m", "no parent")
    fails(Unusable, "would be lost", ours, remote, host, Update(aside, MAIN, base))
    ahead = child(ours, base)
    push(ours, remote.url, host.credentials, host.egress, [Update(ahead, MAIN, base)])
    fails(Unusable, "would be lost", ours, remote, host, Update(base, MAIN, ahead))


def test_a_move_that_can_t_be_judged_is_not_made(host: Host, remote: Remote, ours: Path, base: str) -> None:
    unknown = remote.commit(text="never fetched")
    fails(ForgeError, "git says", ours, remote, host, Update(child(ours, base), MAIN, unknown))


def test_refs_move_together_or_not_at_all(host: Host, remote: Remote, ours: Path, base: str) -> None:
    made = child(ours, base)
    updates = [Update(made, MAIN, base), Update(made, "refs/heads/kept", "")]
    remote.commit("refs/heads/kept", text="was there")
    fails(Moved, "kept", ours, remote, host, *updates)
    git(remote.path, "update-ref", "-d", "refs/heads/kept")
    push(ours, remote.url, host.credentials, host.egress, updates)
    assert remote.refs() == {MAIN: made, "refs/heads/kept": made}


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
def test_a_protected_branch_says_why(host: Host, remote: Remote, ours: Path, base: str, hook: str) -> None:
    remote.hook(
        hook, f"printf 'GH006: Protected \\033[31mbranch.\\n{SECRET}\\nRequest a review.\\n' >&2; exit 1"
    )
    words = r"GH006: Protected .*branch\. \[secret\] Request a review\."
    fails(Refused, words, ours, remote, host, Update(child(ours, base), MAIN, base))


def test_hooks_of_ours_do_not_run(host: Host, remote: Remote, ours: Path, base: str, tmp_path: Path) -> None:
    hooks = ours / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-push", "reference-transaction", "post-merge"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    push(ours, remote.url, host.credentials, host.egress, [Update(child(ours, base), MAIN, base)])
    fetch(ours, remote.url, host.credentials, host.egress, [(MAIN, "refs/heads/fetched")])
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("status", "error", "match"),
    [
        (401, Refused, "expired"),
        (403, Refused, "does not allow"),
        (404, Gone, "no such"),
        (500, Unreachable, "failed"),
    ],
)
def test_what_a_status_means(
    host: Host, remote: Remote, ours: Path, base: str, status: int, error: type[ForgeError], match: str
) -> None:
    host.before = lambda asked: (status, {"Content-Type": "text/plain"}, b"Write access not granted.")
    fails(error, match, ours, remote, host, Update(child(ours, base), MAIN, base))


def test_a_large_push_goes_in_pieces(host: Host, remote: Remote, ours: Path, base: str) -> None:
    repository = pygit2.Repository(str(ours))
    blob = repository.create_blob(random.Random(1).randbytes(9_000_000))
    builder = repository.TreeBuilder()
    builder.insert("large", blob, pygit2.enums.FileMode.BLOB)
    made = git(ours, "commit-tree", str(builder.write()), "-p", base, "-m", "large")
    push(ours, remote.url, host.credentials, host.egress, [Update(made, MAIN, base)])
    assert remote.refs() == {MAIN: made}
    assert any(headers.get("transfer-encoding") == "chunked" for headers in host.headers)


def test_a_server_that_never_ends_holds_nobody_up(host: Host, remote: Remote, ours: Path, base: str) -> None:
    remote.hook("pre-receive", "sleep 3")
    with pytest.raises(Unreachable, match="not done after 1 s"):
        push(
            ours,
            remote.url,
            host.credentials,
            host.egress,
            [Update(child(ours, base), MAIN, base)],
            limits=Limits(total_s=1),
        )


def test_updates_name_whole_commits(host: Host, remote: Remote, ours: Path, base: str) -> None:
    for update in (Update("main", MAIN, base), Update(base, MAIN, "HEAD"), Update("", MAIN, base)):
        with pytest.raises(ValueError, match="whole commits"):
            push(ours, remote.url, host.credentials, host.egress, [update])
    fails(Unusable, "can't be used", ours, remote, host, Update(base, "--force", ""))
