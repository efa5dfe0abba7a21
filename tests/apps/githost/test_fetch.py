"""Cloning and fetching, by git in each protocol version, shallow and partial, and by libgit2."""

from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from tests.apps.githost.conftest import EMAIL, Clone
from tests.live import LiveBraid


@pytest.fixture
def address(live_braid: LiveBraid, project: Project, viewer: User, token_of: Callable[..., str]) -> str:
    """The repository's address with the credentials of somebody who may only read."""
    return live_braid.git_url(project, token_of(viewer, "read"))


@pytest.fixture
def pushed(filled: Clone) -> Clone:
    """Three commits on `main` and one more on `topic`."""
    filled.git("switch", "--create", "topic")
    for number in range(3):
        filled.commit(f"Step {number}", {f"notes/{number}.txt": f"{number}\n" * 500})
    filled.git("push", "origin", "topic")
    return filled


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_clone_in_each_protocol_version(pushed: Clone, address: str, tmp_path: Path, version: str) -> None:
    pushed.git("-c", f"protocol.version={version}", "clone", "--quiet", address, str(tmp_path / "copy"))
    copy = Clone(tmp_path / "copy")
    assert copy.git("rev-parse", "origin/topic") == pushed.git("rev-parse", "topic")
    assert copy.git("branch", "--show-current") == "main"
    assert (copy.folder / "db/migration/V1__users.sql").exists()


@pytest.mark.parametrize("version", ["0", "2"])
def test_fetch_brings_only_what_is_new(pushed: Clone, address: str, tmp_path: Path, version: str) -> None:
    pushed.git("clone", "--quiet", address, str(tmp_path / "copy"))
    copy = Clone(tmp_path / "copy")
    head = pushed.commit("Email", EMAIL)
    pushed.git("push", "origin", "topic")
    said = copy.git("-c", f"protocol.version={version}", "fetch", "--progress", "origin")
    assert copy.git("rev-parse", "origin/topic") == head
    assert "Total 5 " in said


@pytest.mark.parametrize("version", ["0", "2"])
def test_a_shallow_clone_can_be_deepened(pushed: Clone, address: str, tmp_path: Path, version: str) -> None:
    protocol = ("-c", f"protocol.version={version}")
    pushed.git(*protocol, "clone", "--quiet", "--depth=1", "--branch=topic", address, str(tmp_path / "copy"))
    copy = Clone(tmp_path / "copy")
    assert copy.git("rev-list", "--count", "HEAD") == "1"
    copy.git(*protocol, "fetch", "--quiet", "--deepen=1")
    assert copy.git("rev-list", "--count", "HEAD") == "2"
    copy.git(*protocol, "fetch", "--quiet", "--unshallow")
    assert copy.git("rev-list", "--count", "HEAD") == "4"


@pytest.mark.parametrize("version", ["0", "2"])
def test_a_partial_clone_fetches_files_when_they_are_read(
    pushed: Clone, address: str, tmp_path: Path, version: str
) -> None:
    protocol = ("-c", f"protocol.version={version}")
    pushed.git(
        *protocol, "clone", "--quiet", "--filter=blob:none", "--no-checkout", address, str(tmp_path / "copy")
    )
    copy = Clone(tmp_path / "copy")
    missing = copy.git("rev-list", "--objects", "--all", "--missing=print").count("?")
    assert missing == 4
    assert copy.git(*protocol, "show", "origin/topic:notes/1.txt") == ("1\n" * 500).strip()


def test_a_filter_that_costs_much_is_refused(pushed: Clone, address: str, tmp_path: Path) -> None:
    said = pushed.try_git("clone", "--filter=tree:5", address, str(tmp_path / "copy"))
    assert said.code != 0
    assert "tree filter" in said.text


def test_a_push_from_a_shallow_clone(pushed: Clone, tmp_path: Path, project: Project) -> None:
    address = pushed.git("remote", "get-url", "origin")
    pushed.git("clone", "--quiet", "--depth=1", address, str(tmp_path / "copy"))
    copy = Clone(tmp_path / "copy")
    copy.commit("Email", EMAIL)
    assert "2 migrations" in copy.git("push", "origin", "HEAD:refs/heads/from-shallow")


def test_a_repository_without_commits(clone: Clone, address: str, tmp_path: Path) -> None:
    said = clone.git("clone", address, str(tmp_path / "copy"))
    assert "empty repository" in said
    assert Clone(tmp_path / "copy").git("branch", "--show-current") == "main"


def test_the_head_follows_the_projects_default_branch(
    filled: Clone, project: Project, address: str, tmp_path: Path
) -> None:
    filled.git("push", "origin", "main:refs/heads/develop")
    Project.objects.filter(pk=project.pk).update(default_branch="develop")
    filled.git("clone", "--quiet", address, str(tmp_path / "copy"))
    assert Clone(tmp_path / "copy").git("branch", "--show-current") == "develop"


def test_what_is_hidden_is_not_advertised(filled: Clone, project: Project, address: str) -> None:
    from apps.repositories.storage import open_repository

    head = filled.git("rev-parse", "HEAD")
    open_repository(project).references.create("refs/braid/keep", head)
    for version in ("0", "2"):
        listed = filled.git("-c", f"protocol.version={version}", "ls-remote", address)
        assert "refs/heads/main" in listed
        assert "refs/braid" not in listed


def test_libgit2_clones_and_pushes(
    filled: Clone,
    live_braid: LiveBraid,
    project: Project,
    developer: User,
    token_of: Callable[..., str],
    tmp_path: Path,
) -> None:
    callbacks = pygit2.RemoteCallbacks(pygit2.UserPass("dora@example.com", token_of(developer)))
    repository = pygit2.clone_repository(
        live_braid.git_url(project), str(tmp_path / "copy"), callbacks=callbacks
    )
    assert str(repository.head.target) == filled.git("rev-parse", "HEAD")
    author = pygit2.Signature("Dora", "dora@example.com")
    tree = repository.head.peel(pygit2.Tree).id
    commit = repository.create_commit(
        "refs/heads/lib", author, author, "By libgit2", tree, [repository.head.target]
    )
    repository.remotes["origin"].push(["refs/heads/lib"], callbacks=callbacks)
    assert filled.git("ls-remote", "origin", "refs/heads/lib").split()[0] == str(commit)


def test_an_address_without_git_at_its_end_finds_its_way(filled: Clone, address: str) -> None:
    assert "refs/heads/main" in filled.git("ls-remote", address.removesuffix(".git"))
